"""What batches may cost, and what they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch_samples import Batching, ledger, plans
from tests.commands import refused, rows

PRICES = 'as_of = 2026-11-01\n[models."stub"]\ninput = 100\noutput = 200\n'
A_CALL_USD = (100 * 100 + 7 * 200) / 1e6
OWN = ("--prices", "prices.toml")


def test_answers_cost_the_price_of_a_batch(batching: Batching) -> None:
    """The share that the file of prices says."""
    plans(1)
    Path("prices.toml").write_text(f"{PRICES}batch = 0.5\n")
    batching.submit(*OWN)
    Path("prices.toml").unlink()  # the price was kept with the batch
    batching.collect()

    (usd,) = rows("select sum(cost_usd) from llm_calls")[0]
    assert usd == pytest.approx(ledger() * A_CALL_USD / 2)


def test_a_discount_is_never_guessed(batching: Batching) -> None:
    """A cap without the price of a batch is refused before anything is sent."""
    plans(1)
    Path("prices.toml").write_text(PRICES)

    refused(
        batching.submit(*OWN, "--max-cost", "5", code=1),
        "none is known for 'stub' in a batch",
        "`batch`",
    )

    assert not Path("x.db").exists()


def test_the_cap_counts_what_is_under_way(batching: Batching) -> None:
    """What fits is sent; the rest is, once the real costs are known, or refused."""
    plans(4)
    Path("prices.toml").write_text(f"{PRICES}batch = 0.5\n")
    capped = (*OWN, "--max-cost", "5")

    first = batching.submit(*capped, code=3)

    assert "might cost more than --max-cost" in first.output
    sent = batching.served()["sizes"][0][0]
    (most,) = rows("select most_usd from batches")[0]
    assert 0 < most <= 5
    refused(batching.submit(*capped, code=1), "--max-cost 5 is used up")
    assert len(batching.served()["sizes"]) == 1
    batching.collect(code=3)
    batching.submit(*capped, code=3)
    assert batching.served()["sizes"][1][0] >= sent - 1
    batching.collect(code=3)
    assert rows("select sum(cost_usd) < 5 from llm_calls") == [(1,)]
    batching.submit(*OWN)
    batching.collect()
    assert batching.served()["billed_again"] == 0
