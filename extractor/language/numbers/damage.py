"""Broken numbers: what is left of one that a scan or a page took apart.

12。5公里, 1O49万2千户, 三十 七个: the part that can be read is another number than the
one that was printed, so it is none.
"""

from __future__ import annotations

import re

from extractor.core.spans import Span

_NUMERAL = "0-9零〇一二两三四五六七八九十百千万亿"
_LETTER = "[OolISB]"
"""Letters that are read for digits: 1O.5, l2, S9."""
_BEFORE = re.compile(
    rf"[{_NUMERAL}][ \u3000]{{0,2}}$|[0-9][。．·]$|(?<=[0-9一-龥]){_LETTER}+$"
)
_BEHIND = re.compile(rf"[。．·]\d|{_LETTER}{{1,3}}\d")
# 统一|5个, 第一|3所: a word that ends like a number.
_WORD = re.compile("[统唯单专划同逐之第其万]一[ \u3000]*$")


def is_broken(text: str, number: Span) -> bool:
    """Say whether a number is only a part of what was printed.

    Args:
        text: the text it stands in, digits in half width.
        number: its place.
    """
    words, head = number.slice(text), text[max(0, number.start - 8) : number.start]
    if re.match(f"[{_NUMERAL}]", words) and _BEFORE.search(head):
        return _WORD.search(head) is None
    return words[-1:].isdecimal() and _BEHIND.match(text, number.end) is not None
