"""Task files (`evals/*.toml`): what is scored, against what, and what must hold.

```toml
name = "commitments"
description = "…"
used = "rules and prompts"     # what was made with the documents
unseen = true                  # nothing was: only scores are shown, never errors

[data]
gold = "gold"                  # directory of *.jsonl (`gold.annotators`), or several
documents = ["qinghe-2024"]    # names of gold files; left out: all
corpus = ["documents"]         # folders or files, searched by digest; or one

[data.used]                    # where some documents were used for something else
"worked examples" = ["qinghe-2024"]

[arms.rules]                   # no LLM, run in the process
strategy = "rules"

[arms.sentences]               # a model: predictions are handed over by the caller
strategy = "sentences"
model = "local"

[arms.stored]                  # a run in a database, the latest without `run`
database = "run.db"

[arms.other]                   # JSON Lines with the column names of v_commitments
export = "other.jsonl"

[bootstrap]
seed = 20260101
resamples = 2000

[compare]
pairs = [["rules", "sentences"]]  # is the second better than the first?

[gate]                         # a table, or [[gate]] for several
arm = "sentences"
strict_f1 = 0.8                # found, strict, soft_found, soft, items with
found_recall = 0.9             #   _f1, _precision or _recall: at least
max_ungrounded = 0.01          # share of records with a refused field: at most
min_digits = 1.0               # share of numbers accounted for: at least
max_drop_from_baseline = 0.02  # of found and strict F1
```

Paths are relative to the task file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from extractor.core.errors import ConfigError
from extractor.core.records import Record
from extractor.evals.scoring.intervals import (
    DEFAULT_RESAMPLES,
    DEFAULT_SEED,
    Resampling,
)
from extractor.extraction.strategy import Soft
from extractor.runs.config import StrategyName

RULES = "rules"
"""Name of the arm without a model, which is always scored."""
GATED_METRICS = ("found", "strict", "soft_found", "soft", "items")
_FIGURES = ("f1", "precision", "recall")
THRESHOLDS = (
    *(f"{metric}_{figure}" for metric in GATED_METRICS for figure in _FIGURES),
    "max_ungrounded",
    "min_digits",
    "max_drop_from_baseline",
)
"""Every key of a gate besides `arm`."""


class ArmSpec(Record):
    """An arm as the task file names it."""

    strategy: StrategyName | None = None
    model: str | None = None
    soft: Soft | None = None
    """None for what a run of the strategy does by default."""
    database: Path | None = None
    run: str | None = None
    export: Path | None = None
    cassettes: Path | None = None
    """Where the model's recorded replies lie, for the caller that asks it."""
    description: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> ArmSpec:
        sources = (self.strategy, self.database, self.export)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("needs one of strategy, database and export")
        return self


class Gate(Record):
    """Thresholds of one arm."""

    arm: str
    thresholds: dict[str, float]
    """Keys of `THRESHOLDS`."""


class Task(Record):
    """What is scored, against what, and what must hold."""

    name: str
    description: str = ""
    used: str = ""
    """What was made with its documents; empty where the file does not say."""
    used_by_document: dict[str, str] = Field(default_factory=dict)
    """The same of single documents, by their names, where it is something else."""
    unseen: bool = False
    """Nothing is made with its documents, so nobody is shown their errors."""
    gold: tuple[Path, ...] = Field(min_length=1)
    """Directories of gold; no document is in two of them."""
    documents: tuple[str, ...] = ()
    """Names of gold files; empty for all."""
    corpus: tuple[Path, ...] = ()
    """The source files, or directories that hold them."""
    arms: dict[str, ArmSpec] = Field(default_factory=dict)
    resampling: Resampling = Resampling()
    pairs: tuple[tuple[str, str], ...] = ()
    """Arms to compare: is the second better than the first?"""
    gates: tuple[Gate, ...] = ()


def load_task(path: Path) -> Task:
    """Load a task file.

    Raises:
        ConfigError: it cannot be read, is no TOML, or has a key that no task has.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"task {str(path)!r} cannot be read ({error.strerror}); check the path"
        ) from error
    except ValueError as error:
        raise ConfigError(f"task {str(path)!r} is no TOML ({error})") from error
    try:
        return Task.model_validate(_fields(tables, path.parent))
    except (ValidationError, ValueError) as error:
        raise ConfigError(f"task {str(path)!r}: {_reason(error)}") from error


def _fields(tables: dict[str, Any], base: Path) -> dict[str, Any]:
    """Return the fields of a task; whatever is left over is refused by pydantic."""
    fields = dict(tables)
    data = dict(fields.pop("data", {}))
    bootstrap = dict(fields.pop("bootstrap", {}))
    compare = dict(fields.pop("compare", {}))
    gates = fields.pop("gate", [])
    fields |= {
        "gold": _paths("gold", data.pop("gold", "gold"), base),
        "documents": data.pop("documents", ()),
        "corpus": _paths("corpus", data.pop("corpus", ()), base),
        "used_by_document": _used(data.pop("used", {})),
        "resampling": Resampling(
            bootstrap.pop("seed", DEFAULT_SEED),
            bootstrap.pop("resamples", DEFAULT_RESAMPLES),
        ),
        "pairs": compare.pop("pairs", ()),
        "gates": [_gate(g) for g in (gates if isinstance(gates, list) else [gates])],
        "arms": {
            name: _arm(spec, base)
            for name, spec in dict(fields.get("arms", {})).items()
        },
    }
    return fields | data | bootstrap | compare


def _paths(key: str, value: Any, base: Path) -> tuple[Path, ...]:
    """Return one directory or a list of them."""
    names = [value] if isinstance(value, str) else value
    try:
        return tuple(base / name for name in names)
    except TypeError as error:
        raise ValueError(
            f"data.{key}: {value!r} is no path and no list of paths"
        ) from error


def _used(groups: Any) -> dict[str, str]:
    """Return what each document was used for, from use to names."""
    if not isinstance(groups, dict) or any(
        not isinstance(names, list) for names in groups.values()
    ):
        raise ValueError("data.used: needs a list of documents for each use")
    return {name: use for use, names in groups.items() for name in names}


def _arm(spec: dict[str, Any], base: Path) -> dict[str, Any]:
    paths = ("database", "export", "cassettes")
    return spec | {key: base / spec[key] for key in paths if key in spec}


def _gate(table: dict[str, Any]) -> dict[str, Any]:
    thresholds = {key: value for key, value in table.items() if key != "arm"}
    unknown = sorted(set(thresholds) - set(THRESHOLDS))
    if unknown:
        raise ValueError(
            f"gate: unknown {unknown[0]!r}; one of {', '.join(THRESHOLDS)}"
        )
    return {"arm": table.get("arm"), "thresholds": thresholds}


def _reason(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)
