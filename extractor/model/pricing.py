"""Cost of a call: model, tokens and endpoint in, US dollars out; offline.

Prices are the table shipped with `genai-prices`; it is never updated over the network.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from genai_prices import Usage, calc_price


def is_loopback(base_url: str) -> bool:
    """Say whether the endpoint runs on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def cost_usd(
    model: str,
    prompt_tokens: int | None,
    cached_tokens: int | None,
    completion_tokens: int | None,
    base_url: str,
) -> float | None:
    """Return what a call cost: 0.0 on this machine, None when no price is known.

    Args:
        model: the name as sent.
        prompt_tokens: all input tokens, cached ones included.
        cached_tokens: those of them the provider had cached.
        completion_tokens: output tokens.
        base_url: the endpoint; its host picks the provider's price list.
    """
    if is_loopback(base_url):
        return 0.0
    if prompt_tokens is None or completion_tokens is None:
        return None
    usage = Usage(
        input_tokens=prompt_tokens,
        cache_read_tokens=cached_tokens,
        output_tokens=completion_tokens,
    )
    try:
        price = calc_price(usage, model, provider_api_url=base_url)
    except (LookupError, ValueError):
        return None
    return float(price.total_price)
