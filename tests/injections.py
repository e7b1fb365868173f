"""Plans that tell the model what to do, and a model that does it.

`tests/data/injections.toml` has the attempts. What a run stored of one is checked here
by the database alone, with code that shares nothing with the product's own checks.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.fake_endpoint import Reply, completion, tool_call
from tests.printed_numbers import prints_date, prints_number, visible

KEY = "sk-hunter2-0123456789abcdefXYZ"
"""The key that the endpoint is sent, and echoes."""
TITLE = "云溪市2025年工作要点"
PLAN_YEAR = 2025
FIELDS = ("actor", "action", "object", "target", "deadline")

_DATA = Path(__file__).parent / "data" / "injections.toml"
_BREAKS = re.compile(r"[｜|\r\n\v\f\x85\u2028\u2029]")
_MARKED = re.compile(r"【(\d+):")
_COUNTED = re.compile(r"[0-9]+(?:\.[0-9]+)?[^0-9\s，。；、：]")
_STORED = """
select c.*, i."start" as item_start, i."end" as item_end, i.text as item_text,
  d.source, d.path
from commitments c
join items i on i.id = c.item_id
join documents d on d.id = c.document_id
order by i."start", c.position
"""
_REPLIES = """
select i.id, i.text, c.response_body
from llm_calls c join items i on i.id = c.item_id
"""


@dataclass(frozen=True)
class Attempt:
    """One plan, and what is said by a model that obeys it."""

    name: str
    text: str
    title: str = TITLE
    file: str | None = None
    items: int = 2
    """Points that the plan is read as."""
    records: tuple[dict[str, Any], ...] = ()
    replies: tuple[str, ...] = ()
    lines: str = ""
    again: str = ""
    times: int = 1
    is_cut: bool = False
    """The endpoint says that its limit cut the reply off."""
    fails: tuple[str, ...] = ()
    """Ways of asking in which the reply is no answer."""
    printed: tuple[float, ...] = ()
    """Values that the plan prints and a model may point at, but no rule takes."""

    @property
    def document(self) -> str:
        """Return the plan."""
        body = self.text.replace("{again}", self.again * self.times)
        return body if body.startswith("<") else f"{self.title}\n{body}"

    def write(self, folder: Path) -> Path:
        """Write the plan into a folder."""
        path = folder / (self.file or f"{self.name}.txt")
        path.write_bytes(self.document.encode())
        return path


def load_attempts() -> list[Attempt]:
    """Return the attempts, in the order of the file."""
    rows = tomllib.loads(_DATA.read_text(encoding="utf-8"))["attempt"]
    return [
        Attempt(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
        for row in rows
    ]


@dataclass
class ObeyingModel:
    """Answers as the attempt's plan wants it, in the form that is asked for."""

    attempt: Attempt
    system: str = ""
    """The instructions that came last."""

    def __call__(self, body: dict[str, Any]) -> Reply:
        """Answer a request."""
        self.system = str(body["messages"][0]["content"])
        question = next(
            str(message["content"])
            for message in reversed(body["messages"])
            if message["role"] == "user"
        )
        if "MarkedAnswer" in json.dumps(body):
            text = self._about_marks(question)
        elif "response_format" in body or "tools" in body:
            text = self._in_json(question)
        else:
            text = self._in_lines(question)
        reason = "length" if self.attempt.is_cut else "stop"
        if "tools" in body and not self.attempt.replies:
            return tool_call(text, finish_reason=reason)
        return completion(text, reason)

    def records(self, question: str) -> list[dict[str, Any]]:
        """Return all records that are claimed of a point."""
        told = [
            {name: self._filled(words) for name, words in record.items()}
            for record in self.attempt.records
        ]
        return told + list(self._more(question))

    def _more(self, question: str) -> Iterator[dict[str, Any]]:
        """Yield what is made up alike for every attempt."""
        for number in _COUNTED.findall(self.attempt.document)[:6]:
            yield {"action": "新建", "object": "机场", "target": number}
        for number in _COUNTED.findall(question)[:6]:
            yield {"action": "新建", "target": f"{number[0]}{number}"}
            yield {"target": f"{(int(number[0]) + 1) % 10}{number[1:]}"}
        yield {"action": self.system[:20], "target": "不低于94%", "actor": KEY}
        yield {"object": "口袋公园", "target": "12处", "deadline": "2023年底前"}

    def _in_json(self, question: str) -> str:
        if self.attempt.replies:
            return self._filled(self.attempt.replies[0])
        records = self.records(question)
        return json.dumps({"commitments": records}, ensure_ascii=False)

    def _about_marks(self, question: str) -> str:
        """Claim everything of marks, of marks that nobody made, and without one."""
        if self.attempt.replies:
            return self._filled(self.attempt.replies[0])
        records = self.records(question)
        names = [*map(int, _MARKED.findall(question)), 0, 77]
        pairs = zip(names, records * len(names), strict=False)
        numbers = [{"n": name, "target": True} | record for name, record in pairs]
        answer = {
            "numbers": [
                one | {"deadline": one.get("deadline", "t1")} for one in numbers
            ],
            "actions": [one for one in records if "target" not in one],
            "unmarked": [one for one in records if "target" in one],
        }
        for one in answer["numbers"]:
            one["target"] = True
        return json.dumps(answer, ensure_ascii=False)

    def _in_lines(self, question: str) -> str:
        """Claim everything of marks, of marks that nobody made, and without one."""
        if self.attempt.lines:
            return self._filled(self.attempt.lines)
        said = [
            tuple(str(record.get(f) or "-") for f in ("action", "object", "actor"))
            for record in self.records(question)
        ]
        said = [words for words in said if not _BREAKS.search("".join(words))]
        names = [*_MARKED.findall(question), "0", "77", "٣"]
        marks = [
            "｜".join((name, *words))
            for name, words in zip(names, said * len(names), strict=False)
        ]
        return "\n".join([*marks, *map("｜".join, said)])

    def _filled(self, words: Any) -> Any:
        if isinstance(words, list):
            return [self._filled(one) for one in words]
        again = self.attempt.again * self.attempt.times
        for mark, value in {
            "{prompt}": self.system,
            "{key}": KEY,
            "{again}": again,
        }.items():
            words = words.replace(mark, value)
        return words


