"""Find a quote in a text: the matcher of the grounder; words in, a real span out.

Law 1 of the design: a field is stored only as a span of the source, and an altered
digit never matches.
Both texts are turned into streams in which every number is one symbol of its value
(两万, 2万 and 20000 are the same symbol), so a number matches whole or not at all:
"5所" is not in "15所", "94" not in "94.5%", "30" not in "30万".
Everything else is compared exactly after width, script, dash and quotation marks are
folded on local copies; white space is ignored.
Only when that finds nothing, punctuation and 的 may differ, never a number, and only
if there is one such place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from extractor.core.spans import Span
from extractor.language.numbers.numerals import (
    ARABIC,
    ARABIC_SCALED,
    CHINESE,
    fold,
    format_numeral,
    parse_numeral,
)

_OPEN, _CLOSE = "\x02", "\x03"

_TENTHS = (
    "[一二两三四五六七八九1-9]"
    "成(?!立|为|果|功|效|长|员|人|本|都|熟|绩|品|交|才|像|片|分)[一二三四五六七八九]?"
)
# 唯一一所: the first 一 belongs to a word.
_WORD = "[统唯单专划同逐]一(?![十百千万])"
_SYMBOL = re.compile(
    rf"(?P<percent>百分之(?P<share>{ARABIC_SCALED}|{CHINESE}))"
    rf"|(?P<tenths>(?<!\d){_TENTHS})"
    rf"|(?P<word>{_WORD})"
    rf"|(?P<number>{ARABIC_SCALED}|{CHINESE}|[0-9]+)"
    r"|(?P<space>[\s\u200b\u200c\u200d\u2060\ufeff\u00ad]+)"
    r"|(?P<stray>[\x00-\x08])"
)
_PLAIN_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_GROUPED = re.compile(ARABIC)
_FOLDED_MARKS = str.maketrans(
    {
        **dict.fromkeys("“”„‟「」『』″＂", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("·•‧・", "·"),
        "〈": "《",
        "〉": "》",
        "〔": "[",
        "〕": "]",
        "【": "[",
        "】": "]",
        "、": "、",
    }
)
_DROPPABLE = frozenset(",、;:。.!?\"'()[]《》…·的")
_SOLID = re.compile(r"[0-9A-Za-z\u3400-\u9fff%‰\x02]")
# l0所 is a damaged 10所, E5 a code; the 3% of GDP3% is a number.
_GLUED = re.compile(rf"(?<![A-Za-z])[A-Za-z]{_OPEN}")
_MIN_TOLERANT = 4


class _Stream(NamedTuple):
    """Symbols of a text, and where each symbol's characters begin and end in it."""

    symbols: str
    starts: list[int]
    ends: list[int]


def _canonical(number: str) -> str:
    """Return the symbol of a number.

    Plain digits keep every digit they have (2.0 is not 2, 09 not 9); grouped,
    scaled and Chinese numbers are written out.
    """
    if _PLAIN_DIGITS.fullmatch(number):
        return number
    if _GROUPED.fullmatch(number):
        return re.sub(r"[^\d.]", "", number)
    value = parse_numeral(number)
    # 三四个 and 十四五 have no one value: as they stand, all or nothing.
    return number if value is None else format_numeral(value)


def _symbol(match: re.Match[str]) -> str:
    """Return what a special stretch of folded text becomes in the stream."""
    if match["space"]:
        return ""
    if match["stray"]:
        return "\x01"
    if match["word"]:
        return match["word"]
    if match["percent"]:
        return f"{_OPEN}{_canonical(match['share'])}{_CLOSE}%"
    if match["tenths"]:
        tens, _, ones = match["tenths"].partition("成")
        share = (parse_numeral(tens) or 0) * 10 + (parse_numeral(ones) or 0)
        return f"{_OPEN}{format_numeral(Decimal(share))}{_CLOSE}%"
    return f"{_OPEN}{_canonical(match['number'])}{_CLOSE}"


