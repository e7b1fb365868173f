"""Paths to the documents and items of a run; what cannot be used has its reason."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractor.core.errors import DocumentError
from extractor.core.records import Document, Item
from extractor.documents.items import split
from extractor.documents.loading import load_document
from extractor.documents.paths import expand_paths
from extractor.documents.rest import Rest
from extractor.extraction.strategy import count_open_dates
from extractor.runs.config import RunConfig

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """One loaded document and the items to do."""

    document: Document
    items: tuple[Item, ...]
    rest: tuple[Rest, ...] = ()
    """The lines of its cleaned text that are in no item."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will work on."""

    works: tuple[Work, ...]
    refused: tuple[DocumentError, ...] = field(default=())
    """Files that cannot be used; the others run."""


def load_as_told(path: Path, config: RunConfig) -> Document:
    """Load a file with what the run was told about its files.

    Raises:
        DocumentError: it cannot be used.
    """
    return load_document(
        path,
        encoding=config.encoding,
        title=config.title,
        issuer=config.issuer,
        plan_year=config.plan_year,
        max_bytes=config.max_bytes,
    )


def load_works(
    paths: Sequence[Path],
    config: RunConfig,
    on_file: Callable[[Path, int, int], None] | None = None,
) -> Plan:
    """Load and split every file; what cannot be used is refused with its reason.

    A byte-identical copy of a file is done once.

    Args:
        paths: files and folders.
        config: what was asked for.
        on_file: told before each file which one it is, of how many.
    """
    works: dict[str, Work] = {}
    files, refused = expand_paths(paths, config.max_bytes)
    for number, path in enumerate(files, start=1):
        if on_file:
            on_file(path, number, len(files))
        try:
            document = load_as_told(path, config)
            items, rest = split(document)
            if not items:
                raise no_items(path)
        except DocumentError as exc:
            refused.append(exc)
            continue
        if document.id in works:
            _log.warning("%s is a copy of %s", path, works[document.id].document.path)
            continue
        _warn_of_twin(document, works.values())
        works[document.id] = Work(document, items[: config.limit], rest)
        if document.plan_year is None:
            _warn_of_open_dates(works[document.id])
    return Plan(tuple(works.values()), tuple(refused))


def _warn_of_twin(document: Document, works: Iterable[Work]) -> None:
    """Say that two files, plan.docx and plan.pdf, look like one plan."""
    stem = document.path.rpartition(".")[0]
    for work in works:
        other = work.document
        if other.path.rpartition(".")[0] == stem and other.title == document.title:
            _log.warning(
                "%r looks like the plan of %r: same name, same title; both are read",
                document.path,
                other.path,
            )
            return


def _warn_of_open_dates(work: Work) -> None:
    """Say that a plan's year is not known, and how many of its dates need it."""
    open_dates = sum(count_open_dates(item) for item in work.items)
    _log.warning(
        "%r names no plan year: %d date%s open; give it with --plan-year",
        work.document.path,
        open_dates,
        " stays" if open_dates == 1 else "s stay",
    )


def no_items(path: Path) -> DocumentError:
    """Return the refusal of a file that nothing can be made of."""
    return DocumentError(
        f"{str(path)!r} has no items: no numbered points and no headed paragraphs were "
        "found; `extract items --cuts` shows what was left out"
    )
