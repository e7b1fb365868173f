"""Locks between processes: a file that one holds, released by the system at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def locked(path: Path, *, waits: bool = True) -> Iterator[None]:
    """Hold an exclusive lock on a file, made where there is none.

    Args:
        path: the file; it says nothing, and stays.
        waits: for another process that holds it.

    Raises:
        BlockingIOError: another process holds it, and this one does not wait.
    """
    with path.open("a+b") as file:
        if sys.platform == "win32":
            mode = msvcrt.LK_LOCK if waits else msvcrt.LK_NBLCK
            try:
                msvcrt.locking(file.fileno(), mode, 1)
            except PermissionError as exc:
                raise BlockingIOError from exc
        else:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        yield