@lru_cache(maxsize=32)
def _stream(text: str) -> _Stream:
    """Return the stream of a text; cached, as many quotes are sought in one text."""
    folded = fold(text).translate(_FOLDED_MARKS)
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for match in _SYMBOL.finditer(folded):
        parts.append(folded[position : match.start()])
        starts.extend(range(position, match.start()))
        ends.extend(range(position + 1, match.start() + 1))
        symbol = _symbol(match)
        parts.append(symbol)
        starts.extend([match.start()] * len(symbol))
        ends.extend([match.end()] * len(symbol))
        position = match.end()
    parts.append(folded[position:])
    starts.extend(range(position, len(folded)))
    ends.extend(range(position + 1, len(folded) + 1))
    return _Stream("".join(parts), starts, ends)


@lru_cache(maxsize=32)
def _bare_stream(text: str) -> _Stream:
    """Return the stream without punctuation and 的.

    A mark behind a number stays: 3、5个 is not 3:5个, and 编号为6。个别 has no 6个.
    """
    full = _stream(text)
    kept: list[int] = []
    depth = False
    for index, char in enumerate(full.symbols):
        depth = char == _OPEN or (depth and char != _CLOSE)
        if depth or char not in _DROPPABLE or _ends_number(full.symbols, index):
            kept.append(index)
    return _Stream(
        "".join(full.symbols[index] for index in kept),
        [full.starts[index] for index in kept],
        [full.ends[index] for index in kept],
    )


def _ends_number(symbols: str, index: int) -> bool:
    """Say whether the mark at `index` closes a number off from the words behind it."""
    return symbols[index - 1 : index] == _CLOSE


def _occurrences(needle: str, stream: _Stream) -> list[Span]:
    """Return every place of `needle`, not overlapping, as spans of the text."""
    spans = []
    at = stream.symbols.find(needle)
    while at >= 0:
        end = at + len(needle)
        # A percentage written 百分之八十 is two symbols of one stretch: all or none.
        is_whole = not (_splits(stream, at) or _splits(stream, end))
        if is_whole and not _is_glued(stream.symbols, at):
            spans.append(Span(stream.starts[at], stream.ends[end - 1]))
            at = stream.symbols.find(needle, end)
        else:
            at = stream.symbols.find(needle, at + 1)
    return spans


def _splits(stream: _Stream, at: int) -> bool:
    """Say whether a cut before symbol `at` goes through one stretch of the text."""
    return 0 < at < len(stream.starts) and stream.starts[at] == stream.starts[at - 1]


def _is_glued(symbols: str, at: int) -> bool:
    """Say whether a quote from `at` on begins with a number behind a lone letter."""
    return at > 0 and _GLUED.fullmatch(symbols, at - 1, at + 1) is not None


def find_places(quote: str, text: str) -> list[Span]:
    """Return every place of a quote: the exact ones, else the one tolerant one."""
    needle = _stream(quote).symbols
    if not _SOLID.search(needle):
        return []
    exact = _occurrences(needle, _stream(text))
    if exact:
        return exact
    bare = _bare_stream(quote).symbols
    if len(_bare_stream(quote).starts) < _MIN_TOLERANT:
        return []
    tolerant = _occurrences(bare, _bare_stream(text))
    return tolerant if len(tolerant) == 1 else []


def find_quote(quote: str, text: str, *, near: int | None = None) -> Span | None:
    """Return where `quote` stands in `text`.

    Args:
        quote: the words sought, as a model wrote them.
        text: the text they should come from.
        near: a position in `text`; the occurrence that begins nearest to it is
            chosen. Without it, the first.

    Returns:
        A span of `text` without white space at its ends, or None when the quote is
        not there, or is there only with a number changed.
    """
    spans = find_places(quote, text)
    if not spans:
        return None
    if near is None:
        return spans[0]
    return min(spans, key=lambda span: abs(span.start - near))


def find_quotes(quotes: Sequence[str], text: str) -> list[Span | None]:
    """Return where each quote stands in `text`, in the order given.

    A quote that is repeated gets its occurrences in turn; when there are fewer
    occurrences than mentions, the last one serves again.
    """
    used: dict[str, int] = {}
    found: list[Span | None] = []
    for quote in quotes:
        spans = find_places(quote, text)
        key = _stream(quote).symbols
        index = min(used.get(key, 0), len(spans) - 1)
        used[key] = used.get(key, 0) + 1
        found.append(spans[index] if spans else None)
    return found
