"""Trust: whom to believe where rules and model read a number differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from extractor.core.records import Draft
from extractor.extraction.rules.candidates import NumberCandidate
from extractor.extraction.sentences.answers import Said


class Told(Protocol):
    """What the model says, and how sure it is."""

    said: Said | None
    likelihood: float | None


@dataclass(frozen=True, slots=True)
class Trust:
    """Thresholds on the lowest log-probability of the model's line.

    Chosen on six documents of other kinds that the shipped adapter was not tuned on;
    leaving each of them out of the choice gives the same ones
    (`python -m tests.trust`).
    """

    reading: float = -0.4
    """Above it, its verb and object are taken; also where it is not known."""
    decoy: float = -0.7
    """Above it, a number that the rules take for a target is none."""
    target: float = -0.5
    """Above it, a number that the rules take for a decoy is one."""

    def is_promise(
        self, number: NumberCandidate, rules: Draft | None, told: Told
    ) -> bool:
        """Say whether a number is a target; nothing that rules cannot compute is."""
        if number.quantity is None:
            return False
        if rules is None:
            return told.said is not None and _exceeds(told, self.target)
        return told.said is not None or not _exceeds(told, self.decoy)

    def prefers_model(self, told: Told) -> bool:
        """Say whether the model's verb and object are taken."""
        return told.likelihood is None or told.likelihood > self.reading


def _exceeds(told: Told, threshold: float) -> bool:
    return told.likelihood is not None and told.likelihood > threshold
