"""Progress of a run: how far it is, how fast, at what cost, and how long still."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from extractor.core.runs import Done, OnItem
from extractor.core.text import one_line

_PLAIN_STEP = 10
"""Items between two lines of progress where there is no terminal."""
_PLAIN_STEP_S = 10.0
_PLAIN_LEAST_S = 1.0
"""Ten items may take no time: a line each would fill a log."""
_PACE_S = 5.0
"""What was done in less says little about the rest."""


@contextmanager
def items_progress(console: Console, total: int) -> Iterator[OnItem]:
    """Yield a function to call after each item: a bar on a terminal, else lines.

    Both say how fast it goes, what it has cost and will cost at this rate, and how long
    it will take.
    """
    pace = _Pace(total)
    if not console.is_terminal:
        yield _plain_progress(console, pace)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("items", total=total, pace="")

        def advance(done: Done) -> None:
            pace.add(done)
            progress.update(
                task,
                advance=done.items,
                description=f"items {_label(done)}".rstrip(),
                pace=pace.words(),
            )

        yield advance


def _label(done: Done) -> str:
    if done.item is None:
        return ""
    return one_line(done.item.label or done.item.clean[:6])[:8]


def _plain_progress(console: Console, pace: _Pace) -> OnItem:
    shown_at = time.monotonic()

    def report(done: Done) -> None:
        nonlocal shown_at
        pace.add(done)
        since_s = time.monotonic() - shown_at
        is_step = pace.done % _PLAIN_STEP == 0 and since_s >= _PLAIN_LEAST_S
        if is_step or pace.done == pace.total or since_s >= _PLAIN_STEP_S:
            shown_at = time.monotonic()
            words = pace.words()
            line = f"{pace.done}/{pace.total} items" + (f", {words}" if words else "")
            console.print(line, soft_wrap=True)

    return report


class _Pace:
    """How fast a run goes, and what it costs."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self._new = 0
        self._began = time.monotonic()
        self._last = self._began
        self._usd: float | None = 0.0

    def add(self, done: Done) -> None:
        """Count an item."""
        self.done += done.items
        self._new += done.is_new
        self._last = time.monotonic()
        self._usd = done.cost_usd

    def words(self) -> str:
        """Return rate, cost so far and in all, and time left, as far as known."""
        took_s = self._last - self._began
        if took_s < _PACE_S or not self._new:
            return ""
        a_second = self._new / took_s
        left = timedelta(seconds=round((self.total - self.done) / a_second))
        parts = [f"{a_second * 60:.3g} a minute"]
        if self._usd:
            in_all = self._usd * self.total / self.done
            parts.append(f"{self._usd:.4f} USD of about {in_all:.4f}")
        if self.done < self.total:
            parts.append(f"{left} left")
        return ", ".join(parts)
