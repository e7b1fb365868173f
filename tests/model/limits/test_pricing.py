"""Prices: what a call cost, offline."""

from datetime import date
from pathlib import Path

import pytest

from extractor.core.errors import ConfigError
from extractor.model.limits.pricing import SHIPPED_PRICES, is_loopback, load_prices

OPENAI = "https://api.openai.com/v1"


def test_known_model_has_a_price() -> None:
    """A million tokens in and out of a listed model cost something."""
    cost = SHIPPED_PRICES.cost_usd("gpt-4o-mini", 1_000_000, 0, 1_000_000, OPENAI)

    assert cost == pytest.approx(0.15 + 0.60)


def test_cached_tokens_are_cheaper() -> None:
    """The provider's own prompt cache lowers the price."""
    cold = SHIPPED_PRICES.cost_usd("gpt-4o-mini", 1_000_000, 0, 0, OPENAI)
    warm = SHIPPED_PRICES.cost_usd("gpt-4o-mini", 1_000_000, 1_000_000, 0, OPENAI)

    assert cold is not None
    assert warm is not None
    assert 0 < warm < cold


def test_this_machine_is_free() -> None:
    """The embedded model costs nothing, whatever it is called and counted."""
    assert (
        SHIPPED_PRICES.cost_usd("gpt-4o", None, None, None, "http://127.0.0.1:8080/v1")
        == 0.0
    )


@pytest.mark.parametrize(
    ("model", "prompt_tokens", "cached_tokens", "base_url"),
    [
        pytest.param("no-such-model", 1, 0, OPENAI, id="unknown model"),
        pytest.param("gpt-4o", 1, 0, "https://models.example/v1", id="unknown host"),
        pytest.param("gpt-4o", None, None, OPENAI, id="no usage"),
        pytest.param("gpt-4o", 1, 5, OPENAI, id="impossible usage"),
    ],
)
def test_unknown_price_is_none(
    model: str, prompt_tokens: int | None, cached_tokens: int | None, base_url: str
) -> None:
    """What cannot be known is None, not zero."""
    assert (
        SHIPPED_PRICES.cost_usd(model, prompt_tokens, cached_tokens, 1, base_url)
        is None
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://127.0.0.1:1/v1", True, id="IPv4"),
        pytest.param("http://[::1]:1/v1", True, id="IPv6"),
        pytest.param("http://localhost/v1", True, id="name"),
        pytest.param("http://192.168.1.2/v1", False, id="neighbour"),
        pytest.param("https://localhost.example/v1", False, id="look-alike"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_loopback(url: str, expected: bool) -> None:
    """Only this machine is this machine."""
    assert is_loopback(url) is expected


def test_own_prices_go_first(tmp_path: Path) -> None:
    """An operator's own price counts, on this machine too; others stay as they are."""
    file = tmp_path / "prices.toml"
    file.write_text(
        'as_of = 2026-11-01\n[models."ours"]\ninput = 1.0\noutput = 4\ncached = 0.5\n'
        '[models."plain"]\ninput = 2\noutput = 4\n'
    )
    prices = load_prices(file)
    here = "http://127.0.0.1:8080/v1"

    assert prices.as_of == date(2026, 11, 1)
    assert prices.cost_usd("ours", 1_000_000, 400_000, 1_000_000, here) == 4.8
    assert prices.cost_usd("plain", 1_000_000, 400_000, 0, OPENAI) == 2.0
    assert prices.cost_usd("ours", 1, 5, 1, OPENAI) is None
    assert prices.cost_usd("other", 1, 0, 1, here) == 0.0
    assert prices.cost_usd("gpt-4o-mini", 1_000_000, 0, 0, OPENAI) == pytest.approx(
        0.15
    )


def test_a_batch_costs_what_its_price_says(tmp_path: Path) -> None:
    """The shipped table's price or the operator's share; else nobody knows."""
    file = tmp_path / "prices.toml"
    file.write_text(
        'as_of = 2026-11-01\n[models."ours"]\ninput = 1\noutput = 4\nbatch = 0.25\n'
        '[models."plain"]\ninput = 2\noutput = 4\n'
    )
    prices = load_prices(file).of_batches()
    million = (1_000_000, 0, 1_000_000)

    assert prices.cost_usd("ours", *million, OPENAI) == 1.25
    assert prices.cost_usd("plain", *million, OPENAI) is None
    assert prices.cost_usd("other", *million, "http://127.0.0.1:1/v1") == 0.0
    assert prices.cost_usd("gpt-4o-mini", *million, OPENAI) == pytest.approx(0.375)
    assert (
        prices.cost_usd("deepseek-chat", *million, "https://api.deepseek.com/v1")
        is None
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("models = 3", "as_of", id="no day"),
        pytest.param("as_of = 2026-11-01\n[models.a]\ninput = 1", "output", id="half"),
        pytest.param(
            "as_of = 2026-11-01\n[models.a]\ninput = -1\noutput = 1",
            "input",
            id="negative",
        ),
        pytest.param("as_of = 2026-11-01\n[models.a]\nin = 1", "input", id="unknown"),
        pytest.param("as_of =", "cannot be read", id="no TOML"),
        pytest.param(
            "as_of = 2026-11-01\n[models.a]\ninput = inf\noutput = 1",
            "input",
            id="infinite",
        ),
    ],
)
def test_wrong_prices_are_refused(tmp_path: Path, text: str, named: str) -> None:
    """A file that says something else is refused by the name of what is wrong."""
    file = tmp_path / "prices.toml"
    file.write_text(text)

    with pytest.raises(ConfigError, match=named):
        load_prices(file)


def test_prices_that_are_not_there_are_refused(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(ConfigError, match=r"no-such\.toml.*No such file"):
        load_prices(tmp_path / "no-such.toml")
