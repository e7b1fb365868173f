"""Store: the only writer of the database; records in, SQLite rows out.

While a store is open the file is in WAL mode, so readers are never in the way and what
was committed survives `kill -9`.
Closing folds the log back into the one file, which can then be copied, mailed or served
from a read-only disk.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from extractor.core.errors import StoreError
from extractor.core.records import Document, Item
from extractor.core.runs import RunRecord, RunStatus, RunSummary, utc_text
from extractor.store.beginnings import (
    add_document,
    add_items,
    shown_outcome,
    start_document,
)
from extractor.store.database import (
    connect,
    missing_migrations,
    translated,
    write_ahead,
)
from extractor.store.eval_records import EvalRecord
from extractor.store.finding.shown import show
from extractor.store.migrations import MIGRATIONS
from extractor.store.outcomes import Outcome, add_outcomes
from extractor.store.reviews import Judgement, Review, add_review, undo_review
from extractor.store.rows import eval_row, eval_score_rows, storable
from extractor.store.statements import (
    OF_ITEMS,
    add_call,
    answer_of_run,
    insert,
    outcomes,
    remove_displaced,
    run_row,
    upsert,
)

_log = logging.getLogger(__name__)

_CACHE_KIB = 32 * 1024
"""Ids are digests, so that rows of a large table go anywhere in its indexes."""
_LOG_PAGES = 8000
"""Of 4 KiB: the same page is written many times before it is folded back."""


class Store:
    """An open database; a context manager.

    Every public method that writes is one transaction: it happened whole or not at all.

    Raises:
        StoreError: from the constructor and every method, with the path and the way
            out in one line.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        with translated(self.path):
            self._conn = connect(self.path)
        try:
            with translated(self.path):
                self._prepare()
        except BaseException:
            self._conn.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Fold the log back into the file and close it.

        Another process that has the file open keeps it in WAL mode, and a full disk
        leaves the log beside it; neither loses anything.
        """
        with suppress(sqlite3.Error):
            self._conn.execute("pragma busy_timeout = 0")
            self._conn.execute("pragma journal_mode = delete")
        self._conn.close()

    def add_document(self, document: Document) -> None:
        """Insert a document or update its metadata, as the latest version of its path.

        Earlier versions of the file stay with their records; the views leave them out.
        A file read again with another encoding has another text: the spans of earlier
        runs cannot be checked against it, so their rows go (the ledger stays).
        """
        with self._transaction() as db:
            add_document(db, document, self.path.parent)

    def add_items(self, items: Sequence[Item], *, is_whole: bool = False) -> None:
        """Insert or update items of documents that are stored.

        Items that an earlier version of the splitter made in their place go; where a
        run refers to one it stays, without a position.

        Args:
            items: the items, of one or more documents.
            is_whole: these are all items of their documents (no `--limit`), so every
                other one goes too.
        """
        with self._transaction() as db:
            add_items(db, items, is_whole=is_whole)

    def add_sheet(self, document_id: str, key: str, sheet: str) -> None:
        """Keep what a run made of a file before it read its items, in place of before.

        Args:
            document_id: a document that `add_document` has stored.
            key: what decided how the file was read.
            sheet: what was made of it, as JSON.
        """
        with self._transaction() as db:
            db.execute(
                "insert or replace into document_sheets values (?, ?, ?)",
                [document_id, key, storable(sheet)],
            )

    def start_run(self, run: RunRecord) -> None:
        """Insert a run, or take up an earlier one with the same id again."""
        row = run_row(run)
        with self._transaction() as db:
            known = db.execute("select 1 from runs where id = ?", [run.id]).fetchone()
            if not known:
                row["created_at"] = utc_text()
            upsert(db, "runs", row)

    def finish_run(self, run_id: str, status: RunStatus = "finished") -> None:
        """Say how a run ended."""
        with self._transaction() as db:
            db.execute(
                "update runs set status = ?, finished_at = ? where id = ?",
                [status, utc_text(), run_id],
            )

    def reset_run(self, run_id: str) -> None:
        """Forget the outcomes and records of a run, for `--no-resume`.

        The ledger stays: what was paid was paid.
        """
        with self._transaction() as db:
            done = db.execute(
                "select document_id from run_documents where run_id = ?", [run_id]
            ).fetchall()
            for table in (*OF_ITEMS, "run_documents"):
                db.execute(f"delete from {table} where run_id = ?", [run_id])
            for (document_id,) in done:
                show(db, document_id)

    def start_document(self, run_id: str, document_id: str, position: int) -> None:
        """Say that a run has begun a document, its `position`-th (from 0)."""
        with self._transaction() as db:
            start_document(db, run_id, document_id, position)

    def finish_document(
        self, run_id: str, document_id: str, items: int | None = None
    ) -> None:
        """Make this run the document's latest; refuse when an item has no outcome.

        What the run made of items that no longer exist goes.

        Args:
            run_id: the run.
            document_id: a document that `start_document` announced.
            items: how many items the run was to do, when not all (`--limit`).
        """
        with self._transaction() as db:
            if items is None:
                (items,) = db.execute(
                    "select count(*) from items "
                    "where document_id = ? and position is not null",
                    [document_id],
                ).fetchone()
            remove_displaced(db, run_id, document_id)
            done, *counts = outcomes(db, run_id, document_id)
            if done != items:
                raise StoreError(
                    f"document {document_id} has {items} items but run {run_id} has an "
                    f"outcome for {done}; run the same command again with --no-resume"
                )
            db.execute(
                "update run_documents set finished_at = ?, items = ?, "
                "with_records = ?, without_records = ?, failed = ? "
                "where run_id = ? and document_id = ?",
                [utc_text(), items, *counts, run_id, document_id],
            )
            show(db, document_id)

    def add_outcomes(self, run_id: str, outcomes: Sequence[Outcome]) -> None:
        """Store what a run made of items, in place of what it made of them before."""
        with self._transaction() as db:
            add_outcomes(db, run_id, outcomes)

    def done_items(
        self, run_id: str, document_id: str, *, with_failed: bool = False
    ) -> set[str]:
        """Return the ids of the items that a resumed run need not do again."""
        undone = "" if with_failed else "and outcome <> 'failed'"
        with translated(self.path):
            return {
                item_id
                for (item_id,) in self._conn.execute(
                    # From the few of the document, as in `statements.outcomes`.
                    "select item_id from items cross join run_items "
                    "on item_id = items.id "
                    f"where run_id = ? and document_id = ? {undone}",
                    [run_id, document_id],
                )
            }

    def shown_outcome(
        self, run_id: str, document_id: str, path: str
    ) -> tuple[int, int] | None:
        """Return what a run made of a document that is shown at a path.

        Returns:
            How many items it did, and how many of them failed; None when it has not
            finished the document, or another run or version is shown there.
        """
        with translated(self.path):
            return shown_outcome(self._conn, run_id, document_id, path)

    def run_summary(self, run_id: str) -> RunSummary:
        """Count what a run has made so far."""
        with translated(self.path):
            cursor = self._conn.execute(
                "select * from v_runs where run_id = ?", [run_id]
            )
            row = cursor.fetchone()
        if row is None:
            raise StoreError(f"{self.path} has no run {run_id!r}")
        names = [column[0] for column in cursor.description]
        return RunSummary(**dict(zip(names, row, strict=True)))

    def add_call(self, run_id: str, call: dict[str, Any]) -> str:
        """Add a row to the ledger (see `ledger`) and return its id.

        The id is that of the n-th attempt of the request in the run.
        """
        with self._transaction() as db:
            return add_call(db, run_id, call)

    def answered_call(
        self, run_id: str, request_key: str, since: str
    ) -> tuple[str, str] | None:
        """Return id and body of the newest answer of the run's endpoint."""
        with translated(self.path):
            return answer_of_run(self._conn, run_id, request_key, since)

    def reject_calls(self, call_ids: Sequence[str], reason: str) -> None:
        """Say of answers that they made nothing; a reason that stands already stays."""
        with self._transaction() as db:
            db.executemany(
                "update llm_calls set error = ? where id = ? and error is null",
                [(storable(reason), call_id) for call_id in call_ids],
            )

    def add_eval(self, evaluation: EvalRecord) -> None:
        """Store an evaluation with its scores, in place of the same one before."""
        moment = utc_text()
        row = eval_row(evaluation) | {"finished_at": moment}
        with self._transaction() as db:
            known = db.execute(
                "select 1 from eval_runs where id = ?", [evaluation.id]
            ).fetchone()
            if not known:
                row["created_at"] = moment
            upsert(db, "eval_runs", row)
            db.execute("delete from eval_scores where eval_run_id = ?", [evaluation.id])
            for score in eval_score_rows(evaluation):
                insert(db, "eval_scores", score)

    def add_review(self, judgement: Judgement) -> Review:
        """Store what a reviewer says, never over what was said before.

        Raises:
            UserError: see `reviews.add_review`.
        """
        with self._transaction() as db:
            return add_review(db, judgement)

    def undo_review(self, review_id: str, reviewer: str) -> Review:
        """Store that a reviewer takes one of their own reviews back.

        Raises:
            UserError: see `reviews.undo_review`.
        """
        with self._transaction() as db:
            return undo_review(db, review_id, reviewer)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction.

        `immediate`, because a deferred one that turns into a writer fails at once when
        another process wrote in between, without waiting.
        """
        with translated(self.path):
            self._conn.execute("begin immediate")
            try:
                yield self._conn
                self._conn.execute("commit")
            except BaseException:
                if self._conn.in_transaction:
                    self._conn.execute("rollback")
                raise

    def _prepare(self) -> None:
        """Set the connection up and bring the schema up to date."""
        missing = missing_migrations(self._conn, self.path)
        self._conn.execute("pragma foreign_keys = on")
        write_ahead(self._conn)
        self._conn.execute("pragma synchronous = normal")
        self._conn.execute(f"pragma cache_size = {-_CACHE_KIB}")
        self._conn.execute(f"pragma wal_autocheckpoint = {_LOG_PAGES}")
        if missing:
            db = Database(self._conn, execute_plugins=False)
            with self._transaction():
                MIGRATIONS.apply(db)
