"""Tests of what makes the search for times quick: it leaves none out."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.documents.loading import load_document
from extractor.language.times.deadlines import iter_deadlines
from extractor.language.times.patterns import CANDIDATE, FIRST, SIGN
from tests.conftest import DEVELOPMENT, DOCUMENTS
from tests.language.beginnings import Beginnings


def test_every_beginning_of_a_time_is_listed() -> None:
    """A wording of time that is added adds what it begins with."""
    found = Beginnings(CANDIDATE)

    assert set(FIRST) == found.characters - set("0123456789")
    names = {one.rpartition("_")[2].lower() for one in found.classes}
    assert names == {"digit", "space"}


@pytest.mark.parametrize(
    "path", [*sorted(DOCUMENTS.glob("*.txt")), *sorted(DEVELOPMENT.glob("*.txt"))]
)
def test_every_time_has_a_sign(path: Path) -> None:
    """A stretch without one is not searched."""
    text = load_document(path).clean

    found = [span.slice(text) for span in iter_deadlines(text)]

    assert all(SIGN.search(words) for words in found)


@pytest.mark.parametrize(
    "words",
    [
        "6月底前", "“十四五”期间", "“十四五”末", "春节前", "除夕止", "暑期",
        "2024-05-01", "三季度末", "上半年", "岁末", "“7·1”前", "秋季",
        "未来3年", "2024.5.1前",
    ],
)  # fmt: skip
def test_each_kind_of_time_has_a_sign(words: str) -> None:
    """What each alternative of the pattern needs is among the signs."""
    assert CANDIDATE.fullmatch(words)
    assert SIGN.search(words)
