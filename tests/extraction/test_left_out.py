"""What no record says: every number and date is in a record or listed with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.core.records import Document, Item
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text, load_document
from extractor.extraction.commitments import commitments
from extractor.extraction.left_out import left_out
from extractor.extraction.strategy import drafts_by_rules, read_item
from extractor.language.numbers.quantities import iter_quantities
from tests.conftest import DEVELOPMENT, DOCUMENTS

HEAD = "丁县民政局2024年工作要点\n一、重点任务\n1."


def read(document: Document, item: Item) -> tuple[list[str], list[tuple[str, str]]]:
    """Return what the rules' records quote, and what is left out with its reason."""
    view = read_item(item, document.plan_year)
    records = commitments(item, document, drafts_by_rules(view))
    quoted = [words.text for record in records for _, words in record.words()]
    left = left_out(item, document, view, records)
    return quoted, [(one.quote.text, one.reason) for one in left]


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("依托现有46家养老机构，新增床位300张。", [("46家", "existing")]),
        ("为70周岁以上老年人发放补贴。", [("70周岁以上", "eligibility")]),
        ("截至2023年底，全县有福利机构12家。", [("截至2023年底", "other-time")]),
        ("入住率从77%提高到80%。", []),
        ("6月底前建成养老院2所。", []),
        ("加强监管。", []),
        ("新建敬老院5所，新建敬老院5所投用。", []),
    ],
    ids=["existing", "age", "past", "baseline", "both-in-it", "nothing", "repeated"],
)
def test_what_no_record_says_has_its_reason(
    prose: str, expected: list[tuple[str, str]]
) -> None:
    """A promise is in a record, the rest is listed; a baseline is in its record."""
    document = document_of_text(HEAD + prose)
    (item,) = split_items(document)

    _, left = read(document, item)

    assert [one for one in left if one in expected] == expected
    assert set(left) <= {*expected, ("12家", "past"), ("5所", "target")}


@pytest.mark.parametrize(
    "path",
    [*sorted(DOCUMENTS.glob("*.txt")), *sorted(DEVELOPMENT.glob("*.txt"))],
    ids=lambda path: path.stem,
)
def test_every_number_is_in_a_record_or_listed(path: Path) -> None:
    """None is dropped in silence, in no document."""
    document = load_document(path)
    for item in split_items(document):
        view = read_item(item, document.plan_year)
        records = commitments(item, document, drafts_by_rules(view))
        listed = left_out(item, document, view, records)
        places = [
            *(words.span for record in records for _, words in record.words()),
            *(one.quote.span for one in listed),
        ]
        baselines = {r.quantity.baseline for r in records if r.quantity}
        label = len(item.label or "")
        assert all(
            one.quote.text == one.quote.span.slice(document.source) for one in listed
        )
        for found in iter_quantities(view.words[label:]):
            span = item.offsets.to_source(found.shift(label))
            candidate = next(
                (n for n in view.found.numbers if n.span.overlaps(found.shift(label))),
                None,
            )
            is_baseline = candidate is not None and (
                candidate.quantity is not None and candidate.quantity.value in baselines
            )
            assert is_baseline or any(span.overlaps(place) for place in places), (
                found.shift(label).slice(view.words)
            )
