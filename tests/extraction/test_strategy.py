"""Strategies: from an item to drafts in reading order."""

from __future__ import annotations

import pytest

from extractor.core.records import Item
from extractor.core.spans import OffsetMap, Span
from extractor.extraction.strategy import (
    RulesStrategy,
    in_order,
    read_item,
    rules_drafts,
)


def _item(text: str, label: str | None = None, title: str | None = None) -> Item:
    return Item(
        id="i",
        document_id="d",
        position=0,
        label=label,
        heading_path=(),
        title=title,
        span=Span(0, len(text)),
        text=text,
        clean=text,
        offsets=OffsetMap.identity(len(text)),
    )


def test_title_of_an_item_is_never_a_record() -> None:
    """The title has a verb, and is no promise (section 7)."""
    item = _item("1.强化队伍建设。新建泵站4座。", "1.", "强化队伍建设。")

    drafts = rules_drafts(item, 2025)

    assert [d.object.text for d in drafts if d.object] == ["泵站"]


def test_title_that_states_an_amount_is_read() -> None:
    """A title with a number promises it, and the prose behind it is read too."""
    item = _item("1.新增公办学位900个。新建泵站4座。", "1.", "新增公办学位900个。")

    drafts = rules_drafts(item, 2025)

    assert [d.target.text for d in drafts if d.target] == ["900个", "4座"]


def test_title_in_another_script_is_skipped() -> None:
    """The cleaned text is one character for one, so the title's length counts."""
    item = _item("1. 强化队伍建设。新建泵站4座。", "1.", "強化隊伍建設。")

    assert read_item(item, 2025).start == item.clean.index("新建")


def test_item_without_label_and_title_is_read_whole() -> None:
    """A headed paragraph begins with its prose."""
    assert read_item(_item("新建泵站4座"), 2025).start == 0


def test_drafts_are_in_reading_order() -> None:
    """Hard and soft records are merged by where they stand."""
    drafts = rules_drafts(_item("完善预案。新建泵站4座、闸门2座。开展演练。"), 2025)

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
