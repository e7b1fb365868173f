"""The main job: files in, grounded records out, nothing lost, nothing paid twice."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import (
    DocumentError,
    InvalidOutputError,
    LLMError,
    StoreError,
    TransportError,
)
from extractor.core.runs import RunSummary
from extractor.extraction.rules.candidates import TARGET
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import (
    NO_ANSWERS,
    Drafted,
    Read,
    RulesStrategy,
    read_item,
)
from extractor.model.prompts import Message
from extractor.model.requests import Answer, Answers, LineAnswer, Request
from extractor.runs import identity
from extractor.runs.asking import Model, NoModel
from extractor.runs.audit import audit
from extractor.runs.code import code_digest
from extractor.runs.config import RunConfig
from extractor.runs.identity import run_record
from extractor.runs.pipeline import Job, run
from extractor.runs.spool import Spool
from extractor.runs.works import Plan, load_works
from extractor.store.database import read_database
from extractor.store.outcomes import Outcome
from extractor.store.rows import stored_commitment
from extractor.store.store import Store
from tests.conftest import DEVELOPMENT, DOCUMENTS, ROOT

CONFIG = RunConfig("rules", "rules", "rules")
CORPUS = ROOT.parent / "shared" / "corpus"
PLAN = DOCUMENTS / "minsheng-2023.txt"


class Asking(RulesStrategy):
    """Rules that ask one question an item, so that a model has a say."""

    def requests(
        self,
        view: ItemReader,
        answers: Answers = NO_ANSWERS,  # noqa: ARG002  # the interface
    ) -> Sequence[Request]:
        """Ask about the item's text."""
        return [Request("item", (Message("user", view.printed),), LineAnswer, 1)]

    def drafts(self, view: ItemReader, answers: Answers) -> Drafted:
        """Read as the rules do, if there is an answer."""
        (answer,) = answers.values()
        made = super().drafts(view, answers)
        return made if answer.error is None else Drafted([], answer.error)


class Scripted:
    """A model that does what a test says before each answer, and notes the items."""

    def __init__(self, before: Callable[[str], None] = lambda _item: None) -> None:
        self.before = before
        self.asked: list[str] = []
        self.running = self.most_running = 0
        self.takes_s = 0.0

    async def answers(
        self, requests: Sequence[Request], item_id: str
    ) -> Mapping[Request, Answer]:
        """Answer a moment later; what ends a run is raised."""
        self.asked.append(item_id)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        answer = Answer()
        try:
            await asyncio.sleep(self.takes_s)
            self.before(item_id)
        except LLMError as exc:
            if exc.is_fatal:
                raise
            answer = Answer(error=exc)
        finally:
            self.running -= 1
        return dict.fromkeys(requests, answer)


def go(
    store: Store,
    model: Model | None = None,
    *,
    plan: Plan | None = None,
    config: RunConfig = CONFIG,
    **options: Any,
) -> RunSummary:
    """Run a plan into the store."""
    plan = plan or load_works([PLAN], config)
    strategy = Asking("rules") if model else RulesStrategy("rules")
    job = Job.of(plan.works, config, strategy)
    store.start_run(job.record)
    return run(job, nullcontext(model or NoModel()), store, **options)


def fails_at(position: int, error: Exception) -> Callable[[str], None]:
    """Raise the error at the item in this place."""
    (work,) = load_works([PLAN], CONFIG).works

    def before(item_id: str) -> None:
        if item_id == work.items[position].id:
            raise error

    return before


@pytest.mark.parametrize(
    "path",
    [
        *sorted(DOCUMENTS.glob("*.txt")),
        *sorted(CORPUS.glob("*.txt")),
        pytest.param(DEVELOPMENT, id="development-in-one-run"),
        pytest.param(
            CORPUS,
            marks=pytest.mark.skipif(
                not CORPUS.is_dir(), reason="../shared/corpus is not on this machine"
            ),
            id="corpus-in-one-run",
        ),
    ],
    ids=lambda path: path.stem,
)
def test_every_stored_span_is_its_quote(path: Path, fresh_db: Store) -> None:
    """Law 1 over every row of every document, and law 3 over its items."""
    made = go(fresh_db, plan=load_works([path], CONFIG))

    found = list(audit(fresh_db.path))
    assert [v for document in found for v in document.violations] == []
    assert sum(document.records for document in found) == made.records > 0
    assert made.items == made.with_records + made.without_records + made.failed
    assert (made.status, made.failed, made.calls) == ("finished", 0, 0)


