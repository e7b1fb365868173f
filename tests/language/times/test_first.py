"""Tests of what makes the search for times quick: it leaves none out."""

from __future__ import annotations

import re
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]  # a test looks inside
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from extractor.documents.loading import load_document
from extractor.language.times.deadlines import iter_deadlines
from extractor.language.times.patterns import CANDIDATE, FIRST, SIGN
from tests.conftest import DEVELOPMENT, DOCUMENTS


class Beginnings:
    """The characters and the classes that a match of a pattern may begin with."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.characters: set[str] = set()
        self.classes: set[str] = set()
        assert not self._may_be_empty(_parser.parse(pattern.pattern, pattern.flags))

    def _may_be_empty(self, nodes: Any) -> bool:
        """Take in what some nodes may begin with; say whether they may be nothing."""
        return all(self._is_passed(kind, value) for kind, value in nodes)

    def _is_passed(self, kind: Any, value: Any) -> bool:
        if kind in (op.ASSERT, op.ASSERT_NOT, op.AT):
            return True
        if kind is op.BRANCH:
            # All of them are looked at, also behind one that may be empty.
            return any([*map(self._may_be_empty, value[1])])
        if kind is op.SUBPATTERN:
            return self._may_be_empty(value[3])
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._may_be_empty(value[2]) or value[0] == 0
        for one in value if kind is op.IN else [(kind, value)]:
            self._take(*one)
        return False

    def _take(self, kind: Any, value: Any) -> None:
        if kind is op.LITERAL:
            self.characters.add(chr(value))
        elif kind is op.RANGE:
            self.characters.update(map(chr, range(value[0], value[1] + 1)))
        else:
            assert kind is op.CATEGORY
            self.classes.add(str(value))


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
