"""Metamorphic tests: change one thing of a plan, and only that thing moves.

Over the items of all shipped and development documents.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import opencc
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extractor.core.records import Draft, Mention
from extractor.core.spans import Span
from extractor.documents.cleaning.text import simplify
from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.extraction.rules.targets import ItemReader, hard_drafts
from extractor.extraction.rules.unnumbered import soft_drafts
from extractor.extraction.strategy import drafts_by_rules, read_item
from tests.conftest import DEVELOPMENT, DOCUMENTS

PATHS = [*sorted(DOCUMENTS.glob("*.txt")), *sorted(DEVELOPMENT.glob("*.txt"))]
BODIES = (
    "县民政局", "市住房和城乡建设局", "区水务局", "城南街道", "青浦塘镇",
    "县残疾人联合会", "县商务局", "云岭县应急管理局",
)  # fmt: skip
TIMES = ("6月底前", "年底前", "三季度末前", "10月15日前")
PLAIN_TIME = re.compile(r"\d{1,2}月底?前?|年底前?|上半年|[一二三四]季度末?前?")
WHOLE = re.compile(r"(?<![\d.,])[1-9]\d*(?![\d.,])")
WIDE = str.maketrans("0123456789%", "０１２３４５６７８９％")

EXAMPLES = settings(max_examples=300, deadline=None, derandomize=True)

Fields = tuple[str, ...]
"""Actor, partners, action, object, target, deadline."""


class Read(NamedTuple):
    """An item as read."""

    text: str
    start: int
    plan_year: int | None
    reading: ItemReader


@cache
def items() -> tuple[Read, ...]:
    """Return every item of every document."""
    found = []
    for path in PATHS:
        document = load_document(path)
        for item in split_items(document):
            reading = read_item(item, document.plan_year)
            found.append(Read(item.clean, reading.start, document.plan_year, reading))
    return tuple(found)


def drafts(text: str, start: int, plan_year: int | None) -> list[Draft]:
    """Return the records of a text."""
    reading = ItemReader(text, start, plan_year)
    return [*hard_drafts(reading), *soft_drafts(reading)]


def fields(draft: Draft) -> Fields:
    """Return the words of a record."""

    def words(mention: Mention | None) -> str:
        return mention.text if mention else "-"

    partners = "、".join(partner.text for partner in draft.partners)
    parts = (draft.actor, draft.action, draft.object, draft.target, draft.deadline)
    return (partners, *map(words, parts))


def records(text: str, start: int, plan_year: int | None) -> Counter[Fields]:
    """Return how often each record is there."""
    return Counter(map(fields, drafts(text, start, plan_year)))


def marked(found: Counter[Fields], *words: str) -> Counter[Fields]:
    """Return the records with what was replaced, and what for, made one mark."""
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    marked: Counter[Fields] = Counter()
    for record, count in found.items():
        marked[tuple(pattern.sub("#", field) for field in record)] += count
    return marked


def replaced(text: str, span: Span, words: str) -> str:
    """Return the text with other words in a place."""
    return text[: span.start] + words + text[span.end :]


def test_documents_are_there() -> None:
    """The tests below would pass on nothing."""
    assert len(items()) > 500


@EXAMPLES
@given(st.data())
def test_other_number_moves_the_number_only(data: st.DataObject) -> None:
    """Verb, object, actor and date stay; the target holds the new digits."""
    item = data.draw(st.sampled_from([i for i in items() if i.reading.numbers]))
    number = data.draw(st.sampled_from(item.reading.numbers)).span
    digits = WHOLE.findall(number.slice(item.text))
    assume(len(digits) == 1)
    low = 10 ** (len(digits[0]) - 1)
    new = str(data.draw(st.integers(low, 10 * low - 1)))
    assume(new != digits[0] and not 1900 <= int(new) <= 2100)
    at = item.text.index(digits[0], number.start)

    text = replaced(item.text, Span(at, at + len(new)), new)
    before = _targets(drafts(item.text, item.start, item.plan_year))
    after = _targets(drafts(text, item.start, item.plan_year))

    assert set(before) == set(after)
    for span, record in after.items():
        words = span.slice(text)
        assert record == (*before[span][:-2], words, before[span][-1])


def _targets(found: list[Draft]) -> dict[Span, Fields]:
    """Return the records with a number, by where it stands."""
    return {d.target.span: fields(d) for d in found if d.target and d.target.span}


@EXAMPLES
@given(st.data())
def test_other_body_moves_the_actor_only(data: st.DataObject) -> None:
    """A body's name says who acts, whatever the name holds."""
    item = data.draw(st.sampled_from([i for i in items() if "局" in i.text]))
    before = records(item.text, item.start, item.plan_year)
    actors = sorted({record[1] for record in before} - {"-"})
    assume(actors)
    actor = data.draw(st.sampled_from(actors))
    body = data.draw(st.sampled_from(BODIES))
    assume("、" not in actor and not actor.startswith(("各", "每")))
    assume(item.text.count(actor) == 1 and body not in item.text)

    text = item.text.replace(actor, body)
    after = records(text, item.start, item.plan_year)

    assert marked(before, actor) == marked(after, body)


