"""Source text to cleaned text: cut what is not the document, keep where it stood.

Every pass sees the text that earlier passes left, proposes cuts in that text's own
offsets, and `KeptText` keeps the way back to the source.
Nothing is reordered and no Unicode normalisation is applied: a kept character is the
source's own, its simplified form, or what an HTML entity stands for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from operator import ne
from typing import NamedTuple

import opencc

from extractor.core.lines import Line, split_lines
from extractor.core.records import Cut, CutReason
from extractor.core.spans import OffsetMap, Span
from extractor.documents.cleaning.advertising import find_advertising
from extractor.documents.cleaning.furniture import find_furniture
from extractor.documents.cleaning.hidden import find_hidden
from extractor.documents.cleaning.kept import KeptText
from extractor.documents.cleaning.repeats import find_repeats, find_runs
from extractor.documents.plan_years import GENRE
from extractor.language.labels import find_label

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ"
FULL_LINE = 0.8
"""Share of the usual line width from which a line may have been wrapped."""
MIN_WRAPPED_LINES = 3
_HEAD_LINES = 5
_TITLE = re.compile(
    f"[^，,。；;：:《]*(?:{GENRE}|通知|报告|意见)(?:[（(][^（）()]{{1,12}}[）)])?"
)
"""A line that is a title: the text below it is none of it."""

_NO_CHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}"
    for plane in range(1 << 16, 17 << 16, 1 << 16)
)
_CONTROL = re.compile(
    # Control characters, invisible marks, marks of direction, tags, variation
    # selectors, and code points that Unicode keeps for no character.
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef"
    f"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff{_NO_CHARACTERS}]+"
)
_TAG = re.compile(
    r"</?(a|abbr|article|b|big|blockquote|body|br|center|dd|div|dl|dt|em|font|footer|"
    r"form|h[1-6]|header|hr|html|i|img|input|label|li|link|main|meta|nav|ol|o:p|p|"
    r"pre|s|section|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|"
    r"u|ul|wbr)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    "article|blockquote|body|br|center|d[dlt]|div|footer|form|h[1-6r]|header|html|li|"
    "main|nav|ol|p|pre|section|table|t[bdhr]|tbody|tfoot|thead|title|ul"
)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8});")
_BRACKETED_LETTERS = re.compile(
    f"[(（]([a-zɑɡ{TONED}\u0300\u0301\u0304\u0308\u030c]{{1,7}})[)）]"
)
_SYLLABLE = re.compile(
    "(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    "(?:i?ang?|i?ao|ai|u?ang?|uai|i?ong|ueng|eng?|ei|er|ing?|i?e|iu|ia|u?o|ui|un|ua|"
    "ue|ve|vn|van|v|ou|a|e|i|o|u)|n|ng|m|hm"
)
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LETTER_BEFORE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffffI?？�]")
_OPEN_END = re.compile("[\\w，,、“‘《（(%％—－-]$|[”》）)]$")
_PAUSE = re.compile("[，。；！？,;]")
_CLAUSE_OPEN = re.compile("[，、,的和与及在对为将把]$")


class Cleaned(NamedTuple):
    """The cleaned text, the map back to the source, and what was left out."""

    text: str
    offsets: OffsetMap
    cuts: tuple[Cut, ...]


def clean(source: str) -> Cleaned:
    """Clean a decoded source text."""
    draft = KeptText(source)
    _drop_matches(draft, _CONTROL, "control")
    _unmark(draft)
    draft.drop(_tagged(find_runs(draft.text), "repeat"))
    if is_traditional(draft.text):
        draft.replace(simplify(draft.text))
    draft.drop(_tagged(_romanisation(draft.text), "romanisation"))
    draft.drop(_tagged(find_advertising(draft.text), "advertising"))
    draft.drop(_tagged(find_repeats(draft.text), "repeat"))
    furniture = find_furniture(draft.text)
    broken = [draft.offsets.source_position(piece.span.start) for piece in furniture]
    draft.drop(furniture)
    draft.drop(_tagged(_wraps(draft, broken), "furniture"))
    return Cleaned(draft.text, draft.offsets, draft.cuts())


def _tagged(
    spans: Iterable[Span], reason: CutReason
) -> Iterable[tuple[Span, CutReason]]:
    return ((span, reason) for span in spans)


def _drop_matches(draft: KeptText, pattern: re.Pattern[str], reason: CutReason) -> None:
    draft.drop((Span(*m.span()), reason) for m in pattern.finditer(draft.text))


def _unmark(draft: KeptText) -> None:
    """Cut HTML leftovers; one character stays for a line break or an entity."""
    draft.drop(_tagged(find_hidden(draft.text), "control"))
    put: list[tuple[int, str]] = []
    spans: list[Span] = []
    for found in _TAG.finditer(draft.text):
        is_block = _BLOCK_TAG.fullmatch(found[1].lower()) is not None
        if is_block:
            put.append((found.start(), "\n"))
        spans.append(Span(found.start() + is_block, found.end()))
    for found in _ENTITY.finditer(draft.text):
        stands_for = html.unescape(found[0])
        if stands_for == found[0]:
            continue
        keeps = len(stands_for) == 1 and not _CONTROL.match(stands_for)
        if keeps:
            put.append((found.start(), stands_for))
        spans.append(Span(found.start() + keeps, found.end()))
    draft.replace(_with_put(draft.text, put))
    draft.drop(_tagged(_disjoint(spans), "control"))


def _with_put(text: str, put: list[tuple[int, str]]) -> str:
    """Return the text with single characters put at places of it."""
    parts: list[str] = []
    position = 0
    for at, character in sorted(put):
        parts += (text[position:at], character)
        position = at + 1
    return "".join([*parts, text[position:]])


def _disjoint(spans: list[Span]) -> list[Span]:
    """Return the spans in order without those that begin inside another."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


