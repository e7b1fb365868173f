"""Strategies: from an item to drafts in reading order."""

from __future__ import annotations

import pytest

from extractor.core.records import Item
from extractor.core.spans import OffsetMap, Span
from extractor.extraction.strategy import (
    RulesStrategy,
    drafts_by_rules,
    in_order,
    read_item,
)


def _item(text: str, prose_start: int = 0) -> Item:
    return Item(
        id="i",
        document_id="d",
        position=0,
        label=None,
        heading_path=(),
        title=None,
        span=Span(0, len(text)),
        text=text,
        clean=text,
        prose_start=prose_start,
        offsets=OffsetMap.identity(len(text)),
    )


def test_records_are_read_from_the_prose_on() -> None:
    """What stands in front of it, label and title, is no record (section 7)."""
    text = "1.强化队伍建设。新建泵站4座。"

    drafts = drafts_by_rules(
        read_item(_item(text, prose_start=text.index("新建")), 2025)
    )

    assert [d.object.text for d in drafts if d.object] == ["泵站"]


def test_drafts_are_in_reading_order() -> None:
    """Hard and soft records are merged by where they stand."""
    drafts = drafts_by_rules(
        read_item(_item("完善预案。新建泵站4座、闸门2座。开展演练。"), 2025)
    )

    assert [d.object.text for d in drafts if d.object] == [
        "预案",
        "泵站",
        "闸门",
        "演练",
    ]
    assert in_order(list(reversed(drafts))) == drafts


@pytest.mark.parametrize(("soft", "count"), [("rules", 2), ("off", 1)])
def test_rules_strategy_can_leave_soft_records_out(soft: str, count: int) -> None:
    """Without soft records a clause needs a number or a date."""
    text = "完善预案。新建泵站4座。"
    strategy = RulesStrategy(soft)  # type: ignore[arg-type]

    made = strategy.drafts(read_item(_item(text), 2025), {})

    assert len(made.drafts) == count


def test_rules_strategy_asks_nothing() -> None:
    """There is no prompt, and no call to price."""
    strategy = RulesStrategy("rules")

    assert strategy.requests(read_item(_item("甲"), 2025)) == ()
    assert strategy.prompt_version == (None, None)
