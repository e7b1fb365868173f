"""Bad input: one clear line, the right exit code, nothing lost."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.model.client import ModelConfig
from extractor.runs import session
from extractor.store import store as store_module
from extractor.store.store import Store
from tests.commands import PLAN, RULES, hosted, refused, rows
from tests.conftest import DOCUMENTS
from tests.fake_endpoint import FakeEndpoint, Reply, completion, refusal, sensible
from tests.store_samples import fill, make_run


def unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a file that may not be read; chmod does not stop root."""
    path.write_text("1.建成学校3所。", encoding="utf-8")
    read = Path.read_bytes

    def refuse(asked: Path) -> bytes:
        if asked == path:
            raise PermissionError(13, "Permission denied")
        return read(asked)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(os, "access", lambda asked, _mode: Path(asked) != path)


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "white-space": (" \n\u3000\t\r\n".encode(), "is empty"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "pdf": (b"%PDF-1.7\n...", "looks like a PDF"),
    "docx": (b"PK\x03\x04" + bytes(200), "Office document but"),
    "no-items": ("今天天气很好。".encode() * 9, "has no items"),
    "garbage": (bytes(range(128, 256)) * 9, "encoding"),
}


@pytest.mark.parametrize("command", ["run", "items"])
@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_is_one_clear_line(
    cli_runner: CliRunner, command: str, name: str
) -> None:
    """What cannot be a plan is refused by name, before a database is made."""
    content, words = BAD_FILES[name]
    Path("plan.txt").write_bytes(content)
    more = RULES if command == "run" else ("--json",)

    result = cli_runner.invoke(main, [command, "plan.txt", *more])

    refused(result, "'plan.txt'", words)
    assert result.stdout == ""
    assert not Path("x.db").exists()


def test_unreadable_file_is_one_clear_line(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions are the operator's to mend."""
    unreadable(Path("plan.txt"), monkeypatch)

    alone = cli_runner.invoke(main, ["run", "plan.txt", *RULES])
    among_good_ones = cli_runner.invoke(main, ["run", "plan.txt", PLAN, *RULES])

    refused(alone, "'plan.txt' cannot be read (Permission denied)")
    refused(among_good_ones, "'plan.txt' cannot be read", code=3)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        pytest.param("klingon", "unknown encoding 'klingon'", id="unknown"),
        pytest.param("ascii", "not ascii", id="wrong"),
        pytest.param("base64", "not a text encoding", id="no-text"),
    ],
)
def test_wrong_encoding_is_one_clear_line(
    cli_runner: CliRunner, encoding: str, words: str
) -> None:
    """`--encoding` is checked against the file."""
    result = cli_runner.invoke(main, ["run", PLAN, *RULES, "--encoding", encoding])

    refused(result, words)


def bad_folder(path: Path) -> None:
    path.parent.parent.mkdir(exist_ok=True)
    path.parent.write_text("a file where the folder should be")


def not_a_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("not a database at all\n" * 100)


def other_program(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("create table notes (id integer)")


def cut_short(path: Path) -> None:
    path.parent.mkdir()
    with Store(path) as store:
        fill(store, make_run())
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    "spoil", [bad_folder, not_a_database, other_program, cut_short]
)
def test_unusable_database_is_one_clear_line(
    cli_runner: CliRunner, spoil: Callable[[Path], None]
) -> None:
    """What is no database of ours is left as it is."""
    path = Path("made") / "x.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else None

    result = cli_runner.invoke(
        main, ["run", PLAN, "--model", "rules", "--db", str(path)]
    )

    refused(result, "made")
    assert result.stdout == ""
    assert (path.read_bytes() if path.is_file() else None) == before


