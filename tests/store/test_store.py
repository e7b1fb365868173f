"""Store and ledger: what is written, what survives, what is refused."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import (
    InvalidOutputError,
    StoreError,
    TransportError,
    UserError,
)
from extractor.core.records import Document
from extractor.core.runs import Failure, utc_text
from extractor.store.database import is_immutable, read_database
from extractor.store.ledger import SqliteLedger
from extractor.store.outcomes import Outcome
from extractor.store.store import Store
from tests.store_samples import (
    Call,
    fill,
    found_violations,
    make_commitment,
    make_document,
    make_items,
    make_run,
    records_of,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database of a test is."""
    return tmp_path / "plans.db"


def rows(path: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read with a connection of our own, as another program would."""
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql, values).fetchall()


def test_run_is_stored_whole(path: Path) -> None:
    """A finished run has its documents, items, records, failure and call."""
    with Store(path) as store:
        fill(store, make_run())
        summary = store.run_summary(make_run().id)

    assert (summary.documents, summary.items) == (1, 4)
    assert (summary.with_records, summary.without_records, summary.failed) == (3, 0, 1)
    assert (summary.records, summary.hard, summary.soft_records) == (4, 2, 2)
    assert (summary.grounded, summary.ungrounded) == (3, 1)
    assert (summary.calls, summary.failed_calls, summary.prompt_tokens) == (1, 0, 100)
    assert (summary.seconds, summary.cost_usd) == (1.5, 0.25)
    assert (summary.status, summary.finished_at is not None) == ("finished", True)
    assert [("transport", 3)] == rows(path, "select kind, attempts from failures")


def test_view_shows_the_record(path: Path) -> None:
    """Numbers are numbers, lists are JSON, and the label and issuer stand beside."""
    with Store(path) as store:
        fill(store, make_run())

    found = rows(
        path,
        "select source_path, issuer, item_label, heading_path, action, target_value, "
        "typeof(target_value), deadline_date, kind, partners from v_commitments "
        "where item_label = '1.' order by start",
    )

    first = ("plans/丙市.txt", "丙市教育局<b>", "1.", '["一、扩大供给"]')
    assert found == [
        (*first, "新增", 15000, "integer", "2031-12-31", "hard", "[]"),
        (*first, "共建", None, "null", None, "soft", '["财政局"]'),
    ]


def test_view_is_in_reading_order(path: Path) -> None:
    """Records stand as in the text, whichever item a model answered first."""
    document = make_document()
    items = make_items(document)
    with Store(path) as store:
        store.add_document(document)
        store.add_items(items)
        store.start_run(make_run())
        store.start_document(make_run().id, document.id, 0)
        for item in (items[2], items[0], items[1]):
            record = make_commitment(make_run().id, item, item.text)
            store.add_outcomes(make_run().id, [Outcome(item, [record])])

    labels = rows(path, "select item_label from v_commitments")
    assert [("1.",), ("2.",), ("3.",)] == labels


def test_run_twice_gives_the_same_rows(path: Path) -> None:
    """Outcomes replace earlier ones of the run; its creation time is kept."""
    with Store(path) as store:
        fill(store, make_run())
        before = rows(path, "select * from v_commitments")
        created = store.run_summary(make_run().id).created_at
        fill(store, make_run())

        assert before == rows(path, "select * from v_commitments")
        assert created == store.run_summary(make_run().id).created_at


def test_latest_finished_run_is_shown(path: Path) -> None:
    """A run in progress hides nothing; the one finished last is shown."""
    document = make_document()
    shown = "select distinct run_id from v_commitments"
    first, second = make_run("first"), make_run("second")
    with Store(path) as store:
        items = fill(store, first)
        store.start_run(second)
        store.start_document(second.id, document.id, 0)
        for item, records in zip(
            items, records_of(second.id, items, None), strict=True
        ):
            store.add_outcomes(second.id, [Outcome(item, records)])
        assert [(first.id,)] == rows(path, shown)

        store.finish_document(second.id, document.id)
        assert [(second.id,)] == rows(path, shown)

        store.finish_document(first.id, document.id)
        assert [(first.id,)] == rows(path, shown)


def test_unfinished_run_is_shown_when_there_is_no_other(path: Path) -> None:
    """While nothing is finished, the run last started is the latest."""
    document = make_document()
    items = make_items(document)
    with Store(path) as store:
        store.add_document(document)
        store.add_items(items)
        for run in (make_run("first"), make_run("second")):
            store.start_run(run)
            store.start_document(run.id, document.id, 0)
            record = make_commitment(run.id, items[0], "增加学位")
            store.add_outcomes(run.id, [Outcome(items[0], [record])])

        assert [(make_run("second").id, 1)] == rows(
            path, "select run_id, count(*) from v_commitments"
        )


def test_done_items_are_those_not_failed(path: Path) -> None:
    """A resumed run does failed items again, and those without an outcome."""
    with Store(path) as store:
        items = fill(store, make_run())

        done = store.done_items(make_run().id, make_document().id)

    assert {item.id for item in items[:3]} == done


def test_document_with_an_item_lost_is_not_finished(path: Path) -> None:
    """Law 3: a missing outcome stops the run instead of being passed over."""
    document = make_document()
    items = make_items(document)
    with Store(path) as store:
        store.add_document(document)
        store.add_items(items)
        store.start_run(make_run())
        store.start_document(make_run().id, document.id, 0)
        store.add_outcomes(make_run().id, [Outcome(items[0], [])])

        with pytest.raises(StoreError, match=r"4 items but .* for 1"):
            store.finish_document(make_run().id, document.id)
        store.finish_document(make_run().id, document.id, items=1)


def test_reset_keeps_the_ledger(path: Path) -> None:
    """`--no-resume` forgets outcomes and records, not what was paid."""
    with Store(path) as store:
        fill(store, make_run())

        store.reset_run(make_run().id)

        summary = store.run_summary(make_run().id)
        assert (summary.items, summary.records, summary.calls) == (0, 0, 1)
        assert set() == store.done_items(make_run().id, make_document().id)


def test_outcome_is_one_transaction(path: Path) -> None:
    """A record that cannot be stored leaves the item's earlier outcome alone."""
    with Store(path) as store:
        items = fill(store, make_run())
        good = make_commitment(make_run().id, items[0], "增加学位")
        bad = make_commitment(make_run().id, items[0], "学位", call_id="no such call")

        with pytest.raises(StoreError, match="FOREIGN KEY"):
            store.add_outcomes(make_run().id, [Outcome(items[0], [good, bad])])

        assert 4 == store.run_summary(make_run().id).records


def test_changed_metadata_is_updated(path: Path) -> None:
    """The same file with another title is the same document."""
    with Store(path) as store:
        fill(store, make_run())
        store.add_document(make_document(title="另一个标题", path="b.txt"))

    assert [("另一个标题", "b.txt")] == rows(path, "select title, path from documents")
    assert [(4,)] == rows(path, "select count(*) from v_commitments")


def test_other_decoding_removes_records_that_cannot_be_checked(path: Path) -> None:
    """Spans into an older decoding go; the ledger stays, without the item."""
    document = make_document()
    other: Document = document.model_copy(update={"source": "甲" + document.source})
    with Store(path) as store:
        fill(store, make_run())
        store.add_document(other)
        store.add_items(make_items(other))

    assert [(0,)] == rows(path, "select count(*) from commitments")
    assert [(None,)] == rows(path, "select item_id from llm_calls")
    assert [] == found_violations(path)
    assert [] == rows(path, "pragma foreign_key_check")


def test_items_of_an_older_splitter_go_unless_referred_to(path: Path) -> None:
    """Items that no longer exist leave v_items; a run's own stay behind its records."""
    document = make_document()
    items = make_items(document)
    with Store(path) as store:
        store.add_document(document)
        store.add_items(items, is_whole=True)
        store.start_run(make_run())
        store.start_document(make_run().id, document.id, 0)
        store.add_outcomes(
            make_run().id,
            [Outcome(items[0], [make_commitment(make_run().id, items[0], "学位")])],
        )

        store.add_items(items[2:], is_whole=True)

        assert [(2,)] == rows(path, "select count(*) from v_items")
        assert [(3,)] == rows(path, "select count(*) from items")
        assert [("1.",)] == rows(path, "select item_label from v_commitments")

        for item in items[2:]:
            store.add_outcomes(make_run().id, [Outcome(item, [])])
        store.finish_document(make_run().id, document.id)
    assert [] == rows(path, "select * from v_commitments")


def test_some_items_of_a_document_displace_only_their_place(path: Path) -> None:
    """`--limit` stores the first items; others stay unless they overlap one."""
    document = make_document()
    items = make_items(document)
    first = items[0].span
    longer = items[0].model_copy(
        update={"id": "f" * 16, "span": first._replace(end=first.end + 1)}
    )
    with Store(path) as store:
        store.add_document(document)
        store.add_items(items, is_whole=True)
        store.add_items(items[:1])
        assert [(4,)] == rows(path, "select count(*) from v_items")

        store.add_items([longer])

    assert [("f" * 16, 0)] == rows(
        path, "select item_id, position from v_items where item_label = '1.'"
    )
    assert [(4,)] == rows(path, "select count(*) from items")


def test_credentials_are_not_stored(path: Path) -> None:
    """An endpoint keeps host and path only."""
    url = "https://me:secret@api.example:8080/v1?key=secret#x"
    with Store(path) as store:
        store.start_run(make_run(base_url=url))

    assert [("https://api.example:8080/v1",)] == rows(path, "select base_url from runs")
    assert b"secret" not in path.read_bytes()


def test_half_a_surrogate_pair_is_storable(path: Path) -> None:
    """A model's broken escape becomes "?", it does not stop the run."""
    with Store(path) as store:
        fill(store, make_run())
        SqliteLedger(store, make_run().id).record(Call(response_body="半\ud83d"))

    words = rows(path, "select words from v_ungrounded where field = 'partners'")
    assert [("半个?字",)] == words


def test_failure_of_an_error() -> None:
    """The kind is the exception's class; attempts and message are kept."""
    error = InvalidOutputError("no such field", attempts=2)

    assert Failure("invalidoutput", "no such field", 2) == Failure.of(error)
    assert "transport" == Failure.of(TransportError("x")).kind


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2031-01-02", "2031-01-02T00:00:00.000000Z", id="date"),
        pytest.param(
            "2031-01-02T08:00:00.5+08:00", "2031-01-02T00:00:00.500000Z", id="zone"
        ),
        pytest.param("2031-01-02T00:00:00Z", "2031-01-02T00:00:00.000000Z", id="zulu"),
    ],
)
def test_times_sort_as_text(moment: str, expected: str) -> None:
    """Times are UTC with a fixed width."""
    assert expected == utc_text(moment)


