"""Numbers: each one used, or unused for a reason."""

from __future__ import annotations

from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.evals.scoring.number_use import account_numbers
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

    assert ["label", "date", "unused-target", "unused-target", "unused-target"] == [
        number.reason for number in account_numbers(items[0], [], 2032)
    ]
    assert ["label", "name", "name", "name", "existing"] == [
        number.reason for number in account_numbers(items[2], [], 2032)
    ]
    used = account_numbers(items[0], [one], 2032)[2]
    assert ("used", "1.5", start) == (
        used.reason,
        used.number.text,
        used.number.span[0],
    )
