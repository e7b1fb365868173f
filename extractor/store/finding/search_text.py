"""Search text: printed words in, what full text stores and looks up out; pure.

FTS5 splits at white space and marks, and Chinese has none between words.
So a stretch of characters that are written without spaces is stored as its overlapping
pairs and its last character: 学位证 is `学位 位证 证`.
A word of two characters or more then is a phrase of pairs, one character the beginning
of a token, and no phrase reaches across a mark, since a last character stands there.
Both sides are folded alike: simplified script, half width, small letters, without
white space and without what damage leaves inside words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from extractor.language.numbers.numerals import fold

_SCRIPTS = (
    # Characters that are written without spaces: Han with its rare planes, 〇, kana.
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_LOST = re.compile(
    # Controls and invisible marks; then what stands for a lost letter: the replacement
    # character, a half-width question mark, an empty box, 〓, private glyphs of a font.
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff?\u25a1\u3013\ue000-\uf8ff\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]"
)
_READING = re.compile(
    # 公（gōng）路: a reading that was written into a word has a tone mark.
    r"[(（][a-zA-Z]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zA-Zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]*[)）]"
)
_PIECE = re.compile(
    rf"(?P<pairs>[{_SCRIPTS}]+)|(?P<word>(?:(?![{_SCRIPTS}])[^\W_])+)",
)
_BETWEEN_WORDS = re.compile(r"(?<=[a-zA-Z0-9])\s+(?=[a-zA-Z0-9])")
_SPACE = re.compile(r"[^\S\t]+")


def clean_words(text: str) -> str:
    """Return printed words clean, simplified and in half width, to group and show.

    A tab stays: it stands between two cells of a table.
    """
    kept = _READING.sub("", _LOST.sub("", text))
    plain = fold(unicodedata.normalize("NFKC", kept))
    words = _BETWEEN_WORDS.sub("\0", plain)
    return _SPACE.sub("", words).replace("\0", " ").strip()


def indexed(texts: Iterable[str]) -> str:
    """Return what full text stores of texts that have nothing to do with each other."""
    tokens: list[str] = []
    for text in texts:
        tokens += _tokens(_folded(text))
    return " ".join(tokens)


def fts_query(words: str) -> str:
    """Return the FTS5 query for words parted by white space, all of which must occur.

    Nothing of what a reader types is syntax. Words without a letter, a character or a
    digit are passed over; where there are no others, the query finds nothing.
    """
    phrases = [_phrase(_folded(word)) for word in words.split()]
    return " AND ".join(filter(None, phrases)) or '""'


def _folded(text: str) -> str:
    return clean_words(text).lower()  # MW is no mW, but a reader may type either


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for piece in _PIECE.finditer(text):
        tokens += _pairs(piece[0]) if piece["pairs"] else [piece[0]]
    return tokens


def _pairs(text: str) -> list[str]:
    """Return the overlapping pairs of characters, and the last character."""
    return [text[at : at + 2] for at in range(len(text))]


def _phrase(word: str) -> str:
    """Return a word as a phrase that may begin and end inside a longer one."""
    pieces = list(_PIECE.finditer(word))
    if not pieces:
        return ""
    tokens, is_open = _tokens(word), False
    last = pieces[-1]
    if last["pairs"] and len(last[0]) > 1:
        tokens.pop()  # the word may go on behind its last pair
    else:
        is_open = not last[0][-1].isdecimal()  # 15 is not 150
    return f'"{" ".join(tokens)}"{"*" if is_open else ""}'
