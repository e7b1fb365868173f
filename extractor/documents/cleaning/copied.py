"""What the copies hold that a document's cleaned text leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from extractor.core.records import Cut
from extractor.language.labels import find_label

_SENTENCES = re.compile("[\r\n。；！]")
_NUMBER = re.compile(r"\d+(?:[.．,，]\d+)*")


class Copied(NamedTuple):
    """How much was cut as a copy of the text above it."""

    characters: int
    sentences: int
    points: int
    """Numbered ones."""
    numbers: int


def copied(cuts: Iterable[Cut]) -> Copied | None:
    """Count what was cut as a copy, None where nothing was."""
    texts = [cut.text for cut in cuts if cut.reason == "repeat"]
    if not texts:
        return None
    parts = [part.strip() for text in texts for part in _SENTENCES.split(text)]
    labels = map(find_label, parts)
    return Copied(
        sum(map(len, texts)),
        sum(any(map(str.isalnum, part)) for part in parts),
        sum(label is not None and not label.is_weak for label in labels),
        sum(len(_NUMBER.findall(text)) for text in texts),
    )
