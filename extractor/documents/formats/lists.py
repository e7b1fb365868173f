"""The numbering that a browser makes of `<ol>`."""

from __future__ import annotations

import re
from itertools import islice

from extractor.documents.formats.markers import Style, marker
from extractor.documents.formats.markup import Element
from extractor.language.labels import find_label

_TYPES: dict[str, Style] = {
    "1": "decimal",
    "a": "lower-letter",
    "A": "upper-letter",
    "i": "lower-roman",
    "I": "upper-roman",
}
_CSS: dict[str, Style] = {
    "none": "none",
    "decimal": "decimal",
    "decimal-leading-zero": "zero",
    "lower-alpha": "lower-letter",
    "lower-latin": "lower-letter",
    "upper-alpha": "upper-letter",
    "upper-latin": "upper-letter",
    "lower-roman": "lower-roman",
    "upper-roman": "upper-roman",
    "cjk-ideographic": "han",
    "simp-chinese-informal": "han",
    "trad-chinese-informal": "han",
    "simp-chinese-formal": "formal-han",
    "trad-chinese-formal": "formal-han",
    "cjk-heavenly-stem": "stem",
}
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:([^;]*)", re.IGNORECASE)


class Numbering:
    """The counter of one list."""

    def __init__(self, element: Element) -> None:
        points = [child for child in element if child.tag == "li"]
        step = -1 if "reversed" in element.attrib else 1
        first = 1 if step > 0 else len(points)
        self._step = step
        self._next = _number(element.get("start"), first)
        self._style = _style(element, "decimal")
        if element.tag != "ol" or _count_themselves(points):
            self._style = "none"

    def next_marker(self, point: Element) -> str:
        """Return what stands in front of the next point, "" if nothing does."""
        number = _number(point.get("value"), self._next)
        self._next = number + self._step
        style = "none" if self._style == "none" else _style(point, self._style)
        shown = marker(number, style)
        if style in {"han", "formal-han", "stem"}:
            return f"{shown}、"
        return shown and f"{shown}. "


def _style(element: Element, otherwise: Style) -> Style:
    declared = _LIST_STYLE.search(element.get("style", ""))
    for word in declared[1].lower().split() if declared else ():
        if word in _CSS:
            return _CSS[word]
    return _TYPES.get(element.get("type", ""), otherwise)


def _count_themselves(points: list[Element]) -> bool:
    """Say whether the points print their own numbers; the style sheet hides others."""
    texts = ("".join(islice(point.itertext(), 8)) for point in points)
    labels = (find_label(text.lstrip()) for text in texts)
    return 2 * sum(label is not None for label in labels) > len(points)


def _number(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text and len(text) < 10 else otherwise
    except ValueError:
        return otherwise
