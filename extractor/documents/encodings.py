"""Bytes of a source file to text: the first half of loading."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

from extractor.core.errors import DocumentError

BOMS = (
    # UTF-32 first: its little-endian mark starts with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
BINARY_MAGIC = (
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
)
MULTIBYTE = ("gb18030", "big5hkscs")
DAMAGE_TOLERATED = 0.01
"""Share of replacement characters up to which a text counts as scraped damage."""
BAD_TOLERATED = 5
"""Replacement characters always tolerated in a text that is not tiny."""
MIN_TEXT = 100
UTF16_SAMPLE = 4000

REPLACEMENT = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")
_COMMON = re.compile("[，。、；：的一和年市工作建展设設与與推进進全发發]")
_HAN = re.compile("[\u4e00-\u9fff]")
_PLAUSIBLE = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\\s -~—–“”‘’…·•]")


class Decoded(NamedTuple):
    """A text and the codec it was decoded with."""

    text: str
    encoding: str


def decode(content: bytes, name: str, encoding: str | None = None) -> Decoded:
    """Decode the bytes of the file `name`, with `encoding` if given.

    A byte order mark is not part of the text; newlines are kept as they are.

    Raises:
        DocumentError: the bytes are no text, or not in the encoding given.
    """
    if encoding is not None:
        return _decode_as(content, name, encoding)
    for mark, codec in BOMS:
        if content.startswith(mark):
            return _with_damage(content[len(mark) :], name, codec)
    _refuse_binary(content, name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _detect(content, name)
    _refuse_nul(text, name)
    return Decoded(text, "utf-8")


def _decode_as(content: bytes, name: str, encoding: str) -> Decoded:
    try:
        codec = codecs.lookup(encoding)
    except LookupError:
        raise DocumentError(
            f"{name!r}: unknown encoding {encoding!r}; "
            "try utf-8, gb18030, big5 or utf-16"
        ) from None
    try:
        text, _ = codec.decode(content)
        if not isinstance(text, str):
            raise TypeError(text)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{name!r}: not {encoding}: cannot decode the byte at offset "
            f"{error.start}; leave the encoding out to have it detected"
        ) from error
    except Exception as error:
        # base64, zip and the like are codecs too: they give bytes, or raise what they
        # please.
        raise DocumentError(
            f"{name!r}: {encoding!r} is not a text encoding; "
            "try utf-8, gb18030, big5 or utf-16"
        ) from error
    _refuse_nul(text, name)
    _refuse_surrogates(text, name, encoding)
    return Decoded(text.removeprefix("\ufeff"), codec.name)


def _refuse_binary(content: bytes, name: str) -> None:
    for magic, kind in BINARY_MAGIC:
        if content.startswith(magic):
            raise DocumentError(
                f"{name!r} looks like {kind}; convert it to plain text first"
            )


def _refuse_nul(text: str, name: str) -> None:
    if "\0" in text:
        raise DocumentError(
            f"{name!r} holds NUL characters: a binary file, or another encoding; "
            "convert it to plain text first"
        )


def _refuse_surrogates(text: str, name: str, encoding: str) -> None:
    """Refuse halves of characters, which no database and no file can hold."""
    found = _SURROGATE.search(text)
    if found:
        raise DocumentError(
            f"{name!r}: read as {encoding}, the character at {found.start()} is half "
            "of a pair; leave the encoding out to have it detected"
        )


def _with_damage(content: bytes, name: str, codec: str) -> Decoded:
    """Decode, putting � for undecodable bytes as long as they are few."""
    text = content.decode(codec, errors="replace")
    if not _is_tolerable(text):
        raise DocumentError(
            f"{name!r}: {text.count(REPLACEMENT)} of {len(text)} characters "
            f"cannot be decoded as {codec}; "
            "name the right encoding or convert the file to UTF-8"
        )
    _refuse_nul(text, name)
    return Decoded(text, codec)


def _detect(content: bytes, name: str) -> Decoded:
    """Tell the encoding of bytes that are not valid UTF-8."""
    unmarked = _utf16_without_mark(content)
    if unmarked is not None:
        _refuse_nul(unmarked.text, name)
        return unmarked
    if b"\0" in content:
        raise DocumentError(
            f"{name!r} holds NUL bytes: a binary file; convert it to plain text first"
        )
    if _is_tolerable(content.decode("utf-8", errors="replace")):
        return _with_damage(content, name, "utf-8")
    # Only the two legacy Chinese codecs are let in: left free, the detector takes
    # short texts for Korean or Cyrillic.
    best = from_bytes(content, cp_isolation=["gb18030", "big5"]).best()
    if best is not None and _HAN.search(str(best)):
        return Decoded(content.decode(best.encoding), best.encoding)
    readings = [
        Decoded(content.decode(codec, errors="replace"), codec) for codec in MULTIBYTE
    ]
    tolerable = [reading for reading in readings if _is_tolerable(reading.text)]
    if tolerable:
        # Wrongly read Chinese is rare characters without punctuation.
        return max(tolerable, key=lambda reading: len(_COMMON.findall(reading.text)))
    raise DocumentError(
        f"{name!r}: cannot tell the encoding; name it (gb18030, big5, utf-16-le …) "
        "or convert the file to UTF-8"
    )


def _is_tolerable(text: str) -> bool:
    """Say whether a text has no more replacement characters than scraping makes."""
    bad = text.count(REPLACEMENT)
    few = bad <= BAD_TOLERATED and len(text) >= MIN_TEXT
    return few or bad <= DAMAGE_TOLERATED * len(text)


def _utf16_without_mark(content: bytes) -> Decoded | None:
    """Decode UTF-16 that carries no byte order mark, None if it is something else."""
    if len(content) % 2:
        return None
    for codec in ("utf-16-le", "utf-16-be"):
        sample = content[: UTF16_SAMPLE * 2].decode(codec, errors="replace")
        # A legacy Chinese text read as UTF-16 is Hangul and Yi for the most part.
        plausible = len(_PLAUSIBLE.findall(sample))
        if plausible >= 0.9 * len(sample) and _HAN.search(sample):
            try:
                return Decoded(content.decode(codec), codec)
            except UnicodeDecodeError:
                continue
    return None
