"""Job: one plan that is read, as its worker writes it and pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.browse.jobs.asked import Asked
from extractor.browse.jobs.schemas import State


@dataclass(eq=False)
class Job:
    """One plan that is read; only its worker changes it.

    What it made is counted from the rows of its run.
    """

    asked: Asked
    state: State = "waiting"
    title: str | None = None
    document_id: str | None = None
    run_id: str | None = None
    items: int | None = None
    """Points of the plan; None until it is split."""
    done: int = 0
    error: str | None = None
    notice: str | None = None

    @property
    def id(self) -> str:
        """The id of what is asked."""
        return self.asked.id

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is done about it."""
        return self.state not in {"waiting", "running"}

    @property
    def shown(self) -> str:
        """What it is called."""
        return self.title or self.asked.shown
