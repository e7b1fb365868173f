"""Whom to believe: thresholds of `sentences`, leaving each document out of the choice.

Reads the answers that a stored run left in its ledger, so no model is needed:

    extract eval TASK --model local --db RUN.db   # asks once
    python -m tests.trust RUN.db TASK [TASK …] [--corpus DIR]
"""

from __future__ import annotations

import argparse
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import ConfigError
from extractor.core.records import Draft, Item
from extractor.evals.dataset import LabelledDocument, load_dataset
from extractor.evals.gold.records import GoldItem
from extractor.evals.scoring.sample_score import Sample, score_sample
from extractor.evals.tasks import load_task
from extractor.extraction.commitments import commitments
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.sentences.strategy import SentencesStrategy
from extractor.extraction.sentences.trust import Trust
from extractor.extraction.strategy import drafts_by_rules
from extractor.model.embedded.adapter import SHIPPED, adapter_digest, adapter_name
from extractor.model.endpoints import ModelConfig
from extractor.model.requests import Answer, Request, unanswered
from extractor.model.turns import settled

METRICS = ("found", "strict", "soft_found", "soft")
READING = (-99.0, -2.0, -1.5, -1.0, -0.7, -0.4, -0.2, 0.1)
DECOY = TARGET = (0.1, -0.1, -0.3, -0.5, -0.7, -1.5, -99.0)
Drafting = Callable[[ItemReader, Mapping[Request, Answer]], Sequence[Draft]]
Counts = Counter[tuple[str, str]]


class Ledger:
    """The usable replies of a database, by their requests."""

    def __init__(self, path: Path) -> None:
        rows = sqlite3.connect(path).execute(
            "select request_key, id, response_body from llm_calls where status = 200"
        )
        self._replies = {key: (call, body) for key, call, body in rows}

    def answered(self, request_key: str) -> tuple[str, str] | None:
        return self._replies.get(request_key)


class Asked(NamedTuple):
    """An item with its gold and the answers about it."""

    item: Item
    view: ItemReader
    gold: GoldItem
    answers: dict[Request, Answer]


def asked_about(document: LabelledDocument, ledger: Ledger, digest: str) -> list[Asked]:
    """Return the labelled items with their answers."""
    strategy = SentencesStrategy(digest, "model")
    endpoint = ModelConfig(
        "local", "http://127.0.0.1:1/v1", adapter=adapter_name(SHIPPED)
    )
    gold = {item.item_span: item for item in document.gold}
    found = []
    for item, view in zip(document.loaded.items, document.loaded.views, strict=True):
        answers: dict[Request, Answer] = {}
        while item.span in gold and (
            new := unanswered(strategy.requests(view, answers), answers)
        ):
            for request in new:
                answer = settled(request, endpoint, ledger)
                if not isinstance(answer, Answer):
                    raise ConfigError(f"{document.name}: a question was not asked")
                answers[request] = answer
        if item.span in gold:
            found.append(Asked(item, view, gold[item.span], answers))
    return found


def counts(document: LabelledDocument, asked: list[Asked], draft: Drafting) -> Counts:
    """Return what is right, predicted and labelled, by metric."""
    total: Counts = Counter()
    loaded = document.loaded.document
    for one in asked:
        sample = Sample(
            document=document.name,
            position=one.item.position,
            label=one.item.label,
            span=one.item.span,
            coverage=one.gold.coverage,
            claims=one.gold.commitments,
        )
        made = commitments(one.item, loaded, draft(one.view, one.answers))
        for metric, tally in score_sample(
            sample, made, loaded.source
        ).score.tallies.items():
            total[metric, "right"] += tally.correct
            total[metric, "all"] += tally.predicted + tally.gold
    return total


def f1(documents: Sequence[Counts], metric: str) -> float:
    """Return F1 over documents."""
    right = sum(one[metric, "right"] for one in documents)
    return 2 * right / max(1, sum(one[metric, "all"] for one in documents))


def main() -> None:
    """Print the scores of the rules, of each threshold, and leaving one out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("db", type=Path)
    parser.add_argument("tasks", type=Path, nargs="+")
    parser.add_argument("--corpus", type=Path, action="append", default=[])
    options = parser.parse_args()
    ledger, digest = Ledger(options.db), adapter_digest(SHIPPED)
    data = [
        (document, asked_about(document, ledger, digest))
        for path in options.tasks
        for document in load_dataset(load_task(path), options.corpus).labelled
    ]

    def scored(draft: Drafting) -> list[Counts]:
        return [counts(document, asked, draft) for document, asked in data]

    def say(name: str, scores: Sequence[Counts]) -> None:
        said = "  ".join(f"{metric} {f1(scores, metric):.4f}" for metric in METRICS)
        print(f"{name:42}{said}", flush=True)

    say("rules", scored(lambda view, _: drafts_by_rules(view)))
    tried: dict[Trust, list[Counts]] = {}

    def strict(trust: Trust) -> float:
        if trust not in tried:
            strategy = SentencesStrategy(digest, "model", trust)
            tried[trust] = scored(lambda v, a: strategy.drafts(v, a).drafts)
            say(str(trust), tried[trust])
        return f1(tried[trust], "strict")

    best = Trust()
    for _ in range(2):  # each threshold in its turn, given the others
        best = max((Trust(r, best.decoy, best.target) for r in READING), key=strict)
        best = max((Trust(best.reading, d, best.target) for d in DECOY), key=strict)
        best = max((Trust(best.reading, best.decoy, t) for t in TARGET), key=strict)
    say(f"best: {best}", tried[best])
    left_out = []
    for at in range(len(data)):
        chosen = max(
            tried,
            key=lambda trust: f1(tried[trust][:at] + tried[trust][at + 1 :], "strict"),
        )
        left_out.append(tried[chosen][at])
    say("each document left out of the choice", left_out)


if __name__ == "__main__":
    main()