def test_answer_is_reused_across_runs(path: Path) -> None:
    """A request answered once is not paid again, the newest answer wins."""
    with Store(path) as store:
        for name in ("first", "second"):
            store.start_run(make_run(name))
        first = SqliteLedger(store, make_run("first").id)
        second = SqliteLedger(store, make_run("second").id)
        first.record(Call(response_body="old"))
        call_id = second.record(
            Call(response_body="new", started_at="2031-02-01T00:00:00Z")
        )

        assert (call_id, "new") == first.answered("key")
        assert first.answered("other") is None


def test_answer_of_another_endpoint_is_not_reused(path: Path) -> None:
    """Two endpoints may have different models of one name."""
    with Store(path) as store:
        store.start_run(make_run("first", base_url="https://a.example/v1"))
        store.start_run(make_run("second", base_url="https://b.example/v1"))
        SqliteLedger(store, make_run("first").id).record(Call())

        assert SqliteLedger(store, make_run("second").id).answered("key") is None
        assert SqliteLedger(store, make_run("first").id).answered("key") is not None


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Call(status=500), id="server-error"),
        pytest.param(Call(status=None, response_body=None), id="no-answer"),
        pytest.param(Call(error="read timeout"), id="cut-off"),
    ],
)
def test_error_is_never_an_answer(path: Path, call: Call) -> None:
    """Errors are in the ledger and are not reused."""
    with Store(path) as store:
        store.start_run(make_run())
        ledger = SqliteLedger(store, make_run().id)

        ledger.record(call)

        assert ledger.answered("key") is None
        assert 1 == store.run_summary(make_run().id).failed_calls


