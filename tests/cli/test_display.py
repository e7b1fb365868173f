"""What is shown: tables, progress, and untrusted text that does nothing."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from extractor.cli import display, run_report
from extractor.core.records import Cut
from extractor.core.runs import RunSummary
from extractor.core.spans import Span
from extractor.core.text import one_line, plain
from extractor.model.embedded.adapter import AdapterInfo
from extractor.model.embedded.weights import WeightsInfo
from extractor.runs.config import RunConfig
from extractor.runs.estimate import estimate
from extractor.runs.session import make_strategy
from extractor.runs.spool import Work
from extractor.store.store import Store
from extractor.tuning.schedule import StepDone
from tests.store_samples import fill, make_document, make_items, make_run

ESCAPE = "\x1b[31m[red]红[/red]\x07"
ROW = {
    "source_path": "plans/甲.txt",
    "item_label": "1.",
    "actor": None,
    "action": "新增",
    "object": f"学位{ESCAPE}",
    "target": "5个",
    "deadline": "2031-12-31",
    "method": "rules",
    "status": "grounded",
    "available": 7,
}


def console(*, terminal: bool = False, width: int = 100) -> Console:
    """Return a console that writes into memory."""
    return Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=width,
        highlight=False,
        markup=False,
        color_system="truecolor" if terminal else None,
        legacy_windows=False,
    )


def shown(screen: Console) -> str:
    """Return what was written."""
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def made(tmp_path: Path, **fields: Any) -> RunSummary:
    """Return the numbers of the sample run."""
    with Store(tmp_path / "x.db") as store:
        fill(store, make_run())
        return store.run_summary(make_run().id).model_copy(update=fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("甲\n乙", "甲\n乙", id="newline-stays"),
        pytest.param("甲\r\n乙\t丙", "甲\n乙 丙", id="windows-newline-and-tab"),
        pytest.param("a\x1b[2Jb", "a\ufffd[2Jb", id="escape-sequence"),
        pytest.param("a\x9b2Jb", "a\ufffd2Jb", id="8-bit-escape"),
        pytest.param("a\u202egnp.exe", "agnp.exe", id="right-to-left-override"),
        pytest.param("a\u200b\u00adb", "ab", id="no-picture"),
        pytest.param("半\ud83d", "半\ufffd", id="half-a-surrogate-pair"),
        pytest.param("[red]甲[/red]", "[red]甲[/red]", id="markup-is-text"),
        pytest.param("繁體，１２％", "繁體，１２％", id="full-width"),
    ],
)
def test_untrusted_text_does_nothing(text: str, expected: str) -> None:
    """Text from a file shows itself and moves no cursor."""
    assert plain(text) == expected


def test_message_is_one_line() -> None:
    """Newlines of an endpoint's words do not make two errors."""
    assert one_line("a\n\r\n b\u2028c\x1b") == "a b c\ufffd"


def test_summary_accounts_for_every_item_and_call(tmp_path: Path) -> None:
    """The three outcomes, the records and the ledger stand in the table."""
    screen = console()

    run_report.summary(screen, made(tmp_path), elapsed_s=12.34)

    cells = [line.split("│")[1:3] for line in shown(screen).splitlines() if "│" in line]
    table = {name.strip(): value.strip() for name, value in cells}
    assert (table["items"], table["with records"]) == ("4", "3")
    assert (table["records"], table["seconds in all"]) == ("4", "12.3")
    assert (table["model calls"], table["cost in USD"]) == ("1", "0.2500")


@pytest.mark.parametrize(
    ("calls", "cost", "expected"),
    [
        pytest.param(0, None, "│ 0 ", id="no-calls"),
        pytest.param(3, None, "unknown", id="no-price-known"),
        pytest.param(3, 0.0, "0.0000", id="own-machine"),
    ],
)
def test_cost_is_never_a_guess(
    tmp_path: Path, calls: int, cost: float | None, expected: str
) -> None:
    """No calls cost nothing; calls without a price cost an unknown amount."""
    screen = console()

    run_report.summary(screen, made(tmp_path, calls=calls, cost_usd=cost), elapsed_s=1)

    last = next(line for line in shown(screen).splitlines() if "cost" in line)
    assert expected.strip("│ ") in last


def test_next_command_can_be_pasted(tmp_path: Path) -> None:
    """A path with spaces is quoted; failed items are said."""
    screen = console()

    run_report.next_steps(screen, made(tmp_path), Path("my plans.db"))

    assert "extract serve 'my plans.db'" in shown(screen)
    run_report.failures(screen, made(tmp_path), [("transport: no answer", 1)])
    assert "1 item failed" in shown(screen)
    assert "1 × transport: no answer" in shown(screen)


def test_records_are_shown_as_text() -> None:
    """Neither markup nor escape sequences of a document act."""
    screen = console(terminal=True)

    run_report.records(screen, [ROW])

    assert "[red]红[/red]" in shown(screen)
    assert "\x1b[31m" not in shown(screen)
    assert "\x07" not in shown(screen)
    assert "1 of 7 hard records" in shown(screen)


def test_records_of_several_plans_say_which() -> None:
    """The plan is named once, at its first record."""
    screen = console()
    rows = [ROW, ROW, ROW | {"source_path": "plans/乙.txt", "status": "ungrounded"}]

    run_report.records(screen, rows)

    text = shown(screen)
    assert (text.count("甲"), text.count("乙")) == (1, 1)
    assert "rules, ungrounded" in text


