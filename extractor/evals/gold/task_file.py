"""Task file: gold that was just written in, what `extract eval` needs for it out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import UserError
from extractor.evals.gold.reviewed import ReviewedDocument, how_accepted

TASK = "task.toml"
_OURS = (
    "# Written by `extract export --format gold`, which writes it anew until this line "
    "goes.\n"
)


class WrittenTask(NamedTuple):
    """What became of the task file."""

    path: Path
    without_file: tuple[str, ...]
    """Paths of plans that do not lie where they were read."""
    is_others: bool = False
    """A person has made it their own, so it was left as it is."""


def write_task(documents: Sequence[ReviewedDocument], folder: Path) -> WrittenTask:
    """Write the task of gold into its folder.

    Args:
        documents: those whose gold was written there (`reviewed.write_gold`).
        folder: where the gold lies.

    Raises:
        UserError: the file cannot be written.
    """
    path = folder / TASK
    found = [(document.source_path, _source(document)) for document in documents]
    lost = tuple(said for said, source in found if source is None)
    sources = [_from(folder, source) for _, source in found if source]
    names = [document.name for document in documents]
    how = how_accepted(documents)
    lines = (
        f"{_OURS}",
        'name = "reviewed"\n',
        f'description = "Plans that people reviewed whole; {how}"\n\n',
        "[data]\n",
        'gold = "."\n',
        *_listed("documents", names),
        *_listed("corpus", sources),
        '\n[arms.rules]\nstrategy = "rules"\n',
    )
    try:
        if path.exists() and not path.read_bytes().startswith(_OURS.encode()):
            return WrittenTask(path, lost, is_others=True)
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"cannot write {str(path)!r} ({error.strerror})") from error
    return WrittenTask(path, lost)


def _source(document: ReviewedDocument) -> Path | None:
    """Return the file that the document was read from, if it is still there."""
    path = Path(document.source_path)
    if not document.source_path.isprintable() or not path.is_file():
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return path if digest == document.sha256 else None


def _from(folder: Path, path: Path) -> str:
    """Return a path as a file in the folder names it."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # it is on another drive
        return path.absolute().as_posix()


def _listed(key: str, values: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a list in TOML, whose strings are JSON's."""
    yield f"{key} = [\n"
    for value in values:
        yield f"  {json.dumps(value, ensure_ascii=False)},\n"
    yield "]\n"
