"""Kept: what was read of a whole database, until its file is written to."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class Kept(Generic[T]):
    """Some things read of each database, the last ones asked for.

    Args:
        most: how many things of a database.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: WeakKeyDictionary[Any, tuple[object, OrderedDict[str, T]]]
        self._of = WeakKeyDictionary()

    def __len__(self) -> int:
        return sum(len(things) for _, things in self._of.values())

    def get(self, db: Any, key: str) -> T | None:
        """Return what is kept under a key, None when the file was written since."""
        now, (then, things) = stamp(db), self._of.get(db, (None, OrderedDict()))
        if not now or now != then or key not in things:
            return None
        things.move_to_end(key)
        return things[key]

    def put(self, db: Any, key: str, thing: T, since: object) -> None:
        """Keep a thing.

        Args:
            db: what it was read of.
            key: what it is asked for by.
            thing: what was read.
            since: the file's stamp before it was read.
        """
        then, things = self._of.get(db, (None, OrderedDict()))
        if then != since:
            things = OrderedDict()
            self._of[db] = since, things
        things[key] = thing
        while len(things) > self._most:
            things.popitem(last=False)


def stamp(db: Any) -> tuple[object, ...]:
    """Return what changes whenever the file is written; nothing where there is none."""
    if not db.path:
        return ()
    files = [Path(db.path), Path(f"{db.path}-wal")]
    return tuple(
        (status.st_mtime_ns, status.st_size)
        for status in (file.stat() for file in files if file.exists())
    )
