"""One model at one endpoint: its name, where it is, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from extractor.core.errors import ConfigError
from extractor.model.base_url import check_base_url, check_key, shown_url, url_secrets
from extractor.model.limits.allowance import FREE, Allowance
from extractor.model.limits.pricing import is_loopback

AnswerMode = Literal["auto", "json_schema", "tools", "json"]
"""How an answer in JSON is asked for; `auto` is json_schema here, tools elsewhere."""

PATIENCE_S = 900.0
"""How long an endpoint may say "wait" in a row before the run stops."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """One model at one endpoint.

    Raises:
        ConfigError: the URL is no URL, the key cannot be sent, or an endpoint
            elsewhere gets none.
    """

    name: str
    base_url: str
    api_key: str = field(default="", repr=False)
    temperature: float | None = 0.0
    """None leaves it out; it is never sent to reasoning models, which refuse it."""
    timeout_s: float = 120.0
    max_attempts: int = 5
    patience_s: float = PATIENCE_S
    allowance: Allowance = FREE
    """How fast and how dear its calls may be."""
    mode: AnswerMode = "auto"
    adapter: str = ""
    """Digest of the adapter that the embedded model answers with: answers of one are
    never taken for those of another."""

    def __post_init__(self) -> None:
        check_base_url(self.base_url)
        check_key(self.api_key)
        if not self.name:
            raise ConfigError("--model is empty: name a model of the endpoint")
        if not self.api_key and not self.is_local:
            raise ConfigError(
                f"no API key for {self.endpoint}: set OPENAI_API_KEY, or use "
                "--model local"
            )

    @property
    def is_local(self) -> bool:
        """Say whether the endpoint runs on this machine."""
        return is_loopback(self.base_url)

    @property
    def endpoint(self) -> str:
        """The base URL as it may be shown: no user, password or query."""
        return shown_url(self.base_url)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown or stored: the key, and secrets of the URL."""
        return tuple(filter(None, (self.api_key, *url_secrets(self.base_url))))
