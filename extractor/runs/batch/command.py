"""What a batch was sent for: the files and flags of its command, kept with it.

What is collected is read from the same files, told the same, without being told again:
other files cannot be given by mistake, and one that has changed makes another run,
which is seen. No address of an endpoint stands here: it may hold a password.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from extractor.extraction.strategy import Soft
from extractor.model.base_url import shown_url
from extractor.model.endpoints import AnswerMode
from extractor.model.limits.pricing import Price, Prices
from extractor.runs.config import RunConfig, StrategyName
from extractor.runs.session import CONCURRENCY, DEFAULT_BASE_URL, ModelOptions

_SHOWN_PATHS = 3


class Command(BaseModel):
    """A command that sent batches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str
    """Where it was given: paths are seen from there."""
    paths: tuple[str, ...]
    prompts: str | None
    prices: str | None
    """The operator's file of them."""
    model: str
    strategy: StrategyName
    soft: Soft
    limit: int | None
    encoding: str | None
    title: str | None
    issuer: str | None
    plan_year: int | None
    max_bytes: int
    answer_mode: AnswerMode
    price: Price | None
    """The operator's own, of this model."""

    @classmethod
    def of(
        cls,
        paths: tuple[Path, ...],
        config: RunConfig,
        options: ModelOptions,
        prices: Path | None,
    ) -> Command:
        """Return the command that was given here and now."""
        prompts = options.prompts
        return cls(
            folder=str(Path.cwd()),
            paths=tuple(map(str, paths)),
            prompts=str(prompts) if prompts else None,
            prices=str(prices) if prices else None,
            model=config.model,
            strategy=config.strategy,
            soft=config.soft,
            limit=config.limit,
            encoding=config.encoding,
            title=config.title,
            issuer=config.issuer,
            plan_year=config.plan_year,
            max_bytes=config.max_bytes,
            answer_mode=config.answer_mode,
            price=options.allowance.prices.own.get(config.model),
        )

    def config(self, base_url: str) -> RunConfig:
        """Return what the run is asked to do, at an endpoint."""
        return RunConfig(
            model=self.model,
            strategy=self.strategy,
            soft=self.soft,
            base_url=base_url,
            concurrency=CONCURRENCY,
            limit=self.limit,
            encoding=self.encoding,
            title=self.title,
            issuer=self.issuer,
            plan_year=self.plan_year,
            max_bytes=self.max_bytes,
            answer_mode=self.answer_mode,
        )

    @property
    def batch_prices(self) -> Prices:
        """What its batches cost."""
        own = {self.model: self.price} if self.price else {}
        return Prices(own).of_batches()

    def files(self) -> list[Path]:
        """Return the paths as seen from here."""
        return [self._seen(path) for path in self.paths]

    def prompts_folder(self) -> Path | None:
        """Return the folder of prompts as seen from here."""
        return self._seen(self.prompts) if self.prompts else None

    def words(self, command: str, db: Path, base_url: str | None) -> str:
        """Return what to type to give a command about the same files again.

        What of the address may be a password is left out, and so are all files but the
        first few.
        """
        url = shown_url(base_url or DEFAULT_BASE_URL)
        shown = [str(path) for path in self.files()[:_SHOWN_PATHS]]
        flags = {
            "model": self.model,
            "base-url": None if url == DEFAULT_BASE_URL else url,
            "strategy": self.strategy,
            "soft": None if self.soft == "model" else self.soft,
            "limit": self.limit,
            "answer-mode": None if self.answer_mode == "auto" else self.answer_mode,
            "encoding": self.encoding,
            "title": self.title,
            "issuer": self.issuer,
            "plan-year": self.plan_year,
            "prompts": self.prompts_folder(),
            "prices": self._seen(self.prices) if self.prices else None,
            "db": db,
        }
        given = [(f"--{name}", str(value)) for name, value in flags.items() if value]
        more = " …" if self.paths[_SHOWN_PATHS:] else ""
        words = shlex.join(word for pair in given for word in pair)
        return f"{command} {shlex.join(shown)}{more} {words}"

    def _seen(self, path: str) -> Path:
        folder = Path(self.folder)
        return Path(path) if folder == Path.cwd() else folder / path
