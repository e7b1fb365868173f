"""Index of evaluations: `extract eval --json` files in, one Markdown page out.

    python -m tests.eval_index build/eval.json build/unseen.json > build/eval-index.md

Tasks whose documents are unseen come first: their scores alone say what to expect of
others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from extractor.evals.reports.markdown import escape
from extractor.evals.reports.wording import NOTHING

HEAD = ("task", "documents", "used for", "arm", "hard", "found F1 (95 %)",
        "strict F1 (95 %)", "soft", "soft found F1 (95 %)", "soft F1 (95 %)",
        "gates")  # fmt: skip
_TEXTS = (0, 2, 3, 10)


def index_page(results: Sequence[dict[str, Any]]) -> str:
    """Return a page with one row for each arm of each result, the unseen ones first."""
    ordered = sorted(results, key=lambda result: not result["unseen"])
    versions = {(one["product_version"], one["code"]) for one in results}
    marks = ["---" if i in _TEXTS else "---:" for i in range(len(HEAD))]
    rows = [HEAD, *(row for result in ordered for row in _rows(result))]
    shown = [f"| {' | '.join(map(escape, row))} |" for row in rows]
    lines = [
        "# Evals",
        "",
        "What to expect of other documents say the unseen ones alone: nothing is made "
        "with them.",
        "The others say how well the documents are fitted that rules and prompts were "
        "made with.",
        "",
        *(f"Version {version}, code {code}." for version, code in sorted(versions)),
        "",
        shown[0],
        f"| {' | '.join(marks)} |",
        *shown[1:],
    ]
    return "\n".join(lines) + "\n"


def _rows(result: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    used = result["used"] or "not said"
    about = (
        result["task"],
        str(len(result["documents"])),
        f"unseen: {used}" if result["unseen"] else used,
    )
    gates: dict[str, list[bool]] = {}
    for gate in result["gates"]:
        gates.setdefault(gate["arm"], []).append(gate["passed"])
    human = result["agreement"]
    for arm in (*result["arms"], *([human] if human else [])):
        metrics = {metric["name"]: metric for metric in arm["metrics"]}
        passed = gates.get(arm["name"])
        verdict = NOTHING if passed is None else "passed" if all(passed) else "failed"
        yield (
            *about,
            arm["name"],
            str(metrics["strict"]["gold"]),
            _figure(metrics["found"]),
            _figure(metrics["strict"]),
            str(metrics["soft"]["gold"]),
            _figure(metrics["soft_found"]),
            _figure(metrics["soft"]),
            verdict,
        )


def _figure(metric: dict[str, Any]) -> str:
    value, bounds = metric["value"], metric["interval"]
    if value is None:
        return NOTHING
    if bounds is None:
        return f"{value:.3f}"
    return f"{value:.3f} ({bounds['low']:.3f} to {bounds['high']:.3f})"


if __name__ == "__main__":
    paths = map(Path, sys.argv[1:])
    read = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    sys.stdout.write(index_page(read))
