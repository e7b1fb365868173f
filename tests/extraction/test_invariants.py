"""The laws over every document: none is broken, and a planted breach is reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from extractor.core.records import Commitment, Quote
from extractor.core.spans import Span
from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.extraction.invariants import (
    LAWS,
    CheckedDocument,
    CheckedItem,
    Law,
    violations,
)
from tests.eval_samples import changed, rules_records
from tests.generated_plans import make_plan

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("evals/documents", "evals/development/documents", "evals/unseen/documents")
OWN = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.txt"))]
OTHER = sorted((ROOT / "evals/other/documents").glob("*.txt"))
CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("*.txt"))
GENERATED = 2000
BATCH = 100

PLAN = """临江县人民政府2025年工作要点
1.县教育局9月底前新建幼儿园12所，培训教师300名。县财政局投资1.5万元。
2.县商务局会同县公安局检查企业40家。联系电话见门户网站。
"""


def checked(path: Path) -> CheckedDocument:
    """Return a file with the records the rules make of it."""
    document = load_document(path)
    items = split_items(document)
    return CheckedDocument(
        source=document.source,
        cuts=[(cut.span, cut.reason) for cut in document.cuts],
        plan_year=document.plan_year,
        items=[CheckedItem(i.id, i.label, i.span, i.text) for i in items],
        records=[record for item in items for record in rules_records(document, item)],
    )


@pytest.mark.parametrize("path", OTHER, ids=lambda path: path.stem)
def test_laws_hold_of_plans_of_other_kinds(path: Path) -> None:
    """Tables with a column of dates, horizons, comparisons with earlier years.

    In three of them a short name that is whole (市局) is taken for a part of one.
    """
    document = checked(path)

    found = [violation.law for violation in violations(document)]
    assert [law for law in found if law != "part-of-a-name"] == []
    assert len(found) <= 1


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_laws_hold_of_the_project_s_documents(path: Path) -> None:
    """No record of a shipped, development or unseen document breaks a law."""
    document = checked(path)

    assert list(violations(document)) == []
    assert document.records


@pytest.mark.skipif(not CORPUS, reason="the corpus is not beside the repository")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_laws_hold_of_real_documents(path: Path) -> None:
    """Nor does one of a real plan as scraped."""
    assert list(violations(checked(path))) == []


@pytest.mark.parametrize("first", range(0, GENERATED, BATCH))
def test_laws_hold_of_generated_plans(first: int, tmp_path: Path) -> None:
    """Of plans made by rule no law is broken, no number lost and none invented."""
    path = tmp_path / "plan.txt"
    for seed in range(first, first + BATCH):
        plan = make_plan(seed)
        path.write_text(plan.text, encoding="utf-8")

        document = checked(path)
        found = Counter(
            (record.quantity.value, record.quantity.unit)
            for record in document.records
            if record.quantity
        )

        assert list(violations(document)) == [], seed
        assert found == Counter(plan.targets), seed


@pytest.fixture
def document(tmp_path: Path) -> CheckedDocument:
    """A small plan that breaks no law."""
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, encoding="utf-8")
    document = checked(path)
    assert list(violations(document)) == []
    return document


def quote(text: str, after: int = 0) -> Quote:
    """Return a quote of `PLAN`."""
    start = PLAN.index(text, after)
    return Quote(text=text, span=Span(start, start + len(text)))


def with_fields(
    document: CheckedDocument, words: str, /, **fields: object
) -> CheckedDocument:
    """Return the document with fields of the record of a target replaced."""

    def change(record: Commitment) -> Commitment:
        is_meant = record.target is not None and record.target.text == words
        return changed(record, **fields) if is_meant else record

    records = [change(record) for record in document.records]
    assert records != document.records
    return document._replace(records=records)


Plant = Callable[[CheckedDocument], CheckedDocument]
_UNQUOTED: dict[str, object] = {
    **dict.fromkeys(("actor", "action", "object", "target", "deadline")),
    "partners": (),
}

PLANTED: list[tuple[Law, str, Plant]] = [
    (
        "not-its-span",
        "quote-off-by-one",
        lambda d: with_fields(
            d, "12所", object=Quote(text="幼儿园", span=quote("幼儿园").span.shift(-1))
        ),
    ),
    (
        "not-its-span",
        "item-off-by-one",
        lambda d: d._replace(
            items=[d.items[0]._replace(text=d.items[0].text[:-1]), *d.items[1:]]
        ),
    ),
    (
        "part-of-a-number",
        "first-digit-cut",
        lambda d: with_fields(d, "300名", target=quote("00名"), value=None),
    ),
    (
        "part-of-a-number",
        "decimals-alone",
        lambda d: with_fields(d, "1.5万元", target=quote("5万元"), value=None),
    ),
    (
        "part-of-a-number",
        "magnitude-cut",
        lambda d: with_fields(d, "1.5万元", target=quote("1.5"), value=None),
    ),
    (
        "shared-characters",
        "items-overlap",
        lambda d: d._replace(
            items=[
                d.items[0]._replace(
                    span=Span(d.items[0].span.start, d.items[1].span.start + 2),
                    text=PLAN[d.items[0].span.start : d.items[1].span.start + 2],
                ),
                *d.items[1:],
            ]
        ),
    ),
    (
        "outside-its-item",
        "actor-of-the-title",
        lambda d: with_fields(d, "12所", actor=quote("临江县人民政府")),
    ),
    (
        "inside-a-cut",
        "object-was-cut",
        lambda d: d._replace(cuts=[(quote("幼儿园").span, "advertising")]),
    ),
    (
        "part-of-a-name",
        "fragment-of-a-name",
        lambda d: with_fields(d, "40家", partners=(quote("安局"),)),
    ),
    (
        "date-of-another",
        "date-of-the-sentence-before",
        lambda d: with_fields(
            d, "1.5万元", deadline=quote("9月底前"), date="2025-09-30"
        ),
    ),
    (
        "other-value",
        "value-not-printed",
        lambda d: with_fields(d, "300名", value=Decimal(30)),
    ),
    (
        "other-date",
        "date-not-printed",
        lambda d: with_fields(d, "12所", date="2025-10-31"),
    ),
    (
        "empty",
        "says-nothing",
        lambda d: with_fields(d, "40家", **_UNQUOTED),
    ),
]


@pytest.mark.parametrize(
    ("law", "plant"), [pytest.param(law, p, id=name) for law, name, p in PLANTED]
)
def test_planted_breach_is_reported(
    document: CheckedDocument, law: Law, plant: Plant
) -> None:
    """Each check sees what it is for."""
    assert law in {found.law for found in violations(plant(document))}


def test_every_law_has_a_planted_breach() -> None:
    """A law that nothing can break in a test is no law; sums are the database's."""
    assert {law for law, _, _ in PLANTED} == set(LAWS) - {"sums"}


@pytest.mark.parametrize(
    "text",
    [
        "县商务局在9月底前新建站点12处，整治河道3条。",
        "到2027年建成站点12处，巩固2024年以前建成的站点9处。",
        "5月底前新建站点12处。",
        "新建站点12处。（完成时限：9月底前）",
        "统一一所学校标准，新建学校12所。",
        "投资1.2万亿元，发放贷款13,500,000元。",
    ],
)
def test_what_is_right_is_not_reported(text: str, tmp_path: Path) -> None:
    """A label, a note, a relative clause and a bound 一 break no law."""
    path = tmp_path / "plan.txt"
    path.write_text(f"临江县2025年工作要点\n1.{text}\n2.新建公园2个。\n", "utf-8")

    document = checked(path)

    assert list(violations(document)) == []
    assert document.records