def test_no_records_no_table() -> None:
    """An empty table says nothing."""
    screen = console()

    run_report.records(screen, [])

    assert shown(screen) == ""


def test_training_without_a_terminal_is_a_line_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first step, one a minute, the last one, and what is said."""
    screen = console()
    clock = iter(range(1000, 2000, 25))
    monkeypatch.setattr(display.time, "monotonic", lambda: next(clock))

    with display.steps_progress(screen) as reporter:
        reporter.say("loading the base model")
        for step in range(1, 7):
            reporter.step(StepDone("training", step, 6, 0.5 / step, 25.0))

    assert shown(screen).splitlines() == [
        "loading the base model",
        "training 1/6, loss 0.5000, 25.0 s a step, 0:02:05 left",
        "training 4/6, loss 0.1250, 25.0 s a step, 0:00:50 left",
        "training 6/6, loss 0.0833, 25.0 s a step, 0:00:00 left",
    ]


def test_training_on_a_terminal_is_a_bar_for_each_stage() -> None:
    """Steps, loss and time left; the stage before is gone."""
    screen = console(terminal=True, width=120)

    with display.steps_progress(screen) as reporter:
        reporter.step(StepDone("training", 3, 3, 0.25, 8.0))
        reporter.step(StepDone("measuring", 1, 2, 0.125, 3.0))

    assert "measuring, loss 0.1250, 3.0 s a step, 0:00:03 left" in shown(screen)
    assert "1/2" in shown(screen)


def test_bytes_progress_is_said_in_steps() -> None:
    """Four lines where there is no terminal, however many calls."""
    screen = console()
    report = display.bytes_progress(screen, "joining")

    for done in range(101):
        report(done, 100)
    report(0, 0)

    said = [line.split()[1] for line in shown(screen).splitlines()]
    assert said[:5] == ["0", "25", "50", "75", "100"]


def test_logs_are_one_line_each() -> None:
    """A long message is not broken, and nothing in it acts."""
    screen = console(width=20)
    handler = display.LogHandler(screen)
    message = f"item {ESCAPE} failed because of " + "words " * 20

    handler.handle(logging.makeLogRecord({"msg": message, "levelno": logging.WARNING}))

    assert shown(screen).count("\n") == 1
    assert "\x1b" not in shown(screen)


def test_items_are_shown_with_their_cuts() -> None:
    """Label, span and text of each item, then what was left out and why."""
    document = make_document()
    document = document.model_copy(
        update={"cuts": (Cut(span=Span(0, 2), reason="control", text="\x1b["),)}
    )
    items = make_items(document)
    items[0] = items[0].model_copy(update={"title": "增加学位。"})
    unlabelled = items[1].model_copy(update={"label": None, "heading_path": ()})
    screen = console()

    display.items(screen, document, [items[0], unlabelled], with_cuts=True)

    text = shown(screen)
    assert "plans/丙市.txt: 2 items" in text
    assert f"1. [{items[0].span.start}:{items[0].span.end}] 增加学位。" in text
    assert "¶" in text
    assert "control [0:2] \ufffd[" in text


def test_dry_run_adds_up() -> None:
    """One row a document, and their sums; nothing is asked."""
    document = make_document()
    works = [Work(document, tuple(make_items(document)))] * 2
    config = RunConfig("m", "open", "model", base_url="https://unknown.example/v1")
    screen = console()

    run_report.dry_run(screen, estimate(works, make_strategy(config), config), config)

    rows = [
        [cell.strip() for cell in line.split("│")[2:-1]]
        for line in shown(screen).splitlines()
        if line.startswith("│")
    ]
    numbers = [list(map(int, row)) for row in rows]
    assert len(numbers) == 3
    assert numbers[0][:2] == [4, 4]
    assert numbers[2] == [2 * number for number in numbers[0]]
    assert "no price is known for 'm'" in shown(screen)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param(RunConfig("rules", "rules", "rules"), "Cost: nothing", id="rules"),
        pytest.param(
            RunConfig("gpt-4o-mini", "open", "model", "https://api.openai.com/v1"),
            "Cost: about 0.0",
            id="hosted",
        ),
        pytest.param(
            RunConfig("x", "sentences", "model", "http://127.0.0.1:1/v1"),
            "Cost: about 0.0000 USD",
            id="own-machine",
        ),
    ],
)
def test_dry_run_says_what_it_would_cost(config: RunConfig, expected: str) -> None:
    """Nothing for what runs here, the price list elsewhere."""
    document = make_document()
    works = [Work(document, tuple(make_items(document)))]
    screen = console()

    run_report.dry_run(screen, estimate(works, make_strategy(config), config), config)

    assert expected in shown(screen)


def test_weights_are_described() -> None:
    """State, place, size and digest, and what the adapter was made from."""
    screen = console()
    card = {"adapter_sha256": "cd", "steps": 900, "documents": [1]}

    display.weights(
        screen,
        WeightsInfo(Path("/c/m.gguf"), "missing", 5, "ab"),
        AdapterInfo(Path("/c/a.gguf"), "cd", card),
    )

    for words in ("missing", "/c/m.gguf", "bytes   5", "sha256  ab"):
        assert words in shown(screen)
    for words in ("adapter ready", "/c/a.gguf", "sha256  cd", "steps: 900"):
        assert words in shown(screen)
    assert "documents" not in shown(screen)
