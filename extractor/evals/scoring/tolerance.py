"""What counts as the same words and the same number when records are compared.

Pure; the tolerance of the guidelines, written down once.

Two texts are the same when they are equal, character for character, after

1. romanisation in brackets is dropped: a bracket that holds one to six Latin letters,
   with or without tone marks (完(wan)成 is 完成);
2. width, script and dashes are folded (`numerals.fold`): ％ is %, 個 is 个;
3. damage is dropped: U+FFFD, question marks, zero-width and control characters;
4. quotation marks (“” ‘’ "" 「」 『』) and all white space are dropped;
5. brackets are dropped, either only their marks (新建、改(扩)建 is 新建、改扩建) or, on
   both sides, with the gloss inside (各区(市、县) is 各区); a text that is nothing but
   a bracket keeps what is inside.

Everything else counts: punctuation, 的, one character more or less.

Two numbers are the same when they differ by less than one part in 10^9, which is what
a float costs on its way through SQLite or JSON.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from extractor.language.numbers.numerals import fold

_ROMANISATION = re.compile(r"[(（][A-Za-zà-öø-ÿāăēĕěīĭōŏūŭǎǐǒǔǖǘǚǜńňǹɡü]{1,6}[)）]")
_DROPPED = re.compile(
    "[\ufffd?\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2060\ufeff\\s\"'“”‘’‚‛„‟「」『』]"
)
_GLOSS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_BRACKET = re.compile(r"[()\[\]]")
_BRACKETS = str.maketrans("〔〕【】", "[][]")
_RELATIVE = Decimal("1e-9")


@lru_cache(maxsize=8192)
def plain_forms(text: str) -> tuple[str, str]:
    """Return the text as compared: without bracket marks, and without glosses."""
    folded = fold(_ROMANISATION.sub("", text)).translate(_BRACKETS)
    kept = _DROPPED.sub("", folded)
    marks_off = _BRACKET.sub("", kept)
    return marks_off, _GLOSS.sub("", kept) or marks_off


def is_same_text(first: str | None, second: str | None) -> bool:
    """Say whether two texts are the same by the tolerance; None is only None."""
    if first is None or second is None:
        return first is second
    first_forms, second_forms = plain_forms(first), plain_forms(second)
    return any(a == b for a, b in zip(first_forms, second_forms, strict=True))


def is_any_of(text: str | None, accepted: Iterable[str | None]) -> bool:
    """Say whether a text is the same as one of the accepted readings."""
    return any(is_same_text(text, other) for other in accepted)


def is_same_number(first: Decimal | None, second: Decimal | None) -> bool:
    """Say whether two numbers are the same by the tolerance; None is only None."""
    if first is None or second is None:
        return first is second
    return abs(first - second) <= _RELATIVE * max(abs(first), abs(second))


def text_overlap(first: str | None, second: str | None) -> float:
    """Return the Dice overlap of two texts' characters, 0 to 1, order ignored.

    2 |A ∩ B| / (|A| + |B|) over the multisets of characters as compared.
    """
    if first is None or second is None:
        return float(first is second)
    a, b = plain_forms(first)[0], plain_forms(second)[0]
    if not a and not b:
        return 1.0
    return 2 * (Counter(a) & Counter(b)).total() / (len(a) + len(b))
