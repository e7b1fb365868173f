"""Waiting: one job at a time in a thread of its own, and a short line behind it."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import replace
from threading import Condition, Thread
from typing import Any
from weakref import WeakKeyDictionary

from extractor.browse.jobs.asked import Asked
from extractor.browse.jobs.job import Job
from extractor.browse.jobs.limits import MAX_KEPT, MAX_WAITING
from extractor.browse.jobs.worker import Worker
from extractor.browse.wording import Words
from extractor.browse.writing.desk import Desk
from extractor.browse.writing.refusals import Refused
from extractor.core.interrupts import interrupt, is_cancellable

FULL = Words(
    f"已有 {MAX_WAITING} 件在等候，请稍后再试",
    f"{MAX_WAITING} jobs wait already; try again later",
)
_LATER = {"retry-after": "30"}
_LOOK_S = 0.05

_jobs: WeakKeyDictionary[Any, Jobs] = WeakKeyDictionary()


class Jobs:
    """The jobs of a site. Nothing of them is stored but what they made.

    Args:
        desk: what they write to.
    """

    def __init__(self, desk: Desk) -> None:
        self._changed = Condition()
        self._kept: dict[str, Job] = {}
        self._line: deque[Job] = deque()
        self._is_closing = False
        self._worker = Worker(desk, lambda: self._is_closing)
        self._thread = Thread(target=self._work, daemon=True, name="jobs")

    def add(self, asked: Asked) -> Job:
        """Let a job wait; one that waits or is done already is not there twice.

        Raises:
            Refused: too many wait, or the server ends.
        """
        with self._changed:
            known = self._kept.get(asked.id)
            if known and not known.is_over:
                return known
            if len(self._line) >= MAX_WAITING or self._is_closing:
                raise Refused(503, FULL, _LATER)
            job = Job(asked)
            self._kept.pop(asked.id, None)
            self._kept[asked.id] = job
            self._line.append(job)
            self._forget()
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify()
        return job

    def find(self, id_: str) -> Job | None:
        """Return a job, None when it is not remembered."""
        return self._kept.get(id_)

    def ahead(self, job: Job) -> int:
        """Return how many jobs come before one that waits."""
        with self._changed:
            if job not in self._line:
                return 0
            running = sum(one.state == "running" for one in self._kept.values())
            return self._line.index(job) + running

    def newest(self) -> tuple[Job, ...]:
        """Return the jobs that are remembered, the newest first."""
        with self._changed:
            return tuple(reversed(self._kept.values()))

    def close(self) -> None:
        """End the work; what is in flight is paid and waited for.

        Raises:
            KeyboardInterrupt: the waiting was broken off, for good the second time.
        """
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        told = 0
        while self._thread.is_alive():
            try:
                if not told and is_cancellable():
                    told = 1
                    with suppress(KeyboardInterrupt):  # it ends by itself just now
                        interrupt()
                self._thread.join(_LOOK_S)
            except KeyboardInterrupt:
                if told == 2 or not is_cancellable():
                    raise
                told = 2
                interrupt()

    def _forget(self) -> None:
        over = [job.id for job in self._kept.values() if job.is_over]
        for id_ in over[: max(0, len(self._kept) - MAX_KEPT)]:
            del self._kept[id_]

    def _work(self) -> None:
        while job := self._next():
            self._worker.do(job)
            job.asked = replace(job.asked, content=b"")
        self._worker.close()

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._is_closing)
            for job in self._line if self._is_closing else ():
                job.state = "stopped"
            return None if self._is_closing else self._line.popleft()


def open_jobs(datasette: Any, desk: Desk) -> None:
    """Let plans be sent to a site."""
    _jobs[datasette] = Jobs(desk)


def jobs_of(datasette: Any) -> Jobs | None:
    """Return the jobs of a site, None where nothing may be sent to it."""
    return _jobs.get(datasette)


def close_jobs(datasette: Any) -> None:
    """End the jobs of a site, if there are any."""
    if jobs := jobs_of(datasette):
        jobs.close()