def test_cut_answer_of_an_earlier_version_is_not_reused(path: Path) -> None:
    """Earlier versions stored an answer that was cut off without an error."""
    with Store(path) as store:
        store.start_run(make_run())
        ledger = SqliteLedger(store, make_run().id)

        ledger.record(Call(finish_reason="length"))
        assert ledger.answered("key") is None

        ledger.record(Call(finish_reason=None))
        assert ledger.answered("key") is not None


def test_rejected_answer_is_not_reused(path: Path) -> None:
    """What made nothing is kept with the reason; a reason that stands stays."""
    with Store(path) as store:
        store.start_run(make_run())
        ledger = SqliteLedger(store, make_run().id)
        ids = [ledger.record(Call()), ledger.record(Call(error="cut off"))]

        ledger.reject(ids, "the answer does not fit: \ud800")

        assert ledger.answered("key") is None
    assert rows(path, "select error from llm_calls order by rowid") == [
        ("the answer does not fit: ?",),
        ("cut off",),
    ]


def test_attempts_of_a_request_are_all_kept(path: Path) -> None:
    """The n-th attempt has an id of its own, the same in every replay."""
    with Store(path) as store:
        store.start_run(make_run())
        ledger = SqliteLedger(store, make_run().id)

        ids = [ledger.record(Call(status=500)), ledger.record(Call())]

        assert 2 == len(set(ids))
        assert 2 == store.run_summary(make_run().id).calls


