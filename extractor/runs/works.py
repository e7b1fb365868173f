"""Paths to the documents and items of a run; what cannot be used has its reason."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from extractor.core.errors import DocumentError
from extractor.core.records import Document
from extractor.documents.items import split
from extractor.documents.loading import document_of_file, load_document, read_file
from extractor.documents.metadata import Metadata, read_sidecar
from extractor.documents.paths import expand_paths, shown_path
from extractor.runs.config import RunConfig
from extractor.runs.sheets import Sheet, sheet_key, sheet_of, stored_sheet
from extractor.runs.spool import Spool, Work

_log = logging.getLogger(__name__)

FindSheet = Callable[[str, str], str | None]
"""Document id and key in, the sheet that was stored under them out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will work on."""

    works: Spool
    refused: tuple[DocumentError, ...] = field(default=())
    """Files that cannot be used; the others run."""

    @property
    def items(self) -> int:
        """Return how many items there are in all."""
        return sum(sheet.items for sheet in self.works.sheets)


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
    find_sheet: FindSheet = lambda _id, _key: None,
) -> Plan:
    """Load and split every file; what cannot be used is refused with its reason.

    A byte-identical copy of a file is done once.

    Args:
        paths: files and folders.
        config: what was asked for.
        on_file: told before each file which one it is, of how many.
        find_sheet: finds what was kept of a file that was read before; such a file is
            read again only when its items are asked for.

    Raises:
        StoreError: there is no room for what is loaded.
    """
    works, known = Spool(), _Known()
    files, refused = expand_paths(paths, config.max_bytes)
    for number, path in enumerate(files, start=1):
        if on_file:
            on_file(path, number, len(files))
        try:
            sheet, work = _read(path, config, find_sheet)
        except DocumentError as exc:
            refused.append(exc)
            continue
        if not known.is_new(sheet):
            continue
        if sheet.plan_year is None:
            _warn_of_open_dates(sheet)
        if work is None:
            works.add_known(sheet, partial(_load_again, path, config, sheet))
        else:
            works.add(work, sheet)
    return Plan(works, tuple(refused))


def _read(
    path: Path, config: RunConfig, find_sheet: FindSheet
) -> tuple[Sheet, Work | None]:
    """Return a file's sheet, and the document where none was found for it."""
    content = read_file(path, config.max_bytes)
    told = Metadata(config.title, config.issuer, config.plan_year, config.encoding)
    told = told.or_else(read_sidecar(path))
    key = sheet_key(path.suffix, told)
    digest = hashlib.sha256(content).hexdigest()
    if found := find_sheet(digest[:16], key):
        return stored_sheet(found, shown_path(path)).limited(config.limit), None
    document = document_of_file(path, content, told)
    items, rest = split(document)
    if not items:
        raise no_items(path)
    sheet = sheet_of(document, items, rest, key)
    return sheet.limited(config.limit), Work(document, items[: config.limit], rest)


def _load_again(path: Path, config: RunConfig, sheet: Sheet) -> Work:
    """Load a file that was left unread because its sheet was known.

    Raises:
        DocumentError: it is no longer what it was when the run began.
    """
    document = load_as_told(path, config)
    if document.sha256 != sheet.sha256:
        raise DocumentError(
            f"{str(path)!r} was changed while the run was going; run the same command "
            "again"
        )
    items, rest = split(document)
    return Work(document, items[: config.limit], rest)


class _Known:
    """The documents so far, to tell copies and twins by."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}
        self._twins: dict[tuple[str, str | None], str] = {}

    def is_new(self, sheet: Sheet) -> bool:
        """Say whether a document is none of those before; say what it looks like.

        Two files, plan.docx and plan.pdf, may well be one plan: both are read.
        """
        if copy := self._paths.get(sheet.id):
            _log.warning("%s is a copy of %s", sheet.path, copy)
            return False
        self._paths[sheet.id] = sheet.path
        stem = sheet.path.rpartition(".")[0]
        twin = self._twins.setdefault((stem, sheet.title), sheet.path)
        if twin != sheet.path:
            _log.warning(
                "%r looks like the plan of %r: same name, same title; both are read",
                sheet.path,
                twin,
            )
        return True


def _warn_of_open_dates(sheet: Sheet) -> None:
    """Say that a plan's year is not known, and how many of its dates need it."""
    _log.warning(
        "%r names no plan year: %d date%s open; give it with --plan-year",
        sheet.path,
        sheet.open_dates,
        " stays" if sheet.open_dates == 1 else "s stay",
    )


def no_items(path: Path) -> DocumentError:
    """Return the refusal of a file that nothing can be made of."""
    return DocumentError(
        f"{str(path)!r} has no items: no numbered points and no headed paragraphs were "
        "found; `extract items --cuts` shows what was left out"
    )