def test_items_and_outcomes_add_up(fresh_db: Store) -> None:
    """Items are those of the splitter, whatever became of each."""
    failing = Scripted(fails_at(3, InvalidOutputError("rubbish", attempts=2)))

    made = go(fresh_db, failing)

    (work,) = load_works([PLAN], CONFIG).works
    assert made.items == len(work.items)
    assert (made.failed, made.status) == (1, "finished")
    assert made.with_records + made.without_records == made.items - 1


def test_failed_items_alone_are_done_again(fresh_db: Store) -> None:
    """The same command does only what failed, and ends clean."""
    go(fresh_db, Scripted(fails_at(3, InvalidOutputError("rubbish"))))
    again = Scripted()

    made = go(fresh_db, again)

    (work,) = load_works([PLAN], CONFIG).works
    assert again.asked == [work.items[3].id]
    assert made.failed == 0


@pytest.mark.parametrize("concurrency", [1, 4])
def test_fatal_error_stops_the_run_and_keeps_what_was_done(
    fresh_db: Store, concurrency: int
) -> None:
    """A wrong key fails once, not once an item; the rest is done when it is right."""
    config = replace(CONFIG, concurrency=concurrency)
    dead = Scripted(fails_at(5, TransportError("wrong key", is_fatal=True)))
    plan = load_works([PLAN], config)

    with pytest.raises(TransportError, match="wrong key"):
        go(fresh_db, dead, plan=plan, config=config)

    (work,) = plan.works
    job = Job.of(plan.works, config, Asking("rules"))
    done = fresh_db.done_items(job.record.id, work.document.id)
    # Two items are in work for each call; those whose answers came are read later.
    assert 5 - 2 * concurrency < len(done) < 5 + 2 * concurrency
    left = job.count_left(fresh_db)
    assert left == len(work.items) - len(done) > 0
    again = Scripted()
    go(fresh_db, again, plan=plan, config=config)
    assert set(again.asked) == {item.id for item in work.items} - done
    assert job.count_left(fresh_db) == 0


def test_error_keeps_its_own_cause(fresh_db: Store) -> None:
    """What went wrong underneath is in the traceback of whoever looks."""
    cause = ValueError("underneath")
    error = TransportError("wrong key", is_fatal=True)
    error.__cause__ = cause

    with pytest.raises(TransportError) as caught:
        go(fresh_db, Scripted(fails_at(0, error)))

    assert caught.value.__cause__ is cause


def test_database_error_is_not_taken_for_an_item_failure(fresh_db: Store) -> None:
    """A full disk stops the run: every further answer would be lost."""
    with pytest.raises(StoreError):
        go(fresh_db, Scripted(fails_at(2, StoreError("disk full"))))


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_items_than_asked_for_are_in_work(
    fresh_db: Store, concurrency: int
) -> None:
    """`--concurrency` bounds the work across documents."""
    config = replace(CONFIG, concurrency=concurrency)
    model = Scripted()
    model.takes_s = 0.05

    go(fresh_db, model, plan=load_works([DOCUMENTS], config), config=config)

    # One waits for each call, so that the next is ready when an answer comes.
    assert concurrency <= model.most_running <= 2 * concurrency


