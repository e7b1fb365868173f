"""A database of a million records, to time what a reader waits for.

python -m tests.big_database build/big.db --records 1000000

It makes the file where there is none, and prints how long the first page, the count,
each facet and a word of full text take, first and once they are warm.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from extractor.browse.plugin import search_clauses
from extractor.browse.serving import FACETS
from extractor.store.migrations import MIGRATIONS
from extractor.store.search_text import indexed
from extractor.store.statements import insert

MOMENT = "2031-01-02T03:04:05.000000Z"
OF_A_DOCUMENT = 1000
OF_AN_ITEM = 10
UNITS = "个所名人场"
WORDS = ("学位", "公路", "粮食", "养老床位", "污水处理厂", "图书馆", "水库", "茶园")


def documents(records: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield documents, each with its number."""
    for number in range(max(records // OF_A_DOCUMENT, 1)):
        document_id = f"{number:016x}"
        yield (
            number,
            {
                "id": document_id,
                "sha256": document_id,
                "path": f"plans/{number:05}.txt",
                "encoding": "utf-8",
                "title": f"某市{number}局{2000 + number % 25}年工作要点",
                "issuer": f"某市{number}局",
                "plan_year": 2000 + number % 25,
                "n_chars": 1,
                "source": "x",
                "cuts": "[]",
                "added_at": MOMENT,
            },
        )


def record(number: int, place: int, document: dict[str, Any]) -> dict[str, Any]:
    """Return a record of a document; a third of them are hard."""
    start, is_hard = place * 100, place % 3 == 0
    word = WORDS[(number + place) % len(WORDS)]
    made: dict[str, Any] = {
        "id": f"{number:06x}{place:010x}",
        "run_id": "run",
        "document_id": document["id"],
        "item_id": f"{number:08x}{place // OF_AN_ITEM:08x}",
        "position": place % OF_AN_ITEM,
        "clause": f"加快推进城乡建设，年底前新增{word}{place}{UNITS[place % 5]}",
        "start": start,
        "end": start + 40,
        "actor_source": "issuer",
        "partners": "[]",
        "partner_spans": "[]",
        "action": "新增",
        "object": word,
        "kind": "hard" if is_hard else "soft",
        "method": ("model", "rules", "both")[place % 3],
        "status": "grounded",
        "ungrounded": "[]",
        "who": f"某市{(number * 7 + place) % 3000}局",
        "issuer": document["issuer"],
        "plan_year": document["plan_year"],
        "anchor": f"clause {start}",
        "source_path": document["path"],
        "is_shown": 1,
    }
    if is_hard:
        made |= {
            "target_quote": f"{place}{UNITS[place % 5]}",
            "target_value": place,
            "target_unit": UNITS[place % 5],
            "unit": UNITS[place % 5],
            "deadline_date": f"{document['plan_year']}-{place % 12 + 1:02}-28",
        }
    return made


def make(path: Path, records: int) -> None:
    """Write a database of so many records, and full text of them."""
    conn = sqlite3.connect(path, isolation_level=None)
    MIGRATIONS.apply(Database(conn))
    conn.execute("pragma synchronous = off")
    conn.execute("begin")
    conn.execute(
        "insert into runs (id, model, strategy, soft, schema_version, product_version, "
        "config, status, created_at) values ('run', 'rules', 'marked', 'rules', '1', "
        "'0', '{}', 'finished', ?)",
        [MOMENT],
    )
    for number, document in documents(records):
        insert(conn, "documents", document)
        place = [document["id"], document["path"]]
        conn.execute(
            "insert into document_paths values (?, ?, ?, ?, ?)",
            [place[0], *place, place[1], MOMENT],
        )
        conn.execute(
            "insert into run_documents values ('run', ?, ?, ?, ?, 0, 0, 0, 0)",
            [document["id"], number, MOMENT, MOMENT],
        )
        for item in range(OF_A_DOCUMENT // OF_AN_ITEM):
            row = {
                "id": f"{number:08x}{item:08x}",
                "document_id": document["id"],
                "position": item,
                "label": f"{item}.",
                "heading_path": "[]",
                "start": item * 1000,
                "end": item * 1000 + 999,
                "text": "x",
            }
            insert(conn, "items", row)
        around = indexed([document["issuer"]]), indexed([document["title"]])
        for at in range(OF_A_DOCUMENT):
            row = record(number, at, document)
            insert(conn, "commitments", row)
            conn.execute(
                "insert into commitments_fts (rowid, clause, issuer, title) "
                "values (last_insert_rowid(), ?, ?, ?)",
                [indexed([row["clause"]]), *around],
            )
    conn.execute("commit")
    conn.close()


def questions() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what Datasette asks for the main table: name, SQL, values."""
    yield "first page", "select * from v_commitments limit 51", {}
    yield "count", "select count(*) from v_commitments", {}
    for facet in FACETS["v_commitments"]:
        sql = (
            f"select {facet} as value, count(*) as n from (select * from "
            f"v_commitments) where {facet} is not null group by {facet} "
            "order by n desc, value limit 21"
        )
        yield f"facet {facet}", sql, {}
    for words in ("学位", "养老床位", "茶", "某市12局 水库"):
        (clause,), values = search_clauses("v_commitments", words)
        yield (
            f"search {words}",
            f"select * from v_commitments where {clause} limit 51",
            values,
        )


def main() -> None:
    """Make the database where it is not there, and time what a page asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    given = parser.parse_args()
    if not given.path.exists():
        started = time.perf_counter()
        make(given.path, given.records)
        print(f"made in {time.perf_counter() - started:.0f} s")
    conn = sqlite3.connect(f"{given.path.absolute().as_uri()}?mode=ro", uri=True)
    for name, sql, values in questions():
        seconds = []
        for _ in range(3):
            started = time.perf_counter()
            conn.execute(sql, values).fetchall()
            seconds.append(time.perf_counter() - started)
        print(f"{name:24} first {seconds[0]:7.3f} s   warm {min(seconds):7.3f} s")


if __name__ == "__main__":
    main()
