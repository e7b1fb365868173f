"""Runs against a stub that is slow, broken or dear: all ends in the books."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from extractor.cli.main import main
from tests.commands import refused, rows
from tests.generated_plans import write_plans
from tests.stub.behaviour import FAULTS, Behaviour
from tests.stub.process import StubProcess, stub_process

PRICES = 'as_of = 2026-11-01\n[models."stub"]\ninput = 100\noutput = 200\n'
"""Dear enough that a few calls are a sum: 0.0114 USD each."""
A_CALL_USD = (100 * 100 + 7 * 200) / 1e6


def run(runner: CliRunner, stub: StubProcess, *arguments: str | Path) -> Result:
    """Run the product at the stub, in answers of JSON."""
    where = ("--model", "stub", "--base-url", stub.base_url, "--db", "x.db")
    how = ("--answer-mode", "json_schema", "--show", "0")
    return runner.invoke(main, ["run", *map(str, arguments), *where, *how])


def ledger() -> dict[str, float]:
    """Return the sums of the ledger."""
    (sums,) = rows(
        "select count(*), coalesce(sum(prompt_tokens), 0), "
        "coalesce(sum(completion_tokens), 0), coalesce(sum(cost_usd), 0) from llm_calls"
    )
    names = ("calls", "prompt_tokens", "completion_tokens", "usd")
    return dict(zip(names, sums, strict=True))


def test_faults_of_all_kinds_lose_nothing(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """A fifth of the calls fail in every way: no item and no call is lost.

    The ledger counts what the endpoint served, and the tokens of what came whole.
    """
    folder = write_plans(tmp_path / "plans", 30)
    faults = Behaviour.all_faults(0.2, latency_s=0.01, retry_after_s=1, hang_s=3)
    with stub_process(faults) as stub:
        result = run(cli_runner, stub, folder, "--concurrency", "32", "--timeout", "1")
        served = stub.served()

    assert result.exit_code in {0, 3}, result.output
    (outcomes,) = rows("select count(*), sum(outcome = 'failed') from run_items")
    (items,) = rows("select count(*) from items where position is not null")
    assert outcomes[0] == items[0] > 150
    assert rows("select count(*) from failures") == [(outcomes[1],)]
    assert set(served["served"]) == {"ok", *FAULTS}
    made = ledger()
    assert made["calls"] == served["calls"]
    tokens = served["tokens"]
    assert made["prompt_tokens"] == tokens["prompt_tokens"]
    assert made["completion_tokens"] == tokens["completion_tokens"]


def test_a_repeated_run_asks_nothing(cli_runner: CliRunner, tmp_path: Path) -> None:
    """A finished run done again makes no call."""
    folder = write_plans(tmp_path / "plans", 5)
    with stub_process() as stub:
        assert run(cli_runner, stub, folder).exit_code == 0
        calls = stub.served()["calls"]
        assert run(cli_runner, stub, folder).exit_code == 0

        assert stub.served()["calls"] == calls > 15


def test_the_cap_stops_a_run_that_a_higher_one_finishes(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """The cap holds, what was paid is kept, and a higher one pays no call twice.

    The money of a call is what its longest answer would cost.
    """
    folder = write_plans(tmp_path / "plans", 8)
    Path("prices.toml").write_text(PRICES)
    capped = ("--prices", "prices.toml", "--concurrency", "16", "--max-cost")
    with stub_process(Behaviour(latency_s=0.02)) as stub:
        line = refused(
            run(cli_runner, stub, folder, *capped, "1.6"), "--max-cost 1.6 is used up"
        )
        first = stub.served()
        paid = ledger()["usd"]
        assert 0.1 < paid <= 1.6
        assert paid == pytest.approx(first["calls"] * A_CALL_USD)
        assert "goes on from here" in line

        refused(run(cli_runner, stub, folder, *capped, "1.6"), "is used up")
        assert ledger()["usd"] <= 1.6

        whole = run(cli_runner, stub, folder, *capped, "1000")
        assert whole.exit_code == 0, whole.output
        assert stub.served()["answered_again"] == 0
        assert ledger()["calls"] == stub.served()["calls"]


def test_a_cap_without_a_price_is_refused_before_a_call(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """Where no price is known nothing is sent."""
    folder = write_plans(tmp_path / "plans", 1)
    where = ("--model", "stub", "--base-url", "https://models.example/v1")
    result = cli_runner.invoke(
        main,
        ["run", str(folder), "--db", "x.db", *where, "--max-cost", "1"],
        env={"OPENAI_API_KEY": "sk-test"},
    )

    refused(result, "none is known for 'stub'", "--prices FILE")
    assert not Path("x.db").exists()


def test_requests_a_minute_are_kept(cli_runner: CliRunner, tmp_path: Path) -> None:
    """A run of 35 calls at 600 a minute takes two seconds and more."""
    folder = write_plans(tmp_path / "plans", 8)
    with stub_process() as stub:
        result = run(cli_runner, stub, folder, "--rpm", "600", "--concurrency", "64")

    assert result.exit_code == 0, result.output
    (span,) = rows(
        "select (julianday(max(started_at)) - julianday(min(started_at))) * 86400, "
        "count(*) from llm_calls"
    )
    # Ten may go at once, the others one each tenth of a second.
    assert span[0] > 0.1 * (span[1] - 10) - 0.2 > 0.5


def test_failed_items_are_listed_and_done_again_when_that_is_wanted(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """Why they failed is printed; they may be left as they are."""
    folder = write_plans(tmp_path / "plans", 3)
    with stub_process(Behaviour(faults={"unfit": 1.0})) as stub:
        first = run(cli_runner, stub, folder)
        calls = stub.served()["calls"]
        stub.behave(Behaviour())
        kept = run(cli_runner, stub, folder, "--keep-failed")
        assert stub.served()["calls"] == calls
        mended = run(cli_runner, stub, folder)

    (items,) = rows("select count(*) from items")[0]
    assert (first.exit_code, kept.exit_code, mended.exit_code) == (3, 3, 0)
    for result in (first, kept):
        assert (
            f"{items} items failed; the same command tries them again" in result.output
        )
        assert f"{items} × invalidoutput: the answer does not fit" in result.output
    assert "failed;" not in mended.output
