"""The book of batches: each step of a batch is written down before it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from extractor.core.records import content_id
from extractor.core.runs import RunRecord, utc_text
from extractor.store.batches.stored import OUT, Asked, Batch, cut_reply, read_batches
from extractor.store.database import translated
from extractor.store.rows import storable
from extractor.store.statements import add_call, insert, without_credentials
from extractor.store.store import Store

_BACKWARDS = "order by q.rowid desc limit 1"


class BatchStore(Store):
    """An open database that keeps batches, too."""

    def begin_batch(self, run: RunRecord, command: str) -> str:
        """Add a batch without requests and return its id; its run is started."""
        moment = utc_text()
        with self._transaction() as db:
            (earlier,) = db.execute("select count(*) from batches").fetchone()
            batch_id = content_id(run.id, moment, earlier)
            row = {"id": batch_id, "run_id": run.id, "command": command}
            insert(
                db,
                "batches",
                row | {"requests": 0, "bytes": 0, "most_usd": 0, "created_at": moment},
            )
        return batch_id

    def add_asked(
        self, batch_id: str, asked: Sequence[Asked], size: int, most_usd: float | None
    ) -> None:
        """Add requests to a batch: bytes of their lines, and the dearest answers."""
        with self._transaction() as db:
            for one in asked:
                row = {
                    "batch_id": batch_id,
                    "request_key": one.key,
                    "item_id": one.item_id,
                    "purpose": one.purpose,
                    "turn": one.turn,
                    "body": storable(one.body),
                }
                insert(db, "batch_requests", row)
            db.execute(
                "update batches set requests = requests + ?, bytes = bytes + ?, "
                "most_usd = most_usd + ? where id = ?",
                [len(asked), size, most_usd, batch_id],
            )

    def note(self, batch_id: str, **facts: Any) -> None:
        """Write down facts of a batch, columns by name; durable on return."""
        settings = ", ".join(f"{name} = :{name}" for name in facts)
        sql = f"update batches set {settings} where id = :batch"
        with self._transaction() as db:
            db.execute(sql, facts | {"batch": batch_id})
        with translated(self.path):  # what may be paid outlives a loss of power, too
            self._conn.execute("pragma wal_checkpoint")

    def drop_batch(self, batch_id: str) -> None:
        """Forget a batch that no endpoint has."""
        with self._transaction() as db:
            db.execute("delete from batches where id = ?", [batch_id])

    def drop_unsent(self, run_id: str) -> None:
        """Forget batches that were never sent: half planned, or of other runs.

        Nothing was paid, and their commands plan them anew.
        """
        with self._transaction() as db:
            db.execute(
                "delete from batches where creating_at is null "
                "and (planned_at is null or run_id <> ?)",
                [run_id],
            )

    def close_batch(self, batch_id: str) -> None:
        """Say that all answers of a batch are in the ledger: it is no longer out."""
        with self._transaction() as db:
            db.execute(
                "update batches set collected_at = ? where id = ?",
                [utc_text(), batch_id],
            )
            db.execute(
                "update batch_requests set body = null where batch_id = ?", [batch_id]
            )

    def add_answers(
        self, batch: Batch, calls: Iterable[tuple[str, dict[str, Any]]]
    ) -> tuple[int, int]:
        """Add answers to the ledger, each of a request once.

        Args:
            batch: the batch they are of.
            calls: each request's key, and what the ledger keeps beside what is known.

        Returns:
            How many were added, and how many are of no request of the batch.
        """
        added = unknown = 0
        with self._transaction() as db:
            for key, call in calls:
                found = db.execute(
                    "select item_id, purpose, body, call_id from batch_requests "
                    "where batch_id = ? and request_key = ?",
                    [batch.id, key],
                ).fetchone()
                if found is None:
                    unknown += 1
                elif found[3] is None:
                    row = {
                        "item_id": found[0],
                        "request_key": key,
                        "purpose": found[1],
                        "model": batch.model,
                        "attempt": 1,
                        "request_body": found[2],
                        "started_at": batch.creating_at,
                    }
                    call_id = add_call(db, batch.run_id, row | call)
                    db.execute(
                        "update batch_requests set call_id = ? "
                        "where batch_id = ? and request_key = ?",
                        [call_id, batch.id, key],
                    )
                    added += 1
        return added, unknown

    def asked_bodies(self, batch_id: str) -> Iterator[tuple[str, str]]:
        """Yield key and body of a batch's requests, in order."""
        with translated(self.path):
            yield from self._conn.execute(
                "select request_key, body from batch_requests where batch_id = ? "
                "order by rowid",
                [batch_id],
            )

    def is_overtaken(self, batch_id: str) -> bool:
        """Say whether a request of a batch was answered in another way meanwhile."""
        with translated(self.path):
            found = self._conn.execute(
                "select 1 from batch_requests q join batches b on b.id = q.batch_id "
                "join runs r on r.id = b.run_id "
                "join llm_calls c on c.request_key = q.request_key "
                "join runs a on a.id = c.run_id and a.base_url is r.base_url "
                "where q.batch_id = ? and c.status = 200 and c.error is null limit 1",
                [batch_id],
            )
            return found.fetchone() is not None

    def is_out(self, request_key: str, base_url: str) -> bool:
        """Say whether a request is in a batch that is not collected."""
        with translated(self.path):
            row = [request_key, without_credentials(base_url)]
            return self._conn.execute(OUT, row).fetchone() is not None

    def batches(self) -> list[Batch]:
        """Return all batches, oldest first."""
        with translated(self.path):
            return read_batches(self._conn)

    def reserved_usd(self, run_id: str) -> float:
        """Return what the batches of a run that are not collected may still cost."""
        with translated(self.path):
            (usd,) = self._conn.execute(
                "select coalesce(sum(most_usd), 0) from batches "
                "where run_id = ? and collected_at is null",
                [run_id],
            ).fetchone()
        return float(usd)

    def spent_usd(self, run_id: str) -> float:
        """Return what a run has cost so far, as far as it is known."""
        with translated(self.path):
            (usd,) = self._conn.execute(
                "select coalesce(sum(cost_usd), 0) from llm_calls where run_id = ?",
                [run_id],
            ).fetchone()
        return float(usd)

    def cut_reply(self, request_key: str, base_url: str) -> tuple[str, str] | None:
        """Return id and body of a batch's reply that was cut off and not read yet."""
        with translated(self.path):
            return cut_reply(self._conn, without_credentials(base_url), request_key)

    def note_read(self, run_id: str, item_id: str) -> None:
        """Say that an item was read to the end with all that batches answered."""
        with self._transaction() as db:
            db.execute(
                "update batch_requests set is_read = 1 where item_id = ? "
                "and not is_read "
                "and batch_id in (select id from batches where run_id = ?)",
                [item_id, run_id],
            )

    def why_unanswered(self, request_key: str, run_id: str) -> str | None:
        """Return what became of a request in its latest batch, None without one.

        Empty where the batch ended without a word of it.
        """
        with translated(self.path):
            row = self._conn.execute(
                "select coalesce(c.error, '') from batch_requests q "
                "join batches b on b.id = q.batch_id "
                "left join llm_calls c on c.id = q.call_id "
                f"where q.request_key = ? and b.run_id = ? {_BACKWARDS}",
                [request_key, run_id],
            ).fetchone()
        return row and str(row[0])

    def run_digests(self, run_id: str) -> set[str]:
        """Return the digests of the files of a run, as it was written down."""
        with translated(self.path):
            return {
                digest
                for (digest,) in self._conn.execute(
                    "select d.value ->> 0 from runs r, "
                    "json_each(r.config, '$.documents') d where r.id = ?",
                    [run_id],
                )
            }
