"""Prices: what a call cost, offline."""

import pytest

from extractor.model.pricing import cost_usd, is_loopback

OPENAI = "https://api.openai.com/v1"


def test_known_model_has_a_price() -> None:
    """A million tokens in and out of a listed model cost something."""
    cost = cost_usd("gpt-4o-mini", 1_000_000, 0, 1_000_000, OPENAI)

    assert cost == pytest.approx(0.15 + 0.60)


def test_cached_tokens_are_cheaper() -> None:
    """The provider's own prompt cache lowers the price."""
    cold = cost_usd("gpt-4o-mini", 1_000_000, 0, 0, OPENAI)
    warm = cost_usd("gpt-4o-mini", 1_000_000, 1_000_000, 0, OPENAI)

    assert cold is not None
    assert warm is not None
    assert 0 < warm < cold


def test_this_machine_is_free() -> None:
    """The embedded model costs nothing, whatever it is called and counted."""
    assert cost_usd("gpt-4o", None, None, None, "http://127.0.0.1:8080/v1") == 0.0


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
    assert cost_usd(model, prompt_tokens, cached_tokens, 1, base_url) is None


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
