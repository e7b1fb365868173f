"""What the matches of a pattern may begin with, read off the pattern itself."""

from __future__ import annotations

import re
from re import _constants as op  # type: ignore[attr-defined]  # a test looks inside
from re import _parser  # type: ignore[attr-defined]
from typing import Any


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