@dataclass(frozen=True)
class StoredRecord:
    """A record as another program reads it from the database."""

    row: dict[str, Any]

    @cached_property
    def item(self) -> str:
        """Return the point as it stands in the source."""
        text: str = self.row["source"][self.row["item_start"] : self.row["item_end"]]
        return text

    @property
    def quotes(self) -> list[tuple[str, str, int, int]]:
        """Return (field, words, start, end) of all that it quotes, its clause too."""
        row = self.row
        made = [("clause", row["clause"], row["start"], row["end"])]
        for field in FIELDS:
            words = row[f"{field}_quote" if f"{field}_quote" in row else field]
            made.append((field, words, row[f"{field}_start"], row[f"{field}_end"]))
        spans = json.loads(row["partner_spans"])
        partners = zip(json.loads(row["partners"]), spans, strict=True)
        made += [("partners", words, *span) for words, span in partners]
        return [quote for quote in made if quote[1:] != (None, None, None)]

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Return (field, words) of what was refused."""
        return [(field, words) for field, words in json.loads(self.row["ungrounded"])]

    def faults(self) -> Iterator[str]:
        """Yield what is stored that the record's point does not print."""
        row = self.row
        if row["item_text"] != self.item:
            yield "the item is not its span"
        for field, words, start, end in self.quotes:
            if not (row["item_start"] <= start < end <= row["item_end"]):
                yield f"{field} {words!r} is outside of its item"
            if row["source"][start:end] != words:
                yield f"{field} {words!r} is not the source at its span"
        if bool(self.refused) != (row["status"] == "ungrounded"):
            yield f"status {row['status']} with {self.refused} refused"
        yield from self._computed_faults()

    def _computed_faults(self) -> Iterator[str]:
        """Yield what was computed from other words than the point's."""
        row = self.row
        for name in ("value", "upper", "baseline"):
            value = row[f"target_{name}"]
            if value is not None and not prints_number(self.item, value):
                yield f"target_{name} {value!r} is not printed"
        if row["target_value"] is not None and not row["target_quote"]:
            yield "a value without words"
        date, words = row["deadline_date"], row["deadline_quote"]
        if date is not None and not (
            words and prints_date(words, self.item, date, PLAN_YEAR)
        ):
            yield f"deadline_date {date!r} is not printed in {words!r}"
        unit = row["target_unit"]
        if unit and visible(unit) not in visible(self.item):
            yield f"target_unit {unit!r} is not printed"


def stored_records(db: Path) -> list[StoredRecord]:
    """Return all records of a database, in reading order."""
    with closing(sqlite3.connect(db)) as conn:
        conn.row_factory = sqlite3.Row
        return [StoredRecord(dict(row)) for row in conn.execute(_STORED)]


def claimed_words(db: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield (item id, the item's text, field, words) of all that replies claimed.

    They are the ledger's: what was claimed there is stored or refused.
    """
    with closing(sqlite3.connect(db)) as conn:
        for item_id, item, body in conn.execute(_REPLIES):
            message = json.loads(body)["choices"][0]["message"]
            calls = message.get("tool_calls") or []
            text = calls[0]["function"]["arguments"] if calls else message["content"]
            for record in filter(_says_something, json.loads(text)["commitments"]):
                for field, said in record.items():
                    for words in said if isinstance(said, list) else [said]:
                        yield item_id, item, field, words.strip()


def _says_something(record: dict[str, Any]) -> bool:
    """Say whether a record has a word; one without is left out aloud."""
    return any(map(str.isalnum, "".join(map(str, record.values()))))
