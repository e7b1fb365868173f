"""A database as large as asked: what `tests.bench_browse` opens, page by page.

python -m tests.big_database build/big.db --records 1000000
python -m tests.big_database build/long.db --records 5000 --of-a-document 5000

A plan is a number of items with ten promises each; rules and model have read every one
of them, one call an item, and reviewers have judged a few.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from extractor.core.fields import FIELDS
from extractor.store.finding.search_text import indexed
from extractor.store.migrations import MIGRATIONS

MOMENT = "2031-01-02T03:04:05.000000Z"
OF_A_DOCUMENT = 1000
OF_AN_ITEM = 10
UNITS = "个所名人场"
WORDS = ("学位", "公路", "粮食", "养老床位", "污水处理厂", "图书馆", "水库", "茶园")
BODIES = ("教育局", "水利局", "住房和城乡建设局", "农业农村局", "卫生健康局")

Row = dict[str, Any]

_FULL = "m008_at_size"
"""The first migration that meets a full database."""
_COLUMNS = [column for field in FIELDS for column in field.columns()]


def promise(number: int, place: int) -> tuple[str, Row]:
    """Return a clause and what it says, with places in the clause; a third are hard."""
    word, unit = WORDS[(number + place) % len(WORDS)], UNITS[place % 5]
    actor = f"第{(number * 7 + place) % 600}{BODIES[place % 5]}"
    target = f"{place + 1}{unit}" if place % 3 == 0 else ""
    deadline = "年底前" if target else ""
    clause = f"{actor}{deadline}新增{word}{target}"
    words = {"actor": actor, "action": "新增", "object": word}
    words |= {"target": target, "deadline": deadline} if target else {}
    return clause, words


class Plan:
    """One document of the database, and its rows."""

    def __init__(self, number: int, records: int) -> None:
        self.number, self.records = number, records
        self.id = f"{number:016x}"
        self.issuer = f"某市第{number}局"
        self.year = 2000 + number % 25
        self.title = f"{self.issuer}{self.year}年工作要点"
        self.path = f"plans/{number:05}.txt"
        self.lines = [self.title]
        self.starts: list[int] = []
        at = len(self.title) + 1
        for place in range(records):
            label = f"{place // OF_AN_ITEM + 1}." if place % OF_AN_ITEM == 0 else ""
            line = f"{label}{promise(number, place)[0]}。"
            self.starts.append(at + len(label))
            self.lines.append(line)
            at += len(line) + 1
        self.source = "\n".join(self.lines)

    def document(self) -> Row:
        """Return its row of `documents`."""
        return {
            "id": self.id,
            "sha256": self.id,
            "path": self.path,
            "encoding": "utf-8",
            "title": self.title,
            "issuer": self.issuer,
            "plan_year": self.year,
            "n_chars": len(self.source),
            "source": self.source,
            "cuts": "[]",
            "added_at": MOMENT,
        }

    def item_id(self, place: int) -> str:
        """Return the id of the item that a record stands in."""
        return f"{self.number:08x}{place // OF_AN_ITEM:08x}"

    def call_id(self, place: int) -> str:
        """Return the id of the call that was asked about the item."""
        return f"ca{self.item_id(place)[2:]}"

    def items(self) -> Iterator[tuple[Row, Row, Row]]:
        """Yield the rows of each item, its outcome and its call."""
        for first in range(0, self.records, OF_AN_ITEM):
            at = first // OF_AN_ITEM
            lines = self.lines[first + 1 : first + 1 + OF_AN_ITEM]
            text = "\n".join(lines)
            label = f"{at + 1}."
            start = self.starts[first] - len(label)
            item: Row = {
                "id": self.item_id(first),
                "document_id": self.id,
                "position": at,
                "label": label,
                "heading_path": "[]",
                "start": start,
                "end": start + len(text),
                "text": text,
            }
            outcome: Row = {
                "run_id": "run",
                "item_id": item["id"],
                "outcome": "records",
                "records": len(lines),
                "finished_at": MOMENT,
            }
            call: Row = {
                "id": self.call_id(first),
                "run_id": "run",
                "item_id": item["id"],
                "request_key": item["id"],
                "purpose": "sentences",
                "model": "m",
                "attempt": 1,
                "status": 200,
                "finish_reason": "stop",
                "prompt_tokens": 300,
                "completion_tokens": 60,
                "latency_s": 0.5,
                "cost_usd": 0.0001,
                "request_body": json.dumps({"messages": text}, ensure_ascii=False),
                "response_body": "{}",
                "started_at": MOMENT,
            }
            yield item, outcome, call

    def record(self, place: int) -> Row:
        """Return its row of `commitments`."""
        clause, words = promise(self.number, place)
        start = self.starts[place]
        method = ("model", "rules", "both")[place % 7 % 3]
        row: Row = dict.fromkeys(_COLUMNS)
        row |= {
            "id": f"{self.number:06x}{place:010x}",
            "run_id": "run",
            "document_id": self.id,
            "item_id": self.item_id(place),
            "position": place % OF_AN_ITEM,
            "clause": clause,
            "start": start,
            "end": start + len(clause),
            "actor_source": "stated",
            "partners": "[]",
            "partner_spans": "[]",
            "kind": "hard" if "target" in words else "soft",
            "method": method,
            "call_id": None if method == "rules" else self.call_id(place),
            "likelihood": None if method == "rules" else -0.01 * (place % 40),
            "status": "ungrounded" if place % 50 == 7 else "grounded",
            "ungrounded": '[["partners", "某局"]]' if place % 50 == 7 else "[]",
            "who": words["actor"],
            "issuer": self.issuer,
            "plan_year": self.year,
            "anchor": f"clause {start}",
            "source_path": self.path,
            "is_shown": 1,
        }
        for name, text in words.items():
            at = start + clause.index(text)
            quote = f"{name}_quote" if name in ("target", "deadline") else name
            row |= {quote: text, f"{name}_start": at, f"{name}_end": at + len(text)}
        if "target" in words:
            row |= {
                "target_value": place + 1,
                "target_unit": UNITS[place % 5],
                "target_comparator": "eq",
                "target_change": "increase",
                "unit": UNITS[place % 5],
                "deadline_date": f"{self.year}-{place % 12 + 1:02}-28",
                "deadline_basis": "plan_year",
                "target_rule": "number",
                "deadline_rule": "year",
            }
        return row

    def readings(self, made: Row) -> Iterator[Row]:
        """Yield what rules and model read of a record; of a ninth they differ."""
        place = int(made["id"][6:], 16)
        is_number = made["kind"] == "hard"
        name = "target" if is_number else "action"
        for reader in ("rules", "model"):
            other = reader == "model" and place % 9 == 4
            yield {
                "id": f"{reader[0]}{self.number:05x}{place:010x}",
                "run_id": "run",
                "document_id": self.id,
                "item_id": made["item_id"],
                "position": place % OF_AN_ITEM,
                "reader": reader,
                "kind": "number" if is_number else "action",
                "quote": made.get("target_quote") or made["action"],
                "start": made[f"{name}_start"],
                "end": made[f"{name}_end"],
                "is_promise": 1,
                "action": "增加" if other else made["action"],
                "object": made["object"],
                "likelihood": -0.01 * (place % 40) if reader == "model" else None,
                "is_taken": int(not other),
                "call_id": made["call_id"] if reader == "model" else None,
            }

    def left_out(self, place: int) -> Row:
        """Return a number of the item that no record has."""
        start = self.starts[place]
        return {
            "id": f"lo{self.number:04x}{place:010x}",
            "run_id": "run",
            "document_id": self.id,
            "item_id": self.item_id(place),
            "position": 0,
            "kind": "number",
            "quote": self.source[start : start + 3],
            "start": start,
            "end": start + 3,
            "reason": ("existing", "eligibility", "target")[place // OF_AN_ITEM % 3],
        }

    def review(self, place: int) -> Row:
        """Return what a reviewer says of a record: one in five is corrected."""
        record = self.record(place)
        verdict = "correct" if place % 5 == 0 else "accept"
        return {
            "id": f"ee{self.number:04x}{place:010x}",
            "document_id": self.id,
            "item_id": record["item_id"],
            "commitment_id": record["id"],
            "run_id": "run",
            "reviewer": "甲",
            "verdict": verdict,
            "record": json.dumps(record) if verdict == "correct" else None,
            "created_at": MOMENT,
            "anchor": record["anchor"],
        }


REVIEWED = 199
"""One record in so many is judged."""


def rows(plan: Plan) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a plan with their tables, full text among them.

    Row ids are given, so that full text can be written beside and not after its row.
    """
    yield "documents", plan.document()
    yield (
        "document_paths",
        {
            "id": plan.id,
            "document_id": plan.id,
            "place": plan.path,
            "path": plan.path,
            "seen_at": MOMENT,
        },
    )
    items = -(-plan.records // OF_AN_ITEM)
    yield (
        "run_documents",
        {
            "run_id": "run",
            "document_id": plan.id,
            "position": plan.number,
            "started_at": MOMENT,
            "finished_at": MOMENT,
            "items": items,
            "with_records": items,
            "without_records": 0,
            "failed": 0,
        },
    )
    around = {"issuer": indexed([plan.issuer]), "title": indexed([plan.title])}
    for at, (item, outcome, call) in enumerate(plan.items(), plan.number * items + 1):
        yield "items", item | {"rowid": at}
        words = {"rowid": at, "text": indexed([item["text"]])}
        yield "items_fts", words | around
        yield "run_items", outcome
        yield "llm_calls", call
    for place in range(plan.records):
        at = plan.number * plan.records + place + 1
        record = plan.record(place)
        yield "commitments", record | {"rowid": at}
        words = {"rowid": at, "clause": indexed([record["clause"]])}
        yield "commitments_fts", words | around
        yield from (("readings", reading) for reading in plan.readings(record))
        if place % OF_AN_ITEM == 3:
            yield "left_out", plan.left_out(place)
        if place % REVIEWED == 5:
            yield "reviews", plan.review(place)


def add(conn: sqlite3.Connection, plan: Plan) -> None:
    """Write the rows of a plan, those of a table at once."""
    tables: dict[str, list[Row]] = {}
    for table, row in rows(plan):
        tables.setdefault(table, []).append(row)
    for table, found in tables.items():
        names = list(dict.fromkeys(name for row in found for name in row))
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        conn.executemany(
            f"insert into {table} ({columns}) values ({marks})",
            ([row.get(name) for name in names] for row in found),
        )


def make(path: Path, records: int, of_a_document: int = OF_A_DOCUMENT) -> None:
    """Write a database of so many records, and full text of them.

    Indexes are made last: sorted once, they take a tenth of the time. Migrations that
    fill what they make come last, too: they meet a database that is full.
    """
    conn = sqlite3.connect(path, isolation_level=None)
    db = Database(conn)
    MIGRATIONS.apply(db, stop_before=_FULL)
    conn.execute("pragma synchronous = off")
    conn.execute("pragma cache_size = -400000")
    conn.execute("begin")
    indexes = conn.execute(
        "select name, sql from sqlite_master where type = 'index' and sql is not null"
    ).fetchall()
    for name, _ in indexes:
        conn.execute(f"drop index {name}")
    conn.execute(
        "insert into runs (id, model, strategy, soft, schema_version, product_version, "
        "config, status, created_at) values ('run', 'm', 'sentences', 'model', '1', "
        "'0', '{}', 'finished', ?)",
        [MOMENT],
    )
    for number in range(max(records // of_a_document, 1)):
        add(conn, Plan(number, of_a_document))
    for _, sql in indexes:
        conn.execute(sql)
    MIGRATIONS.apply(db)
    conn.execute("commit")
    conn.close()


def main() -> None:
    """Make the database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--of-a-document", type=int, default=OF_A_DOCUMENT)
    given = parser.parse_args()
    started = time.perf_counter()
    make(given.path, given.records, given.of_a_document)
    print(f"made in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
