"""The automatic numbering of Word: which number stands in front of a paragraph."""

from __future__ import annotations

import re

from docx.oxml.ns import qn

from extractor.documents.formats.markers import BULLET, Style, marker
from extractor.documents.formats.runs import Element, by_id, value_of

_STYLES: dict[str, Style] = {
    "none": "none",
    "bullet": "bullet",
    "decimalZero": "zero",
    "decimalFullWidth": "wide",
    "decimalFullWidth2": "wide",
    "decimalEnclosedCircle": "circled",
    "decimalEnclosedCircleChinese": "circled",
    "lowerLetter": "doubled-lower-letter",
    "upperLetter": "doubled-upper-letter",
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
    "chineseCounting": "han",
    "chineseCountingThousand": "han",
    "ideographDigital": "han",
    "japaneseCounting": "han",
    "taiwaneseCounting": "han",
    "taiwaneseCountingThousand": "han",
    "chineseLegalSimplified": "formal-han",
    "ideographLegalTraditional": "formal-han",
    "ideographTraditional": "stem",
}
_LEVELS = 9


class _Level:
    """One level of a list, as the file describes it."""

    def __init__(self, element: Element) -> None:
        self.start = int(value_of(element, "w:start") or 0)
        self.style = _STYLES.get(value_of(element, "w:numFmt") or "", "decimal")
        self.text = value_of(element, "w:lvlText") or ""
        self.suffix = value_of(element, "w:suff") or "tab"
        self.paragraph_style = value_of(element, "w:pStyle")
        self.restarts = value_of(element, "w:lvlRestart") != "0"
        self.is_legal = element.find(qn("w:isLgl")) is not None


class Numbering:
    """The counters of a document's lists; paragraphs are told in their order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._styles = by_id(styles, "w:style", "w:styleId")
        self._lists = by_id(numbering, "w:num", "w:numId")
        self._kinds = by_id(numbering, "w:abstractNum", "w:abstractNumId")
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._overridden: set[tuple[str, int]] = set()

    def next_marker(self, properties: Element | None) -> str:
        """Return what Word puts in front of the next paragraph, "" if nothing."""
        number, depth = self._list_of(properties)
        kind = self._kind_of(number)
        if kind is None or number is None:
            return ""
        levels = self._levels_of(kind)
        if depth not in levels:
            return ""
        counts = self._count(number, kind, depth)
        level = levels[depth]
        if level.style == "bullet":
            return f"{BULLET} "

        def put(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            style = levels[at].style if at in levels else "decimal"
            return marker(counts[at] or 0, "decimal" if level.is_legal else style)

        shown = re.sub("%([1-9])", put, level.text)
        needs_space = shown[-1:].isascii() or shown[-1:].isalpha()
        return shown + " " * (bool(shown) and level.suffix != "nothing" and needs_space)

    def _list_of(self, properties: Element | None) -> tuple[str | None, int]:
        """Return the list and level of a paragraph: its own, else its style's."""
        number, depth = _list_in(properties)
        style = value_of(properties, "w:pStyle")
        seen: set[str] = set()
        named = style
        while number is None and named in self._styles and named not in seen:
            seen.add(named)
            element = self._styles[named]
            number, above = _list_in(element.find(qn("w:pPr")))
            depth = above if depth is None else depth
            named = value_of(element, "w:basedOn")
        if depth is None and (kind := self._kind_of(number)):
            for at, level in self._levels_of(kind).items():
                if level.paragraph_style in {style, *seen}:
                    depth = at
        return number, min(depth or 0, _LEVELS - 1)

    def _kind_of(self, number: str | None) -> str | None:
        """Return the kind of a list; some only name the style that has it."""
        for _ in range(3):
            kind = value_of(self._lists.get(number or ""), "w:abstractNumId")
            link = value_of(self._kinds.get(kind or ""), "w:numStyleLink")
            if link not in self._styles:
                return kind if kind in self._kinds else None
            number, _depth = _list_in(self._styles[link].find(qn("w:pPr")))
        return None

    def _levels_of(self, kind: str) -> dict[int, _Level]:
        if kind not in self._levels:
            self._levels[kind] = {
                int(level.get(qn("w:ilvl"), 0)): _Level(level)
                for level in self._kinds[kind].iterchildren(qn("w:lvl"))
            }
        return self._levels[kind]

    def _count(self, number: str, kind: str, depth: int) -> list[int | None]:
        """Count one paragraph; lists of one kind go on counting from each other."""
        counts = self._counts.setdefault(kind, [None] * _LEVELS)
        levels = self._levels_of(kind)
        for at in range(depth + 1):
            override = self._override(number, at)
            before = counts[at]
            if override is not None and (number, at) not in self._overridden:
                counts[at] = override
            elif before is None:
                counts[at] = levels[at].start if at in levels else 1
            elif at == depth:
                counts[at] = before + 1
            self._overridden.add((number, at))
        for at in range(depth + 1, _LEVELS):
            if at not in levels or levels[at].restarts:
                counts[at] = None
        return counts

    def _override(self, number: str, depth: int) -> int | None:
        for override in self._lists[number].iterchildren(qn("w:lvlOverride")):
            if override.get(qn("w:ilvl")) == str(depth):
                start = value_of(override, "w:startOverride")
                return int(start) if start is not None else None
        return None


def _list_in(properties: Element | None) -> tuple[str | None, int | None]:
    found = None if properties is None else properties.find(qn("w:numPr"))
    depth = value_of(found, "w:ilvl")
    return value_of(found, "w:numId"), None if depth is None else int(depth)