def test_read_only_database_is_one_clear_line(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may be read but not written is said to be so."""
    cli_runner.invoke(main, ["run", PLAN, *RULES])
    monkeypatch.setattr(
        store_module,
        "connect",
        lambda path: sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, isolation_level=None
        ),
    )

    result = cli_runner.invoke(main, ["run", PLAN, *RULES, "--limit", "1"])

    refused(result, "'x.db'", "read-only")


def test_full_disk_is_one_clear_line_and_loses_nothing(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was stored stays, and the same command goes on when there is room."""
    connect = store_module.connect
    cli_runner.invoke(
        main, ["run", str(DOCUMENTS), "--model", "rules", "--db", "all.db"]
    )
    ((pages,),) = rows("pragma page_count", "all.db")

    def small(path: Path) -> sqlite3.Connection:
        conn = connect(path)
        conn.execute(f"pragma max_page_count = {int(0.8 * pages)}")
        return conn

    with monkeypatch.context() as patched:
        patched.setattr(store_module, "connect", small)
        result = cli_runner.invoke(main, ["run", str(DOCUMENTS), *RULES])

    refused(result, "'x.db'", "the disk is full")
    done = rows("select item_id from run_items")
    assert 0 < len(done) < 94

    again = cli_runner.invoke(main, ["run", str(DOCUMENTS), *RULES])

    assert again.exit_code == 0
    assert set(done) < set(rows("select item_id from run_items"))


def test_endpoint_that_is_down_is_one_clear_line(cli_runner: CliRunner) -> None:
    """Nobody listens: one line, exit 1, and the run is marked failed."""
    nowhere = ("--model", "m", "--base-url", "http://127.0.0.1:9/v1")

    result = cli_runner.invoke(main, ["run", PLAN, "--db", "x.db", *nowhere])

    refused(result, "http://127.0.0.1:9/v1 cannot be reached", "what was done is kept")
    assert rows("select status from runs") == [("failed",)]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(refusal(401, "wrong key"), "check OPENAI_API_KEY", id="wrong-key"),
        pytest.param(refusal(403, "forbidden"), "check OPENAI_API_KEY", id="forbidden"),
        pytest.param(
            refusal(404, "no such model"), "check --model 'fake'", id="no-model"
        ),
        pytest.param(refusal(402, "no money"), "no credit", id="no-credit"),
        pytest.param(Reply(200, "<html>hello</html>"), "/v1", id="a-web-page"),
    ],
)
@pytest.mark.parametrize("strategy", ["sentences", "open"])
def test_endpoint_that_never_can_answer_is_one_clear_line(
    cli_runner: CliRunner,
    endpoint: FakeEndpoint,
    strategy: str,
    reply: Reply,
    words: str,
) -> None:
    """The run stops instead of failing every item one by one."""
    endpoint.answer = lambda _body: reply

    result = cli_runner.invoke(
        main, hosted(endpoint, "--strategy", strategy, "--concurrency", "2")
    )

    refused(result, words, endpoint.base_url)
    assert result.stdout == ""
    assert len(endpoint.asked) <= 4
    assert rows("select status from runs") == [("failed",)]


RUBBISH = {
    "empty": completion(""),
    "null": completion(None),
    "prose": completion("好的，以下是结果："),
    "json-of-another-form": completion('{"answer": 42}'),
    "wrong-types": completion('{"commitments": [{"action": ["a"]}]}'),
    "cut-off": completion('{"commitments": [{"act', finish_reason="length"),
    "control-characters": completion("\x1b[2J\x00\x07｜"),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_answers_fail_their_items_only(
    cli_runner: CliRunner, endpoint: FakeEndpoint, name: str
) -> None:
    """Each failed item is a row with its reason, the others are done, exit 3."""
    rubbish = RUBBISH[name]

    def answer(body: dict[str, Any]) -> Reply:
        is_bad = "助餐" in json.dumps(body["messages"][-1:], ensure_ascii=False)
        is_reask = len(body["messages"]) > 4 and "助餐" in str(body["messages"][-3:])
        return rubbish if is_bad or is_reask else sensible(body)

    endpoint.answer = answer

    result = cli_runner.invoke(main, hosted(endpoint, "--strategy", "open"))

    assert result.exit_code == 3, result.output
    (failed,) = rows("select count(*), min(kind), max(kind) from failures")
    assert failed[0] >= 1
    assert {failed[1], failed[2]} <= {"invalidoutput", "incompleteoutput"}
    (counts,) = rows("select items, with_records, without_records, failed from v_runs")
    assert counts[0] == sum(counts[1:]) == 10
    assert counts[3] == failed[0] < 10
    assert "failed; the same command tries" in result.stdout
    assert "\x1b" not in result.output
    assert rows("select count(*) from llm_calls")[0][0] == len(endpoint.asked)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(refusal(500, "overloaded"), "500", id="server-error"),
        pytest.param(refusal(503, "busy"), "503", id="busy"),
        pytest.param(Reply(breaks_off=True), "broke off", id="breaks-off"),
        pytest.param(refusal(400, "too long"), "too long", id="bad-request"),
    ],
)
def test_passing_trouble_fails_its_items_only(
    cli_runner: CliRunner, endpoint: FakeEndpoint, reply: Reply, words: str
) -> None:
    """After the retries an item is a failure row; the next command does it again."""
    endpoint.answer = lambda _body: reply

    result = cli_runner.invoke(
        main, hosted(endpoint, "--strategy", "open", "--limit", "2")
    )

    assert result.exit_code == 3
    assert [kind for (kind,) in rows("select kind from failures")] == ["transport"] * 2
    assert words in rows("select message from failures")[0][0]

    endpoint.answer = sensible
    again = cli_runner.invoke(
        main, hosted(endpoint, "--strategy", "open", "--limit", "2")
    )

    assert again.exit_code == 0
    assert rows("select count(*) from failures") == [(0,)]


def test_slow_endpoint_fails_its_items_only(
    cli_runner: CliRunner, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that does not come in time is a failure with the number of seconds."""
    monkeypatch.setattr(session, "ModelConfig", partial(ModelConfig, max_attempts=1))
    endpoint.delay_s = 1.3

    result = cli_runner.invoke(
        main, hosted(endpoint, "--strategy", "open", "--limit", "1", "--timeout", "1")
    )

    assert result.exit_code == 3
    ((message,),) = rows("select message from failures")
    assert "did not answer in 1 s" in message
