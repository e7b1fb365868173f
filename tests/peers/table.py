"""Answers to a table: exports for the scorer, scores, costs, Markdown and JSON.

Only items that every tool has done are scored, on gold cut down to them, so a run that
was stopped still compares like with like.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.core.records import Document, Item
from extractor.evals.arms import export_arm
from extractor.evals.dataset import load_dataset
from extractor.evals.evaluate import run_eval
from extractor.evals.results import ArmResult, EvalResult
from extractor.evals.tasks import Task
from extractor.language.numbers.quantities import parse_quantity
from extractor.language.times.deadlines import parse_deadline
from tests.peers.answers import Answer, Key

PEERS = ("langextract", "plain")
AS_ANSWERED = ", as answered"
"""The second line of a peer: nothing is filtered, values are the tool's own if it
states any; in its first, code reads the quotes and drops those that hold nothing."""
TITLES = {"plain": "plain loop", f"plain{AS_ANSWERED}": f"plain loop{AS_ANSWERED}"}

_COSTS = (
    "seconds",
    "calls",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "unanswered",
    "dropped",
)
_COMPARED = (
    "seconds",
    "seconds_per_correct",
    "tokens_per_correct",
    "computed_tokens_per_correct",
)


@dataclass(frozen=True, slots=True)
class Part:
    """A document and its items."""

    name: str
    document: Document
    items: tuple[Item, ...]
    gold: Path


def make_table(
    parts: Sequence[Part],
    tools: Sequence[str],
    answers: Mapping[Key, Answer],
    out: Path,
) -> dict[str, Any] | None:
    """Write the exports, `table.json` and `table.md`; None while nothing is common."""
    common = {
        item.id
        for part in parts
        for item in part.items
        if all((tool, item.id) in answers for tool in tools)
    }
    if not common:
        return None
    done = [part for part in parts if any(item.id in common for item in part.items)]
    for part in done:
        _write_gold(part, common, out / "gold")
    names = {
        tool: [tool, tool + AS_ANSWERED] if tool in PEERS else [tool] for tool in tools
    }
    years = {part.name: part.document.plan_year for part in done}
    arms = []
    for tool in tools:
        used = [answers[tool, i.id] for p in done for i in p.items if i.id in common]
        for name in names[tool]:
            path = out / f"{name.replace(', ', '-').replace(' ', '-')}.jsonl"
            lines = [
                {"doc_id": answer["document"], **line}
                for answer in used
                for row in answer["rows"]
                for line in _lines(row, tool, name, years[answer["document"]])
            ]
            text = "".join(json.dumps(x, ensure_ascii=False) + "\n" for x in lines)
            path.write_text(text, encoding="utf-8")
            arms.append(export_arm(name, path))
    task = Task(
        name="peers",
        gold=(out / "gold",),
        documents=tuple(part.name for part in done),
        corpus=tuple({Path(part.document.path).parent for part in done}),
    )
    result = run_eval(load_dataset(task), arms)
    table = {
        "items": len(common),
        "items_in_all": sum(len(part.items) for part in parts),
        "documents": {
            part.name: sum(item.id in common for item in part.items) for part in done
        },
        "hard_records": sum(info.hard for info in result.documents),
        "tools": {
            name: _figures(
                result.arm(name),
                [answers[tool, i.id] for p in done for i in p.items if i.id in common],
            )
            for tool in tools
            for name in names[tool]
        },
    }
    _check_gold(result, table)
    table["ratios"] = _ratios(table["tools"])
    (out / "table.json").write_text(
        json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (out / "table.md").write_text(markdown(table), encoding="utf-8")
    return table


def _write_gold(part: Part, common: set[str], directory: Path) -> None:
    """Write the gold of the common items."""
    spans = {tuple(item.span) for item in part.items if item.id in common}
    lines = part.gold.read_text(encoding="utf-8").splitlines()
    kept = [x for x in lines if tuple(json.loads(x)["item_span"]) in spans]
    directory.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line}\n" for line in kept)
    (directory / f"{part.name}.jsonl").write_text(text, encoding="utf-8")


def _lines(
    row: Mapping[str, Any], tool: str, name: str, plan_year: int | None
) -> list[dict[str, Any]]:
    """Return a row as the scorer reads it, nothing if no hard record is left."""
    line = {key: row[key] for key in row if key not in {"own", "document_id"}}
    if tool not in PEERS:
        return [line]
    if name != tool:
        stated = {k: v for k, v in row["own"].items() if v is not None}
        return [line | stated]
    target, deadline = line["target_quote"], line["deadline_quote"]
    if target and parse_quantity(target) is None:
        line["target_quote"] = None
    if deadline and parse_deadline(deadline, plan_year) is None:
        line["deadline_quote"] = None
    return [line] if line["target_quote"] or line["deadline_quote"] else []


def _check_gold(result: EvalResult, table: Mapping[str, Any]) -> None:
    items = sum(info.items for info in result.documents)
    if items != table["items"]:
        raise RuntimeError(
            f"{table['items']} items were done, the gold has {items} of them"
        )


def _figures(arm: ArmResult, answers: Sequence[Answer]) -> dict[str, Any]:
    costs = {key: sum(a[key] for a in answers) for key in _COSTS}
    tokens = costs["prompt_tokens"] + costs["completion_tokens"]
    strict = arm.score.tally("strict")
    return {
        "failed_items": sum(bool(a["error"]) for a in answers),
        "versions": sorted({a["version"] for a in answers}),
        "records": strict.predicted,
        "found": _tally(arm, "found"),
        "strict": _tally(arm, "strict"),
        "by_document": {
            one.name: {
                "found": one.score.tally("found").f1,
                "strict": one.score.tally("strict").f1,
            }
            for one in arm.documents
        },
        **costs,
        "tokens": tokens,
        "computed_tokens": tokens - costs["cached_tokens"],
        "correct": strict.correct,
        "tokens_per_correct": _per(tokens, strict.correct),
        "computed_tokens_per_correct": _per(
            tokens - costs["cached_tokens"], strict.correct
        ),
        "seconds_per_correct": _per(costs["seconds"], strict.correct),
    }


def _tally(arm: ArmResult, name: str) -> dict[str, Any]:
    metric = arm.metric(name)
    return {"f1": metric.value, "precision": metric.precision, "recall": metric.recall}


def _per(amount: float, count: int) -> float | None:
    return amount / count if count else None


def _ratios(tools: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Hold the product against the better peer of each figure.

    Twice: against the peers as they answer, and against the peers with the product's
    parsers put behind them, which no longer are what they are by themselves.
    """
    ours = tools.get("sentences")
    kinds = {"as answered": True, "read by the product's parsers": False}
    ratios: dict[str, dict[str, Any]] = {}
    for kind, as_answered in kinds.items():
        peers = [
            one
            for name, one in tools.items()
            if name.startswith(PEERS) and name.endswith(AS_ANSWERED) == as_answered
        ]
        if ours is None or not peers:
            continue
        strict = max(peer["strict"]["f1"] or 0.0 for peer in peers)
        mine = ours["strict"]["f1"] or 0.0
        ratios[kind] = {"strict_f1": mine / strict if strict else None}
        for key in _COMPARED:
            best = min((peer[key] for peer in peers if peer[key]), default=None)
            is_known = best and ours[key] is not None
            ratios[kind][key] = ours[key] / best if is_known else None
    return ratios