@EXAMPLES
@given(st.data())
def test_other_time_moves_the_deadline_only(data: st.DataObject) -> None:
    """However a time is worded, it dates the same records."""
    item = data.draw(st.sampled_from([i for i in items() if i.reading.found.dates]))
    span = data.draw(st.sampled_from(item.reading.found.dates)).span
    words = span.slice(item.text)
    assume(PLAIN_TIME.fullmatch(words) and item.text.count(words) == 1)
    time = data.draw(st.sampled_from(TIMES))
    assume(time not in item.text)

    after = records(replaced(item.text, span, time), item.start, item.plan_year)

    before = records(item.text, item.start, item.plan_year)
    assert marked(before, words) == marked(after, time)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_width_moves_nothing(path: Path) -> None:
    """Digits in full width are the same digits, printed as they are."""
    document = load_document(path)
    for item in split_items(document):
        start = read_item(item, document.plan_year).start
        before = records(item.clean, start, document.plan_year)

        after = records(item.clean.translate(WIDE), start, document.plan_year)

        assert _wide(after) == _wide(before)


def _wide(found: Counter[Fields]) -> Counter[Fields]:
    return Counter(
        tuple(field.translate(WIDE) for field in record) for record in found.elements()
    )


@pytest.mark.parametrize(
    "path",
    [p for p in PATHS if "trad" not in p.stem and "big5" not in p.stem],
    ids=lambda path: path.stem,
)
def test_script_moves_nothing(path: Path, tmp_path: Path) -> None:
    """A plan in traditional script promises the same, printed as it is."""
    convert = opencc.OpenCC("s2t").convert
    document = load_document(path)
    other = tmp_path / "plan.txt"
    other.write_text(convert(document.source), encoding="utf-8")

    traditional = load_document(
        other,
        title=document.title,
        issuer=document.issuer,
        plan_year=document.plan_year,
    )

    pairs = zip(split_items(document), split_items(traditional), strict=True)
    for item, same in pairs:
        before = Counter(
            map(fields, drafts_by_rules(read_item(item, document.plan_year)))
        )
        after = Counter(
            map(fields, drafts_by_rules(read_item(same, document.plan_year)))
        )
        # 澄 and 澂 are one character to the converter.
        assert _simple(after) == _simple(before)


def _simple(found: Counter[Fields]) -> Counter[Fields]:
    return Counter(
        tuple(simplify(field).replace("澂", "澄") for field in record)
        for record in found.elements()
    )


@EXAMPLES
@given(st.data())
def test_sentence_again_with_other_numbers_doubles_its_records(
    data: st.DataObject,
) -> None:
    """Another amount is another promise, in whatever words."""
    item = data.draw(st.sampled_from([i for i in items() if i.reading.numbers]))
    number = data.draw(st.sampled_from(item.reading.numbers))
    sentence = _sentence(item, number.span)
    digits = WHOLE.search(number.span.slice(item.text))
    assume(digits and sum(n.span.overlaps(sentence) for n in item.reading.numbers) == 1)
    assert digits is not None
    words = sentence.slice(item.text)
    again = words.replace(digits[0], str(int(digits[0]) + 1))
    assume(again != words and 1900 > int(digits[0]))

    text = f"{words}。{again}。"
    found = [draft for draft in drafts(text, 0, item.plan_year) if draft.target]
    once = [d for d in drafts(f"{words}。", 0, item.plan_year) if d.target]

    assert len(once) <= 1
    assert len(found) == 2 * len(once)


def _sentence(item: Read, span: Span) -> Span:
    breaks = [m.end() for m in re.finditer("[。；;\n]", item.text[: span.start])]
    start = max(breaks[-1] if breaks else 0, item.start)
    after = re.search("[。；;\n]", item.text[span.end :])
    return Span(start, span.end + after.start() if after else len(item.text))


@pytest.mark.parametrize("seed", range(40))
def test_shuffled_items_keep_their_records(seed: int, tmp_path: Path) -> None:
    """A point promises the same wherever it stands."""
    rng = random.Random(seed)
    chosen = [i for i in rng.sample(items(), 30) if "\n" not in i.text.strip()][:12]
    bodies = [item.text[item.start :].strip() for item in chosen]
    # 3．2019届…: where a label ends before digits is the outline's concern.
    bodies = [b for b in bodies if len(b) > 30 and not b[0].isdigit()]

    def promised(order: list[str]) -> dict[str, Counter[Fields]]:
        lines = [f"{number}．{body}" for number, body in enumerate(order, start=1)]
        path = tmp_path / "plan.txt"
        path.write_text("某县2025年工作要点\n" + "\n".join(lines), encoding="utf-8")
        document = load_document(path, plan_year=2025)
        found = {}
        for item in split_items(document):
            body = item.clean.partition("．")[2]
            found[body] = Counter(map(fields, drafts_by_rules(read_item(item, 2025))))
        return found

    assert promised(bodies) == promised(rng.sample(bodies, len(bodies)))
