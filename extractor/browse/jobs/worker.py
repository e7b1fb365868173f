"""Worker: a job done by the pipeline of `extract run`, with its ledger and rows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from extractor.browse.jobs.job import Job
from extractor.browse.jobs.limits import MAX_FILE
from extractor.browse.jobs.uploads import kept
from extractor.browse.writing.desk import Desk
from extractor.core.errors import ExtractorError, LLMError
from extractor.core.runs import Done, OnItem, RunSummary
from extractor.model.endpoints import ModelConfig
from extractor.model.source import ModelSource, serve_model
from extractor.runs import session
from extractor.runs.config import RunConfig
from extractor.runs.spool import Spool, Work
from extractor.runs.works import Plan, load_works

_log = logging.getLogger(__name__)


class KeptModel:
    """The embedded model: started by the first job that needs it, and kept for more."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._served: dict[tuple[Path, Path | None], ModelConfig | None] = {}

    @contextmanager
    def serve(self, source: ModelSource) -> Iterator[ModelConfig | None]:
        """Yield the endpoint of a model, which stays open."""
        if source.weights is None:  # a hosted one is there already
            yield source.endpoint
            return
        files = (source.weights, source.adapter)
        if files not in self._served:
            entered = self._stack.enter_context(serve_model(source))
            self._served[files] = entered
        yield self._served[files]

    def close(self) -> None:
        """Stop it; the next job starts it again."""
        self._served.clear()
        self._stack.close()


class Worker:
    """Does one job after another.

    Args:
        desk: the database, and how its models are reached.
        is_stopping: says whether the server ends.
    """

    def __init__(self, desk: Desk, is_stopping: Callable[[], bool]) -> None:
        self._desk = desk
        self._is_stopping = is_stopping
        self._model = KeptModel()

    def close(self) -> None:
        """Stop the embedded model."""
        self._model.close()

    def do(self, job: Job) -> None:
        """Do a job; what goes wrong is said of it in words."""
        job.state = "running"
        try:
            made = self._read(job)
        except KeyboardInterrupt:
            job.state = "stopped"
        except LLMError as error:
            if error.is_fatal:
                self._model.close()  # it may be the model's server that died
            _fail(job, f"{error}; what was done is kept: send it again to go on")
        except ExtractorError as error:
            _fail(job, str(error))
        except OSError as error:
            _fail(job, f"the file cannot be kept ({error.strerror or error})")
        except Exception as error:  # noqa: BLE001  # one job is not the server
            _log.error("a job failed", exc_info=error)
            _fail(job, "something went wrong; the server's log says what")
        else:
            job.state = "done"
            if made.is_doubtful:
                job.notice = (
                    f"{made.refused} of the {made.answered} values the model gave are "
                    "not in the source and were refused: it does not read this plan "
                    "well; try another model"
                )

    def _read(self, job: Job) -> RunSummary:
        config = self._config(job)
        with kept(job.asked, self._desk.path) as path:
            work = _load(job, path, config)
        job.title, job.document_id = work.document.title, work.document.id
        job.items = len(work.items)
        options = session.ModelOptions(serve=self._model.serve)
        prepared = session.prepare(Plan(Spool.of([work])), config, options)
        job.run_id = prepared.run_id
        return session.execute(prepared, self._desk.path, self._counting(job))

    def _config(self, job: Job) -> RunConfig:
        asked = job.asked
        is_hosted = asked.model not in {session.LOCAL, session.RULES}
        base_url = self._desk.base_url if is_hosted else None
        return replace(
            session.run_config(asked.model, base_url=base_url),
            title=asked.title,
            issuer=asked.issuer,
            plan_year=asked.plan_year,
            max_bytes=MAX_FILE,
        )

    @contextmanager
    def _counting(self, job: Job) -> Iterator[OnItem]:
        if self._is_stopping():
            raise KeyboardInterrupt

        def advance(done: Done) -> None:
            job.done += done.items

        yield advance


def _load(job: Job, path: Path, config: RunConfig) -> Work:
    """Return the plan with its items; without a title it has its file's name.

    Raises:
        DocumentError: nothing can be made of it.
    """
    plan = load_works([path], config)
    for refused in plan.refused:
        name = job.asked.name or "<text>"
        raise type(refused)(str(refused).replace(repr(str(path)), repr(name)))
    work = plan.works[0]
    if work.document.title is None and (stem := Path(job.asked.name).stem):
        named = work.document.model_copy(update={"title": stem})
        return replace(work, document=named)
    return work


def _fail(job: Job, error: str) -> None:
    job.state, job.error = "failed", error