def markdown(table: Mapping[str, Any]) -> str:
    """Return the table for a pull request."""
    documents = ", ".join(f"{name} {n}" for name, n in table["documents"].items())
    lines = [
        f"{table['items']} of {table['items_in_all']} items done by every tool "
        f"({documents}), {table['hard_records']} hard commitments.",
        "",
        "| tool | failed items | records | found F1 | strict F1 (P / R) | seconds "
        "| prompt tokens (cached) | output tokens | tokens / correct "
        "| computed tokens / correct | seconds / correct |",
        "|---|" + "---:|" * 10,
    ]
    for name, one in table["tools"].items():
        strict = one["strict"]
        lines.append(
            f"| {TITLES.get(name, name)} | {one['failed_items']} | {one['records']} "
            f"| {_f(one['found']['f1'])} "
            f"| {_f(strict['f1'])} ({_f(strict['precision'])} / {_f(strict['recall'])})"
            f" | {one['seconds']:.0f} "
            f"| {one['prompt_tokens']} ({one['cached_tokens']}) "
            f"| {one['completion_tokens']} | {_n(one['tokens_per_correct'])} "
            f"| {_n(one['computed_tokens_per_correct'])} "
            f"| {_n(one['seconds_per_correct'], 1)} |"
        )
    lines += ["", "By document, found / strict F1:", ""]
    lines += ["| tool | " + " | ".join(table["documents"]) + " |"]
    lines += ["|---|" + "---:|" * len(table["documents"])]
    for name, one in table["tools"].items():
        cells = [
            f"{_f(one['by_document'][d]['found'])} / "
            f"{_f(one['by_document'][d]['strict'])}"
            for d in table["documents"]
        ]
        lines.append(f"| {TITLES.get(name, name)} | " + " | ".join(cells) + " |")
    for name, one in table["tools"].items():
        if len(one["versions"]) > 1:
            lines += ["", f"{name}: answers of {len(one['versions'])} versions."]
    if ratios := table["ratios"]:
        lines += ["", "`sentences` as a multiple of the better peer:", ""]
        lines += ["| figure | " + " | ".join(ratios) + " | bar |"]
        lines += ["|---|" + "---:|" * len(ratios) + "---|"]
        # A tool that finds next to nothing is soon done: what a correct record takes
        # is compared, not the whole.
        none = dict.fromkeys(("seconds", "computed_tokens_per_correct"), "–")
        bars = {"strict_f1": "at least 4", **none}
        for key in ("strict_f1", *_COMPARED):
            cells = " | ".join(_f(one[key]) for one in ratios.values())
            lines.append(f"| {key} | {cells} | {bars.get(key, 'at most 0.33')} |")
    return "\n".join(lines) + "\n"


def _f(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _n(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