def test_items_that_come_at_once_are_stored_at_once(
    fresh_db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction holds several; an item that comes alone does not wait."""
    sizes: list[int] = []
    stored = Store.add_outcomes

    def noted(self: Store, run_id: str, outcomes: Sequence[Outcome]) -> None:
        sizes.append(len(outcomes))
        stored(self, run_id, outcomes)

    monkeypatch.setattr(Store, "add_outcomes", noted)
    config = replace(CONFIG, concurrency=8)
    many = go(fresh_db, Scripted(), plan=load_works([PLAN], config), config=config)

    assert sum(sizes) == many.items > 2 * len(sizes)
    assert max(sizes) <= 16

    sizes.clear()
    config = replace(CONFIG, concurrency=1, limit=many.items - 1)
    slow = Scripted()
    slow.takes_s = 0.02
    one = go(fresh_db, slow, plan=load_works([PLAN], config), config=config)

    assert sum(sizes) == one.items
    assert max(sizes) <= 2, "as many as are in work"


def test_every_item_is_reported_once(fresh_db: Store) -> None:
    """Progress counts items of earlier invocations too, so it ends at the total."""
    seen: list[str] = []
    go(fresh_db, on_item=lambda done: seen.append(done.item.id))
    first = sorted(seen)
    seen.clear()

    go(fresh_db, on_item=lambda done: seen.append(done.item.id))

    assert sorted(seen) == first
    assert (
        len(set(first)) == len(first) == len(load_works([PLAN], CONFIG).works[0].items)
    )


def test_limit_leaves_the_other_items_in_the_database(fresh_db: Store) -> None:
    """A run over two items does not remove what a whole run knew."""
    whole = go(fresh_db)
    config = replace(CONFIG, limit=2)

    part = go(fresh_db, config=config)

    assert part.items == 2
    assert go(fresh_db).records == whole.records


def test_readings_and_likelihoods_are_stored(fresh_db: Store) -> None:
    """What a strategy says of numbers stands beside the records, with its place."""

    class Doubting(RulesStrategy):
        def drafts(self, view: ItemReader, answers: Answers) -> Drafted:
            made = super().drafts(view, answers)
            reads = tuple(
                Read(
                    reader="rules",
                    kind="number",
                    span=number.span,
                    is_promise=number.reason == TARGET,
                )
                for number in view.found.numbers
            )
            sure = {"method": "both", "likelihood": -0.25}
            return Drafted(
                [draft.model_copy(update=sure) for draft in made.drafts],
                readings=(
                    *reads,
                    *(read.model_copy(update={"reader": "model"}) for read in reads),
                ),
            )

    plan = load_works([PLAN], CONFIG)
    job = Job.of(plan.works, CONFIG, Doubting("rules"))
    fresh_db.start_run(job.record)

    run(job, nullcontext(NoModel()), fresh_db)

    with closing(read_database(fresh_db.path)) as conn:
        said = conn.execute(
            "select method, likelihood, count(*) from v_commitments group by 1, 2"
        ).fetchall()
        found = conn.execute("select rules_says, agree from v_readings").fetchall()
        misplaced = conn.execute(
            "select * from readings r join documents d on d.id = r.document_id "
            'where substr(source, "start" + 1, "end" - "start") <> quote'
        ).fetchall()
        conn.row_factory = sqlite3.Row
        row = conn.execute("select * from commitments limit 1").fetchone()
    numbers = [
        number
        for item in plan.works[0].items
        for number in read_item(item, 2023).found.numbers
    ]
    assert said == [("both", -0.25, fresh_db.run_summary(job.record.id).records)]
    assert Counter(found) == Counter(
        ("promise" if number.reason == TARGET else "no promise", 1)
        for number in numbers
    )
    assert misplaced == []
    assert stored_commitment(row).likelihood == -0.25


def test_model_is_closed_in_its_own_loop(fresh_db: Store) -> None:
    """Whatever the model holds open is closed before the loop ends."""
    loops: list[Any] = []

    class Opened(nullcontext[Scripted]):
        async def __aenter__(self) -> Scripted:
            loops.append(asyncio.get_running_loop())
            return self.enter_result

        async def __aexit__(self, *_exc: object) -> None:
            loops.append(asyncio.get_running_loop())

    model = Scripted(fails_at(1, TransportError("down", is_fatal=True)))
    job = Job.of(load_works([PLAN], CONFIG).works, CONFIG, Asking("rules"))
    fresh_db.start_run(job.record)

    with pytest.raises(TransportError):
        run(job, Opened(model), fresh_db)

    assert len(loops) == 2
    assert loops[0] is loops[1]


def test_bad_files_are_refused_and_the_good_ones_stay(tmp_path: Path) -> None:
    """One reason a file; the plan has the rest."""
    empty, prose = tmp_path / "empty.txt", tmp_path / "prose.txt"
    empty.touch()
    prose.write_text("天气很好。", encoding="utf-8")

    plan = load_works([empty, PLAN, tmp_path / "none.txt", prose], CONFIG)

    assert [Path(work.document.path) for work in plan.works] == [PLAN]
    assert all(isinstance(exc, DocumentError) for exc in plan.refused)
    for exc, words in zip(
        plan.refused, ("is empty", "does not exist", "has no items"), strict=True
    ):
        assert words in str(exc)


def test_copy_of_a_file_is_done_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Two names for the same bytes are one document, and it is said."""
    copy = tmp_path / "copy.txt"
    copy.write_bytes(PLAN.read_bytes())

    with caplog.at_level(logging.WARNING):
        plan = load_works([PLAN, copy], CONFIG)

    assert len(plan.works) == 1
    assert "copy.txt is a copy of" in caplog.text


@pytest.mark.parametrize(
    ("deadlines", "words"),
    [
        pytest.param(["9月底前", "年底前"], "2 dates stay open", id="two"),
        pytest.param(["5年内"], "1 date stays open", id="one"),
        pytest.param(["到2027年", "2012年起5年内"], "0 dates stay open", id="printed"),
    ],
)
def test_missing_plan_year_is_said_in_one_line(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    deadlines: list[str],
    words: str,
) -> None:
    """Which document, how many dates stay open, and the way out."""
    path = tmp_path / "plan.txt"
    clauses = "".join(f"{time}新建学校{n}所。" for n, time in enumerate(deadlines, 3))
    head = "杏川县教育局工作要点\n一、社会事业\n（一）办好学校。"
    path.write_text(f"{head}{clauses}\n", encoding="utf-8")

    with caplog.at_level(logging.WARNING):
        load_works([path], CONFIG)
        load_works([path], replace(CONFIG, plan_year=2025))

    assert [record.getMessage() for record in caplog.records] == [
        f"{str(path)!r} names no plan year: {words}; give it with --plan-year"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"strategy": "sentences"},
        {"soft": "off"},
        {"base_url": "http://127.0.0.1:1/v1"},
        {"limit": 3},
        {"plan_year": 1999},
        {"issuer": "某局"},
        {"title": "某文"},
        {"answer_mode": "json"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_decides_the_records_makes_another_run(change: dict[str, Any]) -> None:
    """A changed command never adds to the rows of the earlier one."""
    other = replace(CONFIG, **change)
    strategy = RulesStrategy("rules")

    first = run_record(load_works([PLAN], CONFIG).works.sheets, CONFIG, strategy)
    second = run_record(load_works([PLAN], other).works.sheets, other, strategy)

    assert first.id != second.id


def test_concurrency_is_no_part_of_the_run() -> None:
    """A run may be taken up faster or slower than it was begun."""
    other = replace(CONFIG, concurrency=9)
    works = load_works([PLAN], CONFIG).works.sheets
    strategy = RulesStrategy("rules")

    assert run_record(works, CONFIG, strategy) == run_record(works, other, strategy)


def test_changed_code_makes_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are code: after a fix the same command does the work again."""
    works = load_works([PLAN], CONFIG).works.sheets
    first = run_record(works, CONFIG, RulesStrategy("rules"))
    monkeypatch.setattr(identity, "code_digest", lambda: "other")

    assert run_record(works, CONFIG, RulesStrategy("rules")).id != first.id
    assert len(code_digest()) == 16


def test_run_over_nothing_is_a_run(fresh_db: Store) -> None:
    """No documents, no items, no error."""
    made = go(fresh_db, plan=Plan(Spool()))

    assert (made.documents, made.items, made.status) == (0, 0, "finished")


def test_failed_item_without_a_number_is_named_by_its_words(
    fresh_db: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody can find "item None"."""
    path = tmp_path / "plan.txt"
    path.write_text(
        "甲县水务局2024年工作要点\n"
        "全年工作目标：力争新建农村供水工程12处，年底前全部通水。\n"
        "1.加固水库3座。\n2.疏浚河道5公里。\n"
    )
    plan = load_works([path], CONFIG)
    assert [item.label for item in plan.works[0].items] == [None, "1.", "2."]

    def fail(_item: str) -> None:
        raise TransportError("HTTP 500")

    go(fresh_db, Scripted(fail), plan=plan)

    said, *_ = [record.getMessage() for record in caplog.records]
    assert (
        said
        == f"the item '全年工作目标：力争新建农…' of {str(path)!r} failed: HTTP 500"
    )
