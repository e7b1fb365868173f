"""What `extract run` prints when it is done, or says it would do."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from extractor.cli.edge import called
from extractor.core.fields import QUOTES
from extractor.core.runs import RunSummary
from extractor.core.text import one_line, plain
from extractor.model.limits.pricing import SHIPPED_PRICES, Prices
from extractor.runs.config import RunConfig
from extractor.runs.estimate import Estimate, estimated_cost, total

_MOST_DOCUMENTS = 50
"""Rows of a dry run; the others are one row."""


def summary(console: Console, made: RunSummary, *, elapsed_s: float) -> None:
    """Print what a run made and what it took."""
    table = Table(title="Run", show_header=False, title_justify="left")
    table.add_column("what")
    table.add_column("number", justify="right")
    for name, value in (
        ("documents", made.documents),
        ("items", made.items),
        ("  with records", made.with_records),
        ("  without records", made.without_records),
        ("  failed", made.failed),
        ("records", made.records),
        ("  hard (number or date)", made.hard),
        ("  soft", made.soft_records),
        ("  ungrounded", made.ungrounded),
        ("numbers and dates in no record", made.left_out),
        ("model calls", made.calls),
        ("  failed", made.failed_calls),
        ("prompt tokens", made.prompt_tokens),
        ("  of them from the cache", made.cached_tokens),
        ("completion tokens", made.completion_tokens),
        ("seconds in calls", f"{made.seconds:.1f}"),
        ("seconds in all", f"{elapsed_s:.1f}"),
        ("cost in USD", _cost(made)),
    ):
        table.add_row(name, str(value))
    console.print(table)


def failures(
    console: Console, made: RunSummary, why: Sequence[tuple[str, int]]
) -> None:
    """Print how many items failed, and why, if any did."""
    if not made.failed:
        return
    items = "item" if made.failed == 1 else "items"
    console.print(f"{made.failed} {items} failed; the same command tries them again:")
    for reason, count in why:
        console.print(f"  {count} × {plain(one_line(reason))}", soft_wrap=True)
    if (others := made.failed - sum(count for _, count in why)) > 0:
        console.print(f"  {others} for other reasons, all in the table failures")


def next_steps(console: Console, made: RunSummary, db: Path) -> None:
    """Print where the records are and what to type next."""
    if made.is_doubtful:
        console.print(
            f"{made.refused} of the {made.answered} values the model gave are not in "
            "the source and were refused: it does not read these plans well; try "
            "another model",
            soft_wrap=True,
        )
    console.print(f"Database: {plain(str(db))}")
    serve = f"{called()} serve {shlex.quote(str(db))}"
    console.print(f"Next:     {plain(serve)}")
    console.print(f"Review:   {plain(serve)} --write")


def _cost(made: RunSummary) -> str:
    if made.calls == 0:
        return "0"
    return "unknown" if made.cost_usd is None else f"{made.cost_usd:.4f}"


def records(console: Console, rows: Sequence[dict[str, Any]]) -> None:
    """Print records of a run as a table."""
    if not rows:
        return
    table = Table(title="Hard records", title_justify="left")
    plans = [Path(row["source_path"]).stem for row in rows]
    is_one_plan = len(set(plans)) == 1
    if not is_one_plan:
        table.add_column("plan", overflow="fold", max_width=24)
    said = [field.name for field in QUOTES]
    for name in ("item", *said, "method"):
        table.add_column(name, overflow="fold")
    for index, row in enumerate(rows):
        method = row["method"]
        if row["status"] != "grounded":
            method += f", {row['status']}"
        cells = [*(str(row[column] or "") for column in ("item_label", *said)), method]
        if not is_one_plan:
            is_next = index == 0 or plans[index] != plans[index - 1]
            cells.insert(0, plans[index] if is_next else "")
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    console.print(table)
    console.print(f"{len(rows)} of {rows[0]['available']} hard records")


def dry_run(
    console: Console,
    estimates: Sequence[Estimate],
    config: RunConfig,
    prices: Prices = SHIPPED_PRICES,
) -> None:
    """Print what a run would send and what it would cost."""
    table = Table(title="Dry run: nothing is sent", title_justify="left")
    table.add_column("document", overflow="fold")
    for column in ("items", "calls", "prompt tokens", "answer tokens"):
        table.add_column(column, justify="right")
    for one in estimates[:_MOST_DOCUMENTS]:
        table.add_row(Text(one_line(one.path)), *map(str, one[1:]))
    if rest := estimates[_MOST_DOCUMENTS:]:
        others = total(rest)
        table.add_row(f"{len(rest):,} others", *map(str, others[1:]))
    whole = total(estimates)
    table.add_section()
    table.add_row(*map(str, whole))
    console.print(table)
    console.print(_cost_line(config, estimated_cost(config, whole, prices)))


def _cost_line(config: RunConfig, cost: float | None) -> str:
    if config.base_url is None:
        return "Cost: nothing, no endpoint is called"
    if cost is None:
        return f"Cost: no price is known for {config.model!r}"
    return f"Cost: about {cost:.4f} USD (token counts are estimates)"