def test_no_resume_asks_again(path: Path) -> None:
    """Only answers begun since the given moment are reused."""
    with Store(path) as store:
        store.start_run(make_run())
        SqliteLedger(store, make_run().id).record(Call())
        fresh = SqliteLedger(store, make_run().id, "2031-01-02T03:04:06Z")

        assert fresh.answered("key") is None

        fresh.record(Call(started_at="2031-01-02T11:04:07+08:00"))
        assert fresh.answered("key") is not None


def test_recorded_call_survives_kill(path: Path) -> None:
    """A call is durable as soon as it has its id, also under kill -9."""
    script = (
        "import os, sys\n"
        "from extractor.store.ledger import SqliteLedger\n"
        "from extractor.store.store import Store\n"
        "from tests.store_samples import Call, fill, make_run\n"
        "store = Store(sys.argv[1])\n"
        "fill(store, make_run())\n"
        "SqliteLedger(store, make_run().id).record(Call(response_body='paid'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    killed = subprocess.run(
        [sys.executable, "-c", script, str(path)], env=environment, check=False
    )

    assert -signal.SIGKILL == killed.returncode
    with closing(read_database(path)) as conn:
        assert (4,) == conn.execute("select count(*) from v_commitments").fetchone()
    with Store(path) as store:
        answer = SqliteLedger(store, make_run().id).answered("key")
        assert answer is not None
        assert "paid" == answer[1]


def test_closed_database_is_one_file(path: Path) -> None:
    """Closing leaves no log behind, so the file can be copied."""
    with Store(path) as store:
        fill(store, make_run())
        assert path.with_name("plans.db-wal").exists()

    assert [path] == list(path.parent.iterdir())
    assert [("delete",)] == rows(path, "pragma journal_mode")
    assert not is_immutable(path)