@cache
def _converter(direction: str) -> Callable[[str], str]:
    convert: Callable[[str], str] = opencc.OpenCC(direction).convert
    return convert


def is_traditional(text: str) -> bool:
    """Say whether a text is in traditional script for the most part."""
    simplified = _converter("t2s")(text)
    traditional = _converter("s2t")(text)
    if not len(simplified) == len(traditional) == len(text):
        return _count_changes(text, "t2s") > _count_changes(text, "s2t")
    only_traditional: int = sum(map(ne, text, simplified))
    only_simplified: int = sum(map(ne, text, traditional))
    return only_traditional > only_simplified


def _count_changes(text: str, direction: str) -> int:
    convert = _converter(direction)
    counts = Counter(text)
    return sum(count for mark, count in counts.items() if convert(mark) != mark)


def simplify(text: str) -> str:
    """Return `text` in simplified script, one character for one."""
    return "".join(_simplify_line(line) for line in text.splitlines(keepends=True))


def _simplify_line(line: str) -> str:
    convert = _converter("t2s")
    converted = convert(line)
    if len(converted) == len(line):
        return converted
    # A phrase rule changed the length; single characters never do.
    each = {mark: convert(mark) for mark in set(line)}
    return line.translate({ord(old): new for old, new in each.items() if len(new) == 1})


def is_syllable(letters: str) -> bool:
    """Say whether lower-case letters are a syllable of Hanyu Pinyin, tones or not."""
    plain = "".join(
        "v" if part == "ü" else part
        for part in unicodedata.normalize("NFC", _without_tones(letters))
    )
    return _SYLLABLE.fullmatch(plain) is not None


def _without_tones(letters: str) -> str:
    # A local copy for the comparison only: the text itself is never normalised.
    parts = unicodedata.normalize("NFD", letters.replace("ɑ", "a").replace("ɡ", "g"))
    return "".join(part for part in parts if part not in "\u0300\u0301\u0304\u030c")


def _romanisation(text: str) -> list[Span]:
    """Return brackets that hold the reading of the character in front of them."""
    toned: list[Span] = []
    plain: list[Span] = []
    for found in _BRACKETED_LETTERS.finditer(text):
        before = text[found.start() - 1] if found.start() else ""
        if not _LETTER_BEFORE.match(before) or not is_syllable(found[1]):
            continue
        has_tone = _without_tones(found[1]) != found[1]
        (toned if has_tone else plain).append(Span(*found.span()))
    # "(a)" and "(men)" alone may be a list label or English; beside readings with
    # tone marks they are readings too.
    return sorted(toned + plain) if toned else []


def _wraps(draft: KeptText, broken: list[int]) -> list[Span]:
    """Return the line breaks that a page or a screen put inside a paragraph.

    Args:
        draft: the text, furniture already cut.
        broken: source offsets of furniture lines, in order; they split paragraphs.
    """
    lines = split_lines(draft.text)
    width = _usual_width(lines)
    filled = [line for line in lines if line.text]
    spans = []
    for order, (line, after) in enumerate(pairwise(filled)):
        is_title = order < _HEAD_LINES and _TITLE.fullmatch(line.text)
        if is_title or not _may_continue(line, after):
            continue
        first = draft.offsets.source_position(line.text_end - 1)
        last = draft.offsets.source_position(after.text_start)
        interrupted = bisect_left(broken, first) < bisect_left(broken, last)
        adjacent = line.stop == after.start
        is_full = width is not None and _columns(line) >= FULL_LINE * width
        if (interrupted and _PAUSE.search(line.text)) or (adjacent and is_full):
            spans.append(Span(line.text_end, after.text_start))
    return spans


def _usual_width(lines: list[Line]) -> int | None:
    """Return the width at which a text is wrapped, None if it is not."""
    open_ended = [
        _columns(line)
        for line, after in pairwise(lines)
        if line.text and after.text and _may_continue(line, after)
    ]
    wide = [columns for columns in open_ended if columns >= 30]
    if len(wide) < MIN_WRAPPED_LINES:
        # A single break in a plan of long lines: only a very long line counts.
        return 60 if wide else None
    return sorted(wide)[len(wide) // 2]


def _may_continue(line: Line, after: Line) -> bool:
    """Say whether the sentence of `line` can go on in the line after it."""
    if "\t" in line.text or "\t" in after.text:  # rows of a table
        return False
    if not _OPEN_END.search(line.text) or find_strong_label(after.text):
        return False
    if not _PAUSE.search(after.text):
        # Titles and headings have no pause in them; the rest of a sentence does.
        return False
    if after.text[0] in "【[（(★●◆■▲•关" and after.indent:
        return False
    if _CLAUSE_OPEN.search(line.text):
        return True
    # A paragraph's first line is indented; a line that goes on is not.
    return after.indent < 2 or after.indent <= line.indent


def find_strong_label(text: str) -> bool:
    """Say whether a line starts with a label that no prose starts with."""
    label = find_label(text)
    return label is not None and not label.is_weak


def _columns(line: Line) -> int:
    """Return the width of a line on a screen: Han characters take two columns."""
    wide = sum(unicodedata.east_asian_width(mark) in "WF" for mark in line.text)
    return len(line.text) + wide + line.indent
