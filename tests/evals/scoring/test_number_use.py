"""Numbers: each one used, or unused for a reason."""

from __future__ import annotations

from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.evals.scoring.number_use import account_numbers, find_numbers
from extractor.extraction.strategy import read_item
from tests.eval_samples import PLAN, claim


def test_every_number_has_a_reason(tmp_path):
    """Numbers are used, or left out by name, or unaccounted for."""
    path = tmp_path / "plan.txt"
    text = PLAN.replace("完善评价制度", "落实“5+2”服务，组织第3届比赛，现有学校20所")
    path.write_text(text, encoding="utf-8")
    document = load_document(path)
    items = split_items(document)

    start = document.source.index("1.5万个")
    one = claim("1.5万个", start, target="1.5万个")
    first, _, third = (find_numbers(item, read_item(item, 2032)) for item in items)

    assert ["label", "date", "unused-target", "unused-target", "unused-target"] == [
        number.reason for number in first
    ]
    assert ["label", "name", "name", "name", "existing"] == [
        number.reason for number in third
    ]
    used = list(account_numbers(first, [one]))
    assert [*first[:2], *first[3:]] == [*used[:2], *used[3:]]
    assert ("used", "1.5", start) == (
        used[2].reason,
        used[2].number.text,
        used[2].number.span[0],
    )
