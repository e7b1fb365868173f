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
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from operator import ne
from typing import NamedTuple

import opencc

from extractor.core.lines import Line, Lines
from extractor.core.records import Cut, CutReason
from extractor.core.spans import OffsetMap, Span
from extractor.documents.cleaning.advertising import find_advertising
from extractor.documents.cleaning.columns import with_tabs
from extractor.documents.cleaning.furniture import Page, find_furniture
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
BLOCK = 1 << 16
IN_PHRASES = "么俱哩坏彷沈甦瞭藉衹覆"
"""What opencc takes for traditional in some phrases only: 瞭 in 一目瞭然."""

_NO_CHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}"
    for plane in range(1 << 16, 17 << 16, 1 << 16)
)
_CONTROLS = (
    # Control characters, invisible marks, marks of direction, variation selectors, and
    # code points that Unicode keeps for no character.
    "\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
)
_CONTROL = re.compile(f"[{_CONTROLS}\U000e0000-\U000e0fff{_NO_CHARACTERS}]+")
_USUAL_CONTROL = re.compile(f"[{_CONTROLS}]+")
"""All of them in most texts, where they are found four times as fast."""
_UNUSUAL = re.compile("[\U00010000-\U0010ffff]")
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
_OPEN_END = re.compile("[\\w，,、“‘《（(%％—－”》）)-]")
_STOP = re.compile("[\n。]")
_PAUSE = re.compile("[，。；！？,;]")
_CLAUSE_OPEN = "，、,的和与及在对为将把"


class Cleaned(NamedTuple):
    """The cleaned text, the map back to the source, and what was left out."""

    text: str
    offsets: OffsetMap
    cuts: tuple[Cut, ...]


def clean(source: str) -> Cleaned:
    """Clean a decoded source text."""
    draft = KeptText(source)
    _drop_control(draft)
    _unmark(draft)
    draft.drop(_tagged(find_runs(draft.text), "repeat"))
    if is_traditional(draft.text):
        draft.replace(simplify(draft.text))
    draft.drop(_tagged(_romanisation(draft.text), "romanisation"))
    draft.replace(with_tabs(draft.text))
    draft.drop(_tagged(find_advertising(draft.text), "advertising"))
    page = Page(draft.text)
    draft.drop(_tagged(find_repeats(draft.text, page), "repeat"))
    if draft.text != page.lines.text:
        page = Page(draft.text)
    furniture = find_furniture(page)
    broken = [draft.offsets.source_position(piece.span.start) for piece in furniture]
    draft.drop(furniture)
    draft.drop(_tagged(_wraps(draft, broken), "furniture"))
    return Cleaned(draft.text, draft.offsets, draft.cuts())


def _tagged(
    spans: Iterable[Span], reason: CutReason
) -> Iterable[tuple[Span, CutReason]]:
    return ((span, reason) for span in spans)


def _drop_control(draft: KeptText) -> None:
    pattern = _CONTROL if _UNUSUAL.search(draft.text) else _USUAL_CONTROL
    found = (Span(*match.span()) for match in pattern.finditer(draft.text))
    draft.drop(_tagged(found, "control"))


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
    if put:
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
    lead = 0
    is_long = len(text) > BLOCK
    undecided = _count_traditional(text) if is_long else 0
    for block in _blocks(text):
        simplified = _converter("t2s")(block)
        traditional = _converter("s2t")(block)
        if not len(simplified) == len(traditional) == len(block):
            return _count_changes(text, "t2s") > _count_changes(text, "s2t")
        lead += sum(map(ne, block, traditional)) - sum(map(ne, block, simplified))
        undecided -= _count_traditional(block) if is_long else 0
        if lead > undecided:
            # Were all that is left traditional, it would still be the smaller part.
            return False
    return lead < 0


def _blocks(text: str) -> Iterator[str]:
    """Yield a text in parts that end with a sentence: no phrase goes on behind it."""
    start = 0
    while start < len(text):
        stop = _STOP.search(text, start + BLOCK)
        end = stop.end() if stop else len(text)
        yield text[start:end]
        start = end


def _count_traditional(text: str) -> int:
    """Count the characters that may have another form in simplified script."""
    patterns = (_traditional(), _UNUSUAL)
    return sum(1 for pattern in patterns for _ in pattern.finditer(text))


@cache
def _traditional() -> re.Pattern[str]:
    """Find what has another form in simplified script, alone or in a phrase."""
    marks = [chr(code) for code in (*range(0x2E80, 0xA000), *range(0xF900, 0xFB00))]
    forms = _converter("t2s")("\n".join(marks)).split("\n")
    alone = (mark for mark, form in zip(marks, forms, strict=True) if mark != form)
    return re.compile(f"[{''.join(alone)}{IN_PHRASES}]")


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
    lines = Lines(draft.text)
    pairs = enumerate(pairwise(lines))
    open_ended = [at for at, pair in pairs if _may_continue(*pair)]
    width = _usual_width(lines, open_ended)
    spans = []
    for at in open_ended:
        line, after = lines[at], lines[at + 1]
        if at < _HEAD_LINES and _TITLE.fullmatch(line.text):
            continue
        first = draft.offsets.source_position(line.text_end - 1)
        last = draft.offsets.source_position(after.text_start)
        interrupted = bisect_left(broken, first) < bisect_left(broken, last)
        adjacent = line.stop == after.start
        is_full = width is not None and _columns(line) >= FULL_LINE * width
        if (interrupted and _PAUSE.search(line.text)) or (adjacent and is_full):
            spans.append(Span(line.text_end, after.text_start))
    return spans


def _usual_width(lines: Lines, open_ended: list[int]) -> int | None:
    """Return the width at which a text is wrapped, None if it is not."""
    columns = [
        _columns(lines[at])
        for at in open_ended
        if lines[at].stop == lines[at + 1].start
    ]
    wide = [width for width in columns if width >= 30]
    if len(wide) < MIN_WRAPPED_LINES:
        # A single break in a plan of long lines: only a very long line counts.
        return 60 if wide else None
    return sorted(wide)[len(wide) // 2]


def _may_continue(line: Line, after: Line) -> bool:
    """Say whether the sentence of `line` can go on in the line after it."""
    if not _OPEN_END.match(line.text[-1]) or find_strong_label(after.text):
        return False
    if "\t" in line.text or "\t" in after.text:  # rows of a table
        return False
    if not _PAUSE.search(after.text):
        # Titles and headings have no pause in them; the rest of a sentence does.
        return False
    if after.text[0] in "【[（(★●◆■▲•关" and after.indent:
        return False
    if line.text[-1] in _CLAUSE_OPEN:
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
