"""Loading: the Parquet of a run on a cluster into a database, the laws checked first.

The files may come from anybody: what is no row of this version, names another row than
its own, or says what its source does not, keeps its document out, whole.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from extractor.core.errors import StoreError, UserError
from extractor.core.records import content_id
from extractor.core.spans import Span
from extractor.core.text import one_line
from extractor.extraction.invariants import (
    LAWS,
    CheckedDocument,
    CheckedItem,
    violations,
)
from extractor.runs.storage import Storage
from extractor.store.carrying import tables
from extractor.store.carrying.loading import DocumentPart, Loading, was_whole
from extractor.store.carrying.parts import TABLES, Row
from extractor.store.rows import stored_commitment

_MARK = "run_documents"
_OF_DOCUMENT = ("items", "commitments", "left_out", "readings")
_OF_ITEM = ("run_items", "llm_calls", "failures")
_TIMES = ("started_at", "finished_at")


class Loaded(NamedTuple):
    """What became of a document, or of a file that the run could not read."""

    path: str
    outcome: str
    """loaded, known (it was there just so), refused, or unreadable."""
    reason: str = ""
    records: int = 0


def load(store: Loading, root: str) -> Iterator[Loaded]:
    """Load what lies under a path or an address; tell of each document.

    Args:
        store: where it goes.
        root: what `extract run --engine ray` was given as `--out`.

    Raises:
        UserError: there is nothing, or it is of a newer version.
        StoreError: the database cannot be written.
    """
    files = _Files(store, root)
    runs = {row["id"]: row for name in files.of("runs") for row in files.rows(name)}
    if not runs:
        raise UserError(
            f"{root!r} has no run; give what `extract run --engine ray` wrote to --out"
        )
    for run in runs.values():
        store.load_run(run)
    for name in files.of(_MARK):
        yield from _block(store, files, name, runs)
    for name in files.of("failures"):
        if "/refused-" in name:
            for row in files.rows(name):
                yield Loaded(row["source_path"] or "", "unreadable", row["message"])


class _Files:
    """The files of an output, by table."""

    def __init__(self, store: Loading, root: str) -> None:
        self._storage = Storage(root)
        self._columns = store.columns()

    def of(self, table: str) -> list[str]:
        """Return the names of a table's files."""
        found = self._storage.files(table)
        return [file.name for file in found if file.name.endswith(".parquet")]

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a file."""
        table = name.partition("/")[0]
        address = self._storage.address(name)
        content = self._storage.read(name)
        if content is None:
            raise UserError(f"{address!r} is missing; copy the whole folder again")
        return tables.read(content, address, self._columns[table]).rows


def _block(
    store: Loading, files: _Files, name: str, runs: Mapping[str, Row]
) -> Iterator[Loaded]:
    """Load the documents of a block, each in a transaction."""
    _, _, rest = name.partition("/")
    rows = {table: files.rows(f"{table}/{rest}") for table in TABLES}
    lost = [row for row in rows["llm_calls"] if row["item_id"] is None]
    store.load_calls([row for row in lost if row["run_id"] in runs])
    for part in _parts(rows):
        path, document_id = str(part.document["path"]), part.document["id"]
        run = runs.get(part.run_id)
        if store.has(part):
            yield Loaded(path, "known")
            continue
        try:
            if run is None:
                raise StoreError(f"run {part.run_id!r} is missing")
            _check(part)
            store.load_document(part, is_whole=was_whole(run))
        except StoreError as exc:
            yield Loaded(path, "refused", f"{path}: {document_id}: {exc}")
        else:
            yield Loaded(path, "loaded", records=len(part.rows["commitments"]))


def _parts(rows: Mapping[str, Sequence[Row]]) -> Iterator[DocumentPart]:
    """Part the rows of a block by document; rows of a run that is not done wait."""
    of_item = {item["id"]: item["document_id"] for item in rows["items"]}
    sorted_out: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for table in (*_OF_DOCUMENT, *_OF_ITEM):
        for row in rows[table]:
            if table in _OF_DOCUMENT:
                document_id = row["document_id"]
            else:
                document_id = of_item.get(row["item_id"], "")
            sorted_out[document_id][table].append(row)
    documents = {row["id"]: row for row in rows["documents"]}
    for started in rows[_MARK]:
        document = documents.get(started["document_id"])
        if document is not None:
            yield DocumentPart(document, started, sorted_out[document["id"]])


def _check(part: DocumentPart) -> None:
    """Refuse what no run makes, then what breaks a law.

    Raises:
        StoreError: it is so.
    """
    try:
        _check_shapes(part)
        _check_rows(part)
        document = _checked(part)
        broken = next(violations(document), None)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise StoreError(f"a row is malformed: {one_line(str(error))[:200]}") from error
    if broken:
        raise StoreError(f"not so: {LAWS[broken.law]}: {one_line(broken.words)}")


def _check_rows(part: DocumentPart) -> None:
    """Refuse rows that are of something else than they say."""
    document, source = part.document, part.document["source"]
    if document["sha256"][:16] != document["id"] or document["n_chars"] != len(source):
        raise StoreError("its id is not that of its file")
    items = {item["id"]: item for item in part.rows["items"]}
    for item in items.values():
        own = content_id(document["id"], item["start"], item["text"])
        if item["id"] != own:
            raise StoreError(f"item {item['id']!r} has the id of another")
    for table in (*_OF_DOCUMENT[1:], *_OF_ITEM):
        for row in part.rows[table]:
            if row["run_id"] != part.run_id or row["item_id"] not in items:
                raise StoreError(f"a row of {table} is of another run or document")
    for row in (*part.rows["left_out"], *part.rows["readings"]):
        if source[row["start"] : row["end"]] != row["quote"]:
            raise StoreError(f"not so: {LAWS['not-its-span']}: {row['quote']}")
    _check_sums(part)


def _check_shapes(part: DocumentPart) -> None:
    """Refuse JSON and times of other shapes than the store reads them in."""
    headings = [json.loads(item["heading_path"]) for item in part.rows["items"]]
    places = json.loads(part.document["places"])
    is_so = (
        all(isinstance(one, list) and set(map(type, one)) <= {str} for one in headings)
        and isinstance(places, list)
        and all(isinstance(place["start"], int) for place in places)
        and all(isinstance(part.started[name], str) for name in _TIMES)
    )
    if not is_so:
        raise StoreError("a row is malformed: its headings, places or times")


def _check_sums(part: DocumentPart) -> None:
    """Refuse a document of which an item or a record was lost on the way."""
    outcomes, records = part.rows["run_items"], len(part.rows["commitments"])
    if part.started["items"] != len(outcomes):
        raise StoreError("an item has no outcome")
    if records != sum(row["records"] for row in outcomes):
        raise StoreError(f"it has {records} records, and was said to have others")


def _checked(part: DocumentPart) -> CheckedDocument:
    document = part.document
    cuts = [(Span(cut["start"], cut["end"]), cut["reason"]) for cut in _cuts(document)]
    items = [
        CheckedItem(
            item["id"], item["label"], Span(item["start"], item["end"]), item["text"]
        )
        for item in part.rows["items"]
    ]
    records = list(map(stored_commitment, part.rows["commitments"]))
    return CheckedDocument(
        document["source"], cuts, document["plan_year"], items, records
    )


def _cuts(document: Row) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(document["cuts"])
    return found
