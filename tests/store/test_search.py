"""Search: a plan in traditional script and damaged is found by what people type."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractor.core.records import Quantity
from extractor.store.finding.search_text import fts_query
from extractor.store.outcomes import Outcome
from extractor.store.store import Store
from tests.store_samples import make_commitment, make_document, make_items, make_run

PLAN = """雲嶺縣農業局2031年工作要點
1.改善農村\ufffd公路。年內改善農村公\u200b路300公里。
2.由縣糧食局新增糧食倉庫20個，縣財政局配合。
"""
RECORDS = "commitments"
ITEMS = "items"


def _quantity(words: str, value: int, unit: str) -> Quantity:
    return Quantity(
        quote=words, value=Decimal(value), unit=unit, comparator="eq", rule="count"
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a database with a run over the plan."""
    path = tmp_path / "plans.db"
    document = make_document(PLAN, title="雲嶺縣2031年工作要點", issuer="雲嶺縣農業局")
    first, second = items = make_items(document)
    run = make_run()
    roads = make_commitment(
        run.id,
        first,
        "年內改善農村公\u200b路300公里",
        action="改善",
        object="農村公\u200b路",
        target="300公里",
        quantity=_quantity("300公里", 300, "公里"),
    )
    stores = make_commitment(
        run.id,
        second,
        "新增糧食倉庫20個",
        actor="縣糧食局",
        action="新增",
        object="糧食倉庫",
        target="20個",
        quantity=_quantity("20個", 20, "個"),
        partners=("縣財政局",),
    )
    with Store(path) as store:
        store.add_document(document)
        store.add_items(items)
        store.start_run(run)
        store.start_document(run.id, document.id, 0)
        store.add_outcomes(run.id, [Outcome(first, [roads])])
        store.add_outcomes(run.id, [Outcome(second, [stores])])
        store.finish_document(run.id, document.id)
    return path