def test_reader_does_not_stop_the_writer(path: Path) -> None:
    """A page open in Datasette blocks neither writing nor closing."""
    with Store(path) as store:
        fill(store, make_run())
        reader = read_database(path)
        reader.execute("begin")
        reader.execute("select * from runs").fetchall()
        store.start_run(make_run("second"))
    reader.close()

    assert [(2,)] == rows(path, "select count(*) from runs")


def test_writer_waits_then_says_who(path: Path, monkeypatch: Any) -> None:
    """A database another process writes to is named after the wait."""
    monkeypatch.setattr("extractor.store.database.BUSY_TIMEOUT_S", 0.05)
    Store(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")

        with (
            pytest.raises(StoreError, match=r"plans\.db.*another process is using"),
            Store(path) as store,
        ):
            store.start_run(make_run())


def test_full_disk_keeps_what_was_stored(path: Path) -> None:
    """The error is one line with a way out; earlier transactions are there."""
    with Store(path) as store:
        fill(store, make_run())
        (pages,) = store._conn.execute("pragma page_count").fetchone()
        store._conn.execute(f"pragma max_page_count = {pages}")
        ledger = SqliteLedger(store, make_run().id)

        with pytest.raises(StoreError, match=r"disk is full.*free some") as raised:
            ledger.record(Call(request_key="big", response_body="大" * 10**6))

        assert "\n" not in str(raised.value)
        assert ledger.answered("big") is None
        assert 4 == store.run_summary(make_run().id).records
    assert [(4,)] == rows(path, "select count(*) from v_commitments")


def test_unwritable_places_are_named(tmp_path: Path) -> None:
    """A directory, a file in the way, a text and a foreign database are refused."""
    text = tmp_path / "plan.txt"
    text.write_text("工作要点" * 500, encoding="utf-8")
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as conn:
        conn.execute("create table documents (id)")

    for target, message in (
        (tmp_path, "cannot be opened"),
        (text / "plans.db", "cannot make the directory"),
        (text, "not a SQLite database"),
        (foreign, "another program"),
    ):
        with pytest.raises(StoreError, match=message) as raised:
            Store(target)
        assert repr(str(target)) in str(raised.value)
        assert "\n" not in str(raised.value)


def test_directory_is_made(tmp_path: Path) -> None:
    """A database in a directory that does not exist yet makes it."""
    Store(tmp_path / "new" / "deep" / "plans.db").close()

    assert (tmp_path / "new" / "deep" / "plans.db").is_file()


def test_read_only_file_is_named(path: Path) -> None:
    """A write that SQLite refuses as read-only says what to do."""
    with Store(path) as store:
        store._conn.execute("pragma query_only = 1")

        with pytest.raises(StoreError, match="read-only; make it writable"):
            store.start_run(make_run())


def test_newer_schema_is_refused(path: Path) -> None:
    """A database of a later version is neither written nor read by this one."""
    Store(path).close()
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) "
            "values ('extractor', 'm999_later', '')"
        )

    with pytest.raises(StoreError, match=r"m999_later.*pip install --upgrade"):
        Store(path)
    with pytest.raises(UserError, match=r"m999_later.*pip install --upgrade"):
        read_database(path)


def test_reading_a_database_that_is_not_there(tmp_path: Path) -> None:
    """A missing, foreign or broken file is the operator's to fix."""
    text = tmp_path / "plan.txt"
    text.write_text("工作要点" * 500, encoding="utf-8")

    with pytest.raises(UserError, match="there is no database at"):
        read_database(tmp_path / "none.db")
    with pytest.raises(UserError, match="not a SQLite database"):
        read_database(text)
    (tmp_path / "empty.db").touch()
    with pytest.raises(UserError, match="open it once with this version"):
        read_database(tmp_path / "empty.db")


def test_unknown_run_is_named(path: Path) -> None:
    """A summary of a run that is not there is an error, not zeros."""
    with Store(path) as store, pytest.raises(StoreError, match="has no run 'nope'"):
        store.run_summary("nope")
