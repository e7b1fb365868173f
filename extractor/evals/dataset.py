"""What an evaluation reads, read once: a task's files and gold in, a `Dataset` out.

Arms, scores, agreement and the accounts of numbers all work on these values; nothing
of a task is loaded, split or read by the rules a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import ConfigError
from extractor.core.records import Record
from extractor.documents.items import split_items
from extractor.evals.gold.annotators import Annotators, load_document_gold
from extractor.evals.gold.records import GoldItem
from extractor.evals.gold.sources import DocumentFinder
from extractor.evals.scoring.number_use import NumberUse, find_numbers
from extractor.evals.tasks import Task
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import view_of
from extractor.runs.spool import Work


@dataclass(frozen=True)
class LoadedDocument(Work):
    """A document and its items; the rules read each item when first asked."""

    @cached_property
    def views(self) -> tuple[ItemReader, ...]:
        """Return the rules' view of each item."""
        return tuple(view_of(item, self.document) for item in self.items)

    @cached_property
    def numbers(self) -> tuple[tuple[NumberUse, ...], ...]:
        """Return the numbers of each item, as if no record used any."""
        return tuple(map(find_numbers, self.items, self.views))


class DocumentInfo(Record):
    """A document of the task's data."""

    name: str
    used: str
    """What was made with it; empty where the task does not say."""
    sha256: str
    title: str | None
    issuer: str | None
    plan_year: int | None
    items: int
    full_items: int
    """Items of coverage `full`."""
    hard: int
    """Gold hard records."""
    soft: int


class LabelledDocument(NamedTuple):
    """A document of the task and its gold."""

    name: str
    loaded: LoadedDocument
    gold: tuple[GoldItem, ...]
    """What is scored against."""
    annotators: Annotators | None
    """Both readings, where there are two."""
    used: str = ""
    """What was made with it."""

    @property
    def info(self) -> DocumentInfo:
        """Return what reports say of the document."""
        document = self.loaded.document
        full = [item for item in self.gold if item.coverage == "full"]
        return DocumentInfo(
            name=self.name,
            used=self.used,
            sha256=document.sha256,
            title=document.title,
            issuer=document.issuer,
            plan_year=document.plan_year,
            items=len(self.gold),
            full_items=len(full),
            hard=sum(len(item.hard) for item in self.gold),
            soft=sum(len(item.commitments) - len(item.hard) for item in full),
        )


class Dataset(NamedTuple):
    """A task and everything it is scored on."""

    task: Task
    labelled: tuple[LabelledDocument, ...]

    @property
    def documents(self) -> Mapping[str, LoadedDocument]:
        """Return what arms may see of it, by the documents' names: not the gold."""
        return {one.name: one.loaded for one in self.labelled}


def load_dataset(task: Task, corpus: Sequence[Path] = ()) -> Dataset:
    """Load the task's documents and their gold.

    Args:
        task: the task.
        corpus: directories searched before those of the task.

    Raises:
        ConfigError: the gold cannot be read, or a document's file is not there.
    """
    known = load_document_gold(task.gold)
    strange = sorted(set(task.used_by_document) - set(known))
    if strange:
        raise ConfigError(f"data.used names {strange[0]!r}, which has no gold")
    find = DocumentFinder([*corpus, *task.corpus])
    labelled = []
    for name in task.documents or known:
        if name not in known:
            where = ", ".join(repr(str(directory)) for directory in task.gold)
            raise ConfigError(f"there is no gold for {name!r} in {where}")
        gold, annotators = known[name]
        document = find(gold[0].doc_sha256)
        if document is None:
            raise ConfigError(
                f"the file of {name!r} (sha256 {gold[0].doc_sha256[:12]}…) is "
                "not there; give its directory with --corpus"
            )
        loaded = LoadedDocument(document, split_items(document))
        used = task.used_by_document.get(name, task.used)
        labelled.append(LabelledDocument(name, loaded, gold, annotators, used))
    return Dataset(task, tuple(labelled))