def rows(path: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read with a connection of our own, as another program would."""
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql, values).fetchall()


def found(path: Path, table: str, words: str) -> int:
    """Count the rows of a table that full text finds."""
    return len(
        rows(
            path,
            f"select 1 from {table}_fts where {table}_fts match ?",
            fts_query(words),
        )
    )


@pytest.mark.parametrize(
    ("words", "records", "items"),
    [
        pytest.param("农村公路", 1, 1, id="simplified"),
        pytest.param("農村公路", 1, 1, id="traditional"),
        pytest.param("粮食", 1, 1, id="two-characters"),
        pytest.param("公路 300公里", 1, 1, id="two-words"),
        pytest.param("公路 仓库", 0, 0, id="two-words-of-two-records"),
        pytest.param("云岭县农业局", 2, 2, id="issuer"),
        pytest.param("雲嶺縣農業局 仓库", 1, 1, id="issuer-and-word"),
        pytest.param("2031年工作要点", 2, 2, id="title"),
        pytest.param("扩大供给", 2, 2, id="heading"),
        pytest.param("农村\ufffd公路", 1, 1, id="damaged-word"),
        pytest.param("仓", 1, 1, id="one-character"),
        pytest.param("财政局", 1, 1, id="quote-outside-the-clause"),
        pytest.param("环保局", 0, 0, id="absent"),
    ],
)
def test_words_find_their_rows(
    path: Path, words: str, records: int, items: int
) -> None:
    """Records and items, by words of their own and of what stands around them."""
    assert (records, items) == (found(path, RECORDS, words), found(path, ITEMS, words))


def test_clean_words_stand_beside_the_quotes(path: Path) -> None:
    """個 is counted as 个, an unnamed actor as the issuer; quotes stay as printed."""
    assert rows(
        path, "select who, actor, unit, target_unit from v_commitments order by start"
    ) == [
        ("云岭县农业局", None, "公里", "公里"),
        ("县粮食局", "縣糧食局", "个", "個"),
    ]


def test_new_title_and_issuer_are_found(path: Path) -> None:
    """A sidecar that names them anew reaches the rows that are there already."""
    named = make_document(PLAN, title="另一要點", issuer="雲嶺縣水利局", plan_year=2032)
    with Store(path) as store:
        store.add_document(named)

    for table in (RECORDS, ITEMS):
        assert 2 == found(path, table, "云岭县水利局")
        assert 2 == found(path, table, "另一要点")
        assert 0 == found(path, table, "云岭县农业局")
    assert rows(path, "select who, issuer, plan_year from v_commitments") == [
        ("云岭县水利局", "雲嶺縣水利局", 2032),
        ("县粮食局", "雲嶺縣水利局", 2032),
    ]


def test_what_is_made_anew_is_found_once(path: Path) -> None:
    """An outcome takes the place of the one before, in full text, too."""
    _, second = make_items(make_document(PLAN))
    with Store(path) as store:
        store.add_outcomes(
            make_run().id,
            [Outcome(second, [make_commitment(make_run().id, second, "新增")])],
        )

    assert (0, 1) == (found(path, RECORDS, "仓库"), found(path, RECORDS, "新增"))
    with Store(path) as store:
        store.reset_run(make_run().id)
    assert [(0,)] == rows(path, "select count(*) from commitments_fts")


def test_what_was_cut_breaks_no_word(tmp_path: Path) -> None:
    """Advertising inside a word is no part of the text that is searched."""
    source = "甲縣2031年工作要點\n1.改善農村【廣告】公路300公里。\n"
    start = source.index("【廣告】")
    clean = source.replace("【廣告】", "")
    document = make_document(source)
    (item,) = make_items(document)
    kept = item.offsets.runs[0].source_start
    item = item.model_copy(
        update={
            "clean": clean.splitlines()[1],
            "offsets": type(item.offsets).from_kept(
                [
                    type(item.span)(kept, start),
                    type(item.span)(start + 4, item.span.end),
                ]
            ),
        }
    )
    run = make_run()
    with Store(tmp_path / "plans.db") as store:
        store.add_document(document)
        store.add_items([item])
        store.start_run(run)
        store.start_document(run.id, document.id, 0)
        record = make_commitment(run.id, item, "改善農村【廣告】公路300公里")
        store.add_outcomes(run.id, [Outcome(item, [record])])

    for table in (RECORDS, ITEMS):
        assert 1 == found(tmp_path / "plans.db", table, "农村公路")
        assert 0 == found(tmp_path / "plans.db", table, "广告")


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        pytest.param(
            "select * from v_commitments limit 51",
            "INDEX commitments_shown (is_shown=?)",
            id="first-page",
        ),
        pytest.param(
            "select count(*) from v_commitments",
            "COVERING INDEX commitments_shown (is_shown=?)",
            id="count",
        ),
        *(
            pytest.param(
                f"select {column} as value, count(*) as n from (select * from "
                f"v_commitments) where {column} is not null group by {column} "
                "order by n desc, value limit 21",
                f"COVERING INDEX commitments_shown_by_{index}",
                id=column,
            )
            for column, index in {
                "who": "who",
                "issuer": "issuer",
                "plan_year": "plan_year",
                "unit": "unit",
                "deadline_date": "deadline_date",
                "kind": "",
                "method": "",
                "status": "",
                "actor_source": "sets",
                "target_comparator": "sets",
                "target_change": "sets",
            }.items()
        ),
        pytest.param(
            "select * from v_commitments where who = 'x' limit 51",
            "commitments_shown_by_who (is_shown=? AND who=?)",
            id="one-value",
        ),
        pytest.param(
            "select * from v_commitments where commitment_id in (select id from "
            "commitments where rowid in (select rowid from commitments_fts "
            "where commitments_fts match 'x')) limit 51",
            "sqlite_autoindex_commitments_1 (id=?)",
            id="search",
        ),
        pytest.param(
            "select document_id, kind, count(*) from v_commitments group by 1, 2",
            "COVERING INDEX commitments_shown_by_document",
            id="documents",
        ),
    ],
)
def test_a_million_records_are_read_by_an_index(
    path: Path, sql: str, index: str
) -> None:
    """First page, counts, facets and words: the plan names the index and no scan."""
    plan = [row[3] for row in rows(path, f"explain query plan {sql}")]

    assert index in plan[0], plan
    assert not any(step.startswith("SCAN c") and "_fts" not in step for step in plan)
