"""Cost of a call: model, tokens and endpoint in, US dollars out; offline.

Prices are the table shipped with `genai-prices`, of the day its version was made; it is
never updated over the network. An operator's own prices go before it. Both say what a
request costs in a batch, or nothing does: a discount is never guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from genai_prices import Usage, calc_price
from genai_prices.types import ModelInfo
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.core.errors import ConfigError
from extractor.core.text import one_line

_MILLION = 1_000_000
_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_IN_A_BATCH = {"processing": "batch"}
"""How `genai-prices` calls it."""


class Price(BaseModel):
    """US dollars for a million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: _Dollars
    output: _Dollars
    cached: _Dollars | None = None
    """Of input that the provider had cached; None where it costs the same."""
    batch: _Share | None = None
    """What a request in a batch costs of these, such as 0.5; None: nobody knows."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    as_of: date
    models: dict[str, Price]


@dataclass(frozen=True)
class Prices:
    """What models cost: the operator's own prices, then the shipped table's."""

    own: Mapping[str, Price] = field(default_factory=dict)
    as_of: date | None = None
    """The day of the own prices."""
    is_batch: bool = False
    """They are those of requests in a batch."""

    def of_batches(self) -> Prices:
        """Return what the same models cost in a batch."""
        return replace(self, is_batch=True)

    def cost_usd(
        self,
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
        own = self.own.get(model)
        if own is None and is_loopback(base_url):
            return 0.0
        if prompt_tokens is None or completion_tokens is None:
            return None
        cached = cached_tokens or 0
        if own is not None:
            share = own.batch if self.is_batch else 1.0
            if cached > prompt_tokens or share is None:
                return None
            of_cached = own.input if own.cached is None else own.cached
            dear = (prompt_tokens - cached) * own.input + completion_tokens * own.output
            return share * (dear + cached * of_cached) / _MILLION
        usage = Usage(
            input_tokens=prompt_tokens,
            cache_read_tokens=cached_tokens,
            output_tokens=completion_tokens,
        )
        try:
            price = calc_price(
                usage,
                model,
                provider_api_url=base_url,
                price_context=_IN_A_BATCH if self.is_batch else None,
            )
        except (LookupError, ValueError):
            return None
        if self.is_batch and not _has_batches(price.model):
            return None
        return float(price.total_price)


def _has_batches(model: ModelInfo) -> bool:
    """Say whether the table has the price of a batch; else it gives that of a call."""
    return any(one.when == _IN_A_BATCH for one in model.price_variants or ())


SHIPPED_PRICES = Prices()
"""Those of `genai-prices` alone."""


def load_prices(path: Path) -> Prices:
    """Read an operator's own prices.

    The file is TOML: `as_of`, the day they were looked up, and for each model a table
    `[models."name"]` with `input`, `output` and, if it differs, `cached`, in US dollars
    a million tokens, and `batch`, the share of them that requests in a batch cost.

    Raises:
        ConfigError: it cannot be read, or says something else.
    """
    try:
        read = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise ConfigError(
            f"--prices {str(path)!r} cannot be read: {one_line(reason)}"
        ) from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigError(
            f"--prices {str(path)!r}: {where}: {first['msg']}; it wants as_of and "
            '[models."name"] with input, output and cached in USD a million tokens, '
            "and batch, the share of them that a batch costs"
        ) from exc
    return Prices(read.models, read.as_of)


@lru_cache(maxsize=64)
def is_loopback(base_url: str) -> bool:
    """Say whether the endpoint runs on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
