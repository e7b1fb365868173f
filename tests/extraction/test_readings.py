"""Readings: what a strategy says that rules and model read gets its place."""

from __future__ import annotations

from extractor.core.records import Document, Item
from extractor.core.spans import Span
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.extraction.readings import readings
from extractor.extraction.strategy import Read

HEAD = "丁县民政局2024年工作要点\n一、重点任务\n1."


def plan(prose: str) -> tuple[Item, Document]:
    """Return the one item of a plan, and the plan."""
    document = document_of_text(HEAD + prose)
    (item,) = split_items(document)
    return item, document


def place(item: Item, words: str) -> Span:
    """Return where words stand in the item's cleaned text."""
    start = item.clean.index(words)
    return Span(start, start + len(words))


def test_reading_quotes_the_source_where_it_stands() -> None:
    """Quote and place are the source's, the words the reader's own."""
    item, document = plan("新增養老床位３００張。")

    (made,) = readings(
        item,
        document,
        [
            Read(
                reader="model",
                kind="number",
                span=place(item, "３００"),
                is_promise=True,
                actor="甲局",
                action="新增",
                object="养老床位",
                likelihood=-0.5,
                is_taken=True,
                call_id="call",
            )
        ],
    )

    assert (made.quote.text, made.kind, made.reader) == ("３００", "number", "model")
    assert made.quote.text == made.quote.span.slice(document.source)
    assert (made.actor, made.action, made.object) == ("甲局", "新增", "养老床位")
    assert (made.likelihood, made.is_taken, made.call_id) == (-0.5, True, "call")


def test_readings_are_in_reading_order() -> None:
    """By place; the rules come before the model."""
    item, document = plan("新建养老院5所，改建敬老院3所。")
    reads = [
        Read(reader=reader, kind="number", span=place(item, words), is_promise=True)
        for reader in ("model", "rules")
        for words in ("3", "5")
    ]

    made = readings(item, document, reads)

    assert [(one.quote.text, one.reader) for one in made] == [
        ("5", "rules"),
        ("5", "model"),
        ("3", "rules"),
        ("3", "model"),
    ]


def test_what_was_taken_stays_of_two_readings_of_a_place() -> None:
    """A reader says one thing of a place: what a record has, else what came first."""
    item, document = plan("新建养老院5所，改建敬老院3所。")

    def read(words: str, action: str, *, is_taken: bool = False) -> Read:
        span = place(item, words)
        return Read(
            reader="model",
            kind="number",
            span=span,
            is_promise=True,
            action=action,
            is_taken=is_taken,
        )

    made = readings(
        item,
        document,
        [read("5", "建"), read("5", "新建", is_taken=True), read("3", "改建"),
         read("3", "建")],
    )  # fmt: skip

    assert [one.action for one in made] == ["新建", "改建"]


def test_action_is_quoted_whole() -> None:
    """From verb to object, with what the cleaned text leaves out between."""
    item, document = plan("完善\u200b养老服务。")
    assert "\u200b" not in item.clean

    (made,) = readings(
        item,
        document,
        [
            Read(
                reader="rules",
                kind="action",
                span=place(item, "完善养老服务"),
                is_promise=True,
            )
        ],
    )

    assert made.quote.text == made.quote.span.slice(document.source)
    assert made.quote.text == "完善\u200b养老服务"


def test_reading_of_nothing_is_none() -> None:
    """A place without characters quotes nothing."""
    item, document = plan("完善养老服务。")

    assert [] == readings(
        item,
        document,
        [Read(reader="model", kind="number", span=Span(3, 3), is_promise=False)],
    )
