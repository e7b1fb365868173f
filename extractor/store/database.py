"""Opening the database: for writing, for reading, and what can go wrong.

Every SQLite error leaves here as one line that names the file and the way out.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from extractor.core.errors import StoreError, UserError
from extractor.store.migrations import MIGRATIONS, known_migrations

BUSY_TIMEOUT_S = 10.0
"""How long a connection waits for another process before it gives up."""
_LOOKS_AGAIN_S = 0.02

_WAYS_OUT = {
    sqlite3.SQLITE_FULL: "the disk is full, this one or that of temporary files "
    "(TMPDIR); free some space and run the same command "
    "again, what was stored is kept",
    sqlite3.SQLITE_BUSY: "another process is using it; wait for it or stop it",
    sqlite3.SQLITE_LOCKED: "another process is using it; wait for it or stop it",
    sqlite3.SQLITE_READONLY: "it is read-only; make it writable or give another --db",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; give a file you may read and write",
    sqlite3.SQLITE_NOTADB: "it is not a SQLite database; give another --db",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restore a copy or give another --db",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written; check it, then run the "
    "same command again",
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into one line that names the file and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        way_out = _WAYS_OUT.get(code & 0xFF) if code is not None else None
        raise StoreError(
            f"database {str(path)!r}: {way_out or error}"
            + (f" ({error})" if way_out else "")
        ) from error


def connect(path: Path) -> sqlite3.Connection:
    """Open a file for writing, made with its directory when there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the directory of {str(path)!r} ({error.strerror}); "
            "give another --db"
        ) from error
    return sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)


def write_ahead(conn: sqlite3.Connection) -> None:
    """Put the file into WAL mode, waiting for another process like any statement.

    SQLite itself does not wait here: the pragma holds a read lock when it asks for the
    write lock, so it fails at once while another process writes or does the same.
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            conn.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(_LOOKS_AGAIN_S)
        else:
            return


def missing_migrations(conn: sqlite3.Connection, path: Path) -> list[str]:
    """Return the names of the migrations the file has not seen.

    Raises:
        StoreError: the file is another program's, or a newer version's.
    """
    db = Database(conn, execute_plugins=False)
    applied = [migration.name for migration in MIGRATIONS.applied(db)]
    if not applied and db.table_names():
        raise StoreError(
            f"{str(path)!r} is a database of another program; give another file"
        )
    known = known_migrations()
    newer = [name for name in applied if name not in known]
    if newer:
        raise StoreError(
            f"{str(path)!r} was written by a newer version of this program (it has "
            f"{newer[-1]}); upgrade: pip install --upgrade workplan-extract"
        )
    return [name for name in known if name not in applied]


def read_database(path: str | Path) -> sqlite3.Connection:
    """Open a database of this product for reading.

    Raises:
        UserError: there is none, or it is not one this version can read.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"there is no database at {str(path)!r}; make one: extract run")
    try:
        with translated(path):
            conn = sqlite3.connect(read_uri(path), uri=True, timeout=BUSY_TIMEOUT_S)
            missing = missing_migrations(conn, path)
    except StoreError as error:
        raise UserError(str(error)) from error
    if missing:
        conn.close()
        raise UserError(
            f"{str(path)!r} is not complete ({', '.join(missing)} is missing); "
            "open it once with this version: extract serve FILE --write, or extract run"
        )
    return conn


def is_immutable(path: Path) -> bool:
    """Say whether SQLite can read the file only as one that nobody changes.

    A file in WAL mode needs a shared-memory file beside it, which a read-only
    directory does not allow.
    """
    probe = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        probe.execute("select count(*) from sqlite_master")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in (
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
        )
    finally:
        probe.close()
    return False


def read_uri(path: Path) -> str:
    """Return the SQLite URI that reads the file without writing to it."""
    mode = "immutable=1" if is_immutable(path) else "mode=ro"
    return f"{path.absolute().as_uri()}?{mode}"
