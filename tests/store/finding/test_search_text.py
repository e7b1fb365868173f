"""Search text: what is stored of words, and what is asked for them."""

from __future__ import annotations

import sqlite3

import pytest

from extractor.store.finding.search_text import clean_words, fts_query, indexed


def finds(text: str, words: str) -> bool:
    """Say whether full text finds a text by what a reader types."""
    conn = sqlite3.connect(":memory:")
    conn.execute(
        "create virtual table texts using fts5"
        "(text, tokenize='unicode61 remove_diacritics 0')"
    )
    conn.execute("insert into texts values (?)", [indexed([text])])
    found = conn.execute("select 1 from texts where texts match ?", [fts_query(words)])
    return found.fetchone() is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("改善農村公路300公里", "农村公路", id="traditional-by-simplified"),
        pytest.param("改善农村公路300公里", "農村公路", id="simplified-by-traditional"),
        pytest.param("穩定糧食產量", "粮食", id="two-characters"),
        pytest.param("穩定糧食產量", "粮", id="one-character"),
        pytest.param("穩定糧食產量", "量", id="last-character"),
        pytest.param("穩定糧食產量", "穩定 产量", id="two-words"),
        pytest.param("改善农村\ufffd公路", "农村公路", id="replacement-character"),
        pytest.param("改善农?村公路", "农村公路", id="question-mark-for-a-letter"),
        pytest.param("改善农\u200b村 公\n路", "农村公路", id="zero-width-and-spaces"),
        pytest.param("改善农村公（gōng）路", "农村公路", id="reading-in-brackets"),
        pytest.param("改善农村公路", "农村\ufffd公路", id="damage-in-the-question"),
        pytest.param("印发⼯作要点", "工作要点", id="radical-for-a-character"),
        pytest.param("培训１.５万人次", "1.5万人", id="full-width-digits"),
        pytest.param("新增公办学位1.5万个", "学位1.5万", id="number-inside"),
        pytest.param("建设5G基站和New York馆", "5g基站", id="digit-and-letter"),
        pytest.param("建设5G基站和New York馆", "new YORK", id="latin-words"),
        pytest.param("甲局、乙局负责", "甲局、乙局", id="mark-in-the-question"),
        pytest.param("扩建𠮷野学校", "𠮷野", id="rare-plane"),
    ],
)
def test_words_are_found(text: str, words: str) -> None:
    """In either script, of any length, through damage and width."""
    assert finds(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("改善农村公路", "农村铁路", id="another-word"),
        pytest.param("改善农村公路", "村农", id="turned-round"),
        pytest.param("改善农村公路", "农村 铁路", id="one-of-two-words"),
        pytest.param("建设学校，校长负责", "学校长", id="across-a-mark"),
        pytest.param("学校\t校长", "学校长", id="across-cells"),
        pytest.param("建成150所", "15", id="part-of-a-number"),
        pytest.param("建成150所", "50所", id="end-of-a-number"),
        pytest.param("改善农村公路", "%%", id="no-letter"),
        pytest.param("改善农村公路", "", id="nothing"),
        pytest.param("改善农村公路", "   ", id="blank"),
    ],
)
def test_what_is_not_there_is_not_found(text: str, words: str) -> None:
    """No phrase reaches across a mark, and no number is a part of another."""
    assert not finds(text, words)


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '农"村',
        "NOT",
        "OR AND",
        "clause:农村",
        "农村*",
        "^农村",
        "(",
        "{a b}:",
        "'",
        "-农村",
    ],
)
def test_what_a_reader_types_is_no_syntax(words: str) -> None:
    """Every operator of FTS5 is a word like others, or nothing."""
    finds("改善农村公路", words)

    outside = fts_query(words).replace('"*', '"').split('"')[::2]
    assert {"", " AND "} >= set(outside)


def test_texts_side_by_side_make_no_word() -> None:
    """The end of one text and the beginning of the next are no phrase."""
    assert "学校 校 校长 长" == indexed(["学校", "校长"])


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        pytest.param("個", "个", id="script"),
        pytest.param("％", "%", id="width"),
        pytest.param(" 教 育\n局\ufffd", "教育局", id="spaces-and-damage"),
        pytest.param("MW", "MW", id="case"),
        pytest.param("New  York", "New York", id="latin"),
        pytest.param("", "", id="empty"),
    ],
)
def test_clean_words(printed: str, clean: str) -> None:
    """Simplified, half width, without damage; the case of a unit counts."""
    assert clean == clean_words(printed)
