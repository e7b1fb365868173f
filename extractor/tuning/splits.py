"""Splits: task files in, the samples to learn from and those held out, by document."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from extractor.core.errors import ConfigError
from extractor.core.records import Record
from extractor.evals.dataset import Dataset, load_dataset
from extractor.evals.tasks import load_task
from extractor.tuning.samples import Sample, samples_of

NO_FOLD = "none"
DEFAULT_FOLD = "3/6"
_FOLD = re.compile(r"(\d{1,6})/(\d{1,6})")


class Fold(NamedTuple):
    """Every `of`-th of the sorted documents, from `first` on, is held out."""

    first: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read N/M, or `none` for no fold.

        Raises:
            ConfigError: it is neither.
        """
        if text == NO_FOLD:
            return None
        match = _FOLD.fullmatch(text)
        if not match or not int(match[1]) < int(match[2]):
            raise ConfigError(
                f"--fold {text!r} is not N/M with N below M, such as {DEFAULT_FOLD}, "
                f"nor {NO_FOLD!r}"
            )
        return cls(int(match[1]), int(match[2]))


class TunedDocument(Record):
    """A document of the data, as the card of an adapter lists it."""

    task: str
    name: str
    sha256: str
    held_out: bool
    samples: int


class Data(NamedTuple):
    """What is learnt from and what it is measured on."""

    train: tuple[Sample, ...]
    held_out: tuple[Sample, ...]
    documents: tuple[TunedDocument, ...]
    """In the order of the tasks."""
    left_out: dict[str, int]
    """Questions without a sample, by reason."""
    gold: tuple[Path, ...]
    """Directories of the gold."""
    corpus: tuple[Path, ...]
    """Directories of the source files."""


def load_data(
    tasks: Sequence[Path],
    corpus: Sequence[Path],
    fold: Fold | None,
    names: Iterable[str] = (),
) -> Data:
    """Make the samples of task files and hold out those of some documents.

    Args:
        tasks: files as `extract eval` reads them.
        corpus: directories of source files, searched before those of the tasks.
        fold: of the documents that give samples, sorted by task and name.
        names: documents that are held out besides.

    Raises:
        ConfigError: a file is missing or wrong, a document is there twice, a name is
            of none, or nothing is left to learn from or to measure on.
    """
    datasets = [load_dataset(load_task(path), corpus) for path in tasks]
    _refuse_twice(datasets)
    made = [
        (data.task.name, document, samples_of([document]))
        for data in datasets
        for document in data.labelled
    ]
    keys = [(task, document.name) for task, document, found in made if found.samples]
    held_out = _held_out(sorted(keys), fold, set(names))
    left_out: Counter[str] = Counter()
    train: list[Sample] = []
    measured: list[Sample] = []
    documents = []
    for task, document, found in made:
        is_held_out = (task, document.name) in held_out
        (measured if is_held_out else train).extend(found.samples)
        left_out.update(found.left_out)
        documents.append(
            TunedDocument(
                task=task,
                name=document.name,
                sha256=document.loaded.document.sha256,
                held_out=is_held_out,
                samples=len(found.samples),
            )
        )
    if not train:
        raise ConfigError(
            "the documents that are not held out give no sample: label more items, or "
            "hold out fewer documents"
        )
    return Data(
        train=tuple(train),
        held_out=tuple(measured),
        documents=tuple(documents),
        left_out=dict(left_out),
        gold=_once(path for data in datasets for path in data.task.gold),
        corpus=_once(
            [*corpus, *(path for data in datasets for path in data.task.corpus)]
        ),
    )


def held_out_task(data: Data) -> str:
    """Return a task file that scores the documents that were held out, no other."""
    lists = {
        "gold": [str(path) for path in data.gold],
        "corpus": [str(path) for path in data.corpus],
        "documents": [one.name for one in data.documents if one.held_out],
    }
    # A list of strings is written the same in JSON and in TOML.
    lines = [f"{key} = {json.dumps(words)}" for key, words in lists.items()]
    return "\n".join(('name = "held-out"', "", "[data]", *lines, ""))


def _once(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(path.resolve() for path in paths))


def _refuse_twice(datasets: Sequence[Dataset]) -> None:
    """Refuse a document that is there twice: it could be learnt and measured on."""
    seen: dict[str, str] = {}
    for data in datasets:
        for document in data.labelled:
            where = f"{document.name!r} of task {data.task.name!r}"
            digest = document.loaded.document.sha256
            if digest in seen:
                raise ConfigError(
                    f"{where} is the same document as {seen[digest]}; name each "
                    "document in one task only"
                )
            if document.name in seen:
                raise ConfigError(
                    f"{where} has the name of {seen[document.name]}; rename its gold"
                )
            seen[digest] = seen[document.name] = where


def _held_out(
    keys: Sequence[tuple[str, str]], fold: Fold | None, names: set[str]
) -> set[tuple[str, str]]:
    """Return the (task, name) of the documents that are held out."""
    unknown = sorted(names - {name for _, name in keys})
    if unknown:
        raise ConfigError(
            f"--hold-out {unknown[0]!r} is no document of the tasks with samples; "
            "documents are named as the doc_id of their gold"
        )
    held_out = {key for key in keys if key[1] in names}
    if fold:
        chosen = keys[fold.first :: fold.of]
        if not chosen:
            raise ConfigError(
                f"fold {fold.first}/{fold.of} of {len(keys)} documents is empty: give "
                f"--fold 0/{max(2, len(keys))}, name documents with --hold-out, or "
                f"measure nothing with --fold {NO_FOLD}"
            )
        held_out.update(chosen)
    return held_out
