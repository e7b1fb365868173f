"""Damage of the web, by kind and strength, done to plans whose numbers are known.

What damage costs may be a record, never a number that the plan does not promise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import opencc
import pytest

from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.extraction.commitments import commitments
from extractor.extraction.strategy import drafts_by_rules, read_item
from tests.generated_plans import make_plan

SEEDS = range(700, 712)
STRENGTHS = {"mild": 0.03, "middling": 0.12, "heavy": 0.35}
RADICALS = str.maketrans("水工人土木日月生用田立行里金", "⽔⼯⼈⼟⽊⽇⽉⽣⽤⽥⽴⾏⾥⾦")
LETTERS = str.maketrans("015", "OlS")
TRADITIONAL = opencc.OpenCC("s2t")

Damage = Callable[[str, random.Random, float], str]


def each(pattern: str, change: Callable[[str], str]) -> Damage:
    """Return a damage that changes a share of what a pattern finds."""

    def damage(text: str, rng: random.Random, share: float) -> str:
        return re.sub(
            pattern,
            lambda found: change(found[0]) if rng.random() < share else found[0],
            text,
        )

    return damage


def broken(text: str, rng: random.Random, share: float) -> str:
    """Break lines inside sentences, the more the shorter."""
    width = int(60 - 100 * share)
    lines = []
    for line in text.split("\n"):
        cut = max(width, 20)
        lines += [line[at : at + cut] for at in range(0, len(line), cut)] or [""]
    return "\n".join(lines) + rng.choice(["", "\n"])


def headed(text: str, rng: random.Random, share: float) -> str:
    """Put a page's head and number between lines."""
    lines = text.split("\n")
    out, page = [lines[0]], 1
    for line in lines[1:]:
        if rng.random() < share:
            out.append(f"— {page} —")
            page += 1
        out.append(line)
    return "\n".join(out)


DAMAGES: dict[str, Damage] = {
    "radicals": each("[水工人土木日月生用田立行里金]", lambda c: c.translate(RADICALS)),
    "wide-digits": each("(?<![\n])[0-9]", lambda c: chr(ord(c) + 0xFEE0)),
    "letters-for-digits": each(
        "(?<=[0-9一-龥])[015](?=[0-9])", lambda c: c.translate(LETTERS)
    ),
    "doubled-punctuation": each("[。；，](?=[一-龥])", lambda c: c * 2),
    "invisible": each("[一-龥]", lambda c: f"{c}\u200b"),
    "blanks": each("[一-龥](?=[一-龥])", lambda c: f"{c} "),
    "mixed-script": each("[一-龥]", TRADITIONAL.convert),
    "split-decimals": each("(?<=[0-9])[.](?=[0-9])", lambda _: "。"),
    "hard-breaks": broken,
    "page-heads": headed,
}


def damaged(name: str, seed: int, share: float) -> str:
    """Return a plan with this damage."""
    return DAMAGES[name](make_plan(seed).text, random.Random(seed), share)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("name", DAMAGES)
def test_no_number_is_stored_that_the_plan_does_not_promise(
    name: str, strength: str
) -> None:
    """A number that damage made unreadable is none, and never a part of itself."""
    invented = []
    for seed in SEEDS:
        text = damaged(name, seed, STRENGTHS[strength])
        document = document_of_text(text)
        true = {value for value, _ in make_plan(seed).targets}
        for item in split_items(document):
            drafts = drafts_by_rules(read_item(item, document.plan_year))
            invented += [
                (seed, record.quantity.value, record.clause.text)
                for record in commitments(item, document, drafts)
                if record.quantity and record.quantity.value not in true
            ]

    assert invented == []


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("name", DAMAGES)
def test_items_keep_their_boundaries(name: str, strength: str) -> None:
    """F1 of the items' labels and first words, over all plans."""
    hits = made = wanted = 0
    for seed in SEEDS:
        clean = document_of_text(make_plan(seed).text)
        hurt = document_of_text(damaged(name, seed, STRENGTHS[strength]))
        gold = [item.label for item in split_items(clean)]
        found = [item.label for item in split_items(hurt)]
        hits += sum(label in found for label in gold)
        made, wanted = made + len(found), wanted + len(gold)

    least = 0.97 if strength == "mild" else 0.9
    assert 2 * hits / (made + wanted) >= least
