"""Uploads: what was sent to be read, kept as a file beside the database.

`extract run` reads it there again, and so does whatever asks for the source of gold.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractor.browse.jobs.asked import Asked
from extractor.core.errors import DocumentError


def uploads(database: Path) -> Path:
    """Return the folder of what was sent to a database."""
    return database.with_name(f"{database.stem}-uploads")


@contextmanager
def kept(asked: Asked, database: Path) -> Iterator[Path]:
    """Yield the file of a plan, named by what is in it; no plan, and it goes again.

    Raises:
        OSError: it cannot be written.
    """
    path = uploads(database) / f"{asked.sha256[:16]}{asked.suffix}"
    is_new = not path.exists()
    if is_new:
        path.parent.mkdir(exist_ok=True)
        # Whole or not at all: a server that is killed leaves no half of a plan.
        part = path.with_suffix(".part")
        part.write_bytes(asked.content)
        part.replace(path)
    try:
        yield path
    except DocumentError:
        if is_new:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        raise
