"""Answers: one line a mark, one line an action; written for tuning, read at run time.

`1｜新增｜公办幼儿园｜-` says verb, object and actor of the number marked 1, `1｜×` that
it promises nothing; `推进｜集团化办学｜各区` is a promise without a number. 无 stands
for a verb or object that is not printed, and alone for no action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from extractor.extraction.sentences.questions import NOTHING
from extractor.model.requests import LineAnswer

BAR = "｜"
_DECOY = "×"
_ISSUER = "-"


class Said(NamedTuple):
    """What a line says of a promise; None where the plan does not print it."""

    action: str | None
    object: str | None
    actor: str | None


class SentenceAnswer(LineAnswer):
    """The lines of an answer."""

    numbers: tuple[tuple[int, Said | None, int], ...]
    """(name, what is promised or None, line of the answer) of each mark."""
    actions: tuple[tuple[Said, int], ...]
    """(what is promised, line of the answer)."""

    @classmethod
    def parse_lines(cls, text: str) -> Self:
        """Read the lines; one that has no form of a line is left out.

        Raises:
            ValueError: no line is of the form.
        """
        numbers: list[tuple[int, Said | None, int]] = []
        actions = []
        lines = text.strip().splitlines()
        for at, line in enumerate(lines):
            fields = [field.strip() for field in line.split(BAR)]
            if fields[0].isdecimal() and len(fields) == 4:
                numbers.append((int(fields[0]), _said(fields[1:]), at))
            elif fields[0].isdecimal() and fields[1:] == [_DECOY]:
                numbers.append((int(fields[0]), None, at))
            elif len(fields) == 3:
                actions.append((_said(fields), at))
        if not (numbers or actions or NOTHING in lines):
            raise ValueError("一行一条")
        return cls(numbers=tuple(numbers), actions=tuple(actions))

    @classmethod
    def parse_whole(cls, text: str) -> Self:
        """Read the lines of a cut reply but the last; there may be none."""
        whole, _, _ = text.rstrip().rpartition("\n")
        try:
            return cls.parse_lines(whole)
        except ValueError:
            return cls(numbers=(), actions=())


def _said(fields: Sequence[str]) -> Said:
    action, noun, actor = fields
    return Said(
        None if action in {"", NOTHING} else action,
        None if noun in {"", NOTHING} else noun,
        None if actor in {"", _ISSUER, NOTHING} else actor,
    )


def write_answer(
    numbers: Mapping[int, Said | None], actions: Sequence[Said] | None
) -> str:
    """Return the answer that says this; what `SentenceAnswer` reads.

    Args:
        numbers: by the mark's name.
        actions: None where they are not asked for.
    """
    lines = []
    for name, said in sorted(numbers.items()):
        fields = _fields(said) if said else (_DECOY,)
        lines.append(BAR.join((str(name), *fields)))
    if actions is not None:
        lines += [BAR.join(_fields(said)) for said in actions] or [NOTHING]
    return "\n".join(lines)


def _fields(said: Said) -> tuple[str, str, str]:
    return said.action or NOTHING, said.object or NOTHING, said.actor or _ISSUER
