"""Arguments and options that several commands take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from extractor.documents.archives import MAX_BYTES, MAX_TIMES
from extractor.documents.metadata import FIRST_PLAN_YEAR, LAST_PLAN_YEAR
from extractor.model.limits.allowance import Allowance
from extractor.model.limits.budget import Cap
from extractor.model.limits.pricing import SHIPPED_PRICES, load_prices
from extractor.model.limits.rates import RateLimits
from extractor.runs import session
from extractor.runs.config import RunConfig

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)
places_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(readable=False)
)
"""Paths as typed: s3://bucket/plans is no path that may be tidied."""
base_url_option = click.option(
    "--base-url", help="OpenAI-compatible endpoint  [env: OPENAI_BASE_URL]"
)
model_path_option = click.option(
    "--model-path",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="GGUF file to serve instead of the embedded weights.",
)
adapter_option = click.option(
    "--adapter",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="Adapter in GGUF that tunes the model for `sentences`, instead of the shipped "
    "one (`extract tune` makes one).",
)
strategy_option = click.option(
    "--strategy",
    type=click.Choice(["sentences", "marked", "open"]),
    help="sentences: a tuned model answers a question a sentence (default of `local`); "
    "marked: the model says what each marked number and time means (default of hosted "
    "models and of a --model-path without --adapter); open: the model writes the "
    "records.",
)
soft_option = click.option(
    "--soft",
    type=click.Choice(["model", "rules", "off"]),
    help="Who finds promises without number or date: default `rules` for --model "
    "rules, `model` for the others.",
)
max_cost_option = click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    help="US dollars that the run may cost in all, earlier invocations counted in; a "
    "call is sent only when its dearest answer still fits.",
)
prices_option = click.option(
    "--prices",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="TOML file of prices, before those shipped.",
)
limit_option = click.option(
    "--limit", type=click.IntRange(1), help="Items of each document at most."
)
answer_mode_option = click.option(
    "--answer-mode",
    type=click.Choice(["auto", "json_schema", "tools", "json"]),
    default="auto",
    show_default=True,
    help="How an endpoint is asked for JSON.",
)
timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=120.0,
    show_default=True,
    help="Seconds a hosted endpoint has for one answer.",
)
prompts_option = click.option(
    "--prompts",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    help="Folder of prompts, instead of the shipped one.",
)
encoding_option = click.option(
    "--encoding", help="Codec of the files, when detection errs."
)
title_option = click.option("--title", help="Title, instead of the one found by rule.")
issuer_option = click.option(
    "--issuer", help="Issuing body, instead of the one found by rule."
)
plan_year_option = click.option(
    "--plan-year",
    type=click.IntRange(FIRST_PLAN_YEAR, LAST_PLAN_YEAR),
    help="Year of the plan; every date without a year depends on it.",
)
max_mb_option = click.option(
    "--max-mb",
    type=click.IntRange(1, 2000),
    default=MAX_BYTES // 1_000_000,
    show_default=True,
    help="Megabytes of the largest file that is read; archives may hold "
    f"{MAX_TIMES} times that.",
)


def as_told(config: RunConfig, flags: dict[str, Any]) -> RunConfig:
    """Return what a run is asked to do, with what its files are told to be."""
    return replace(
        config,
        limit=flags["limit"],
        encoding=flags["encoding"],
        title=flags["title"],
        issuer=flags["issuer"],
        plan_year=flags["plan_year"],
        answer_mode=flags["answer_mode"],
        max_bytes=flags["max_mb"] * 1_000_000,
    )


def allowance(flags: dict[str, Any], rates: RateLimits) -> Allowance:
    """Return how fast and how dear calls may be.

    Raises:
        ConfigError: the file of prices cannot be used.
    """
    cap = Cap() if flags["max_cost"] is None else Cap(flags["max_cost"])
    prices = load_prices(flags["prices"]) if flags["prices"] else SHIPPED_PRICES
    return Allowance(rates, cap, prices)


def check_adapter(flags: dict[str, Any]) -> None:
    """Refuse an adapter where nothing is tuned by it."""
    if not flags["adapter"]:
        return
    if flags["model"] != session.LOCAL:
        raise click.UsageError(
            f"--adapter goes with --model {session.LOCAL}, which it tunes"
        )
    if flags["strategy"] not in {None, "sentences"}:
        raise click.UsageError(
            "--adapter goes with --strategy sentences, which it is tuned for"
        )
