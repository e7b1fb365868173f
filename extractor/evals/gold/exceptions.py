"""Exceptions of gold: `exceptions.toml` in, what the parsers may read otherwise out.

The file lies beside the gold and holds for it and for both readings:

```toml
[[exception]]
doc_id = "guiyang-2022"
span = [4212, 4215]      # of the target's or the deadline's quote
field = "change"         # value, upper, unit, comparator, change, baseline, date, basis
reason = "…"
```
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import ValidationError

from extractor.core.errors import ConfigError
from extractor.core.records import Record
from extractor.core.spans import Span
from extractor.evals.scoring.fields import COMPUTED_FIELDS

EXCEPTIONS = "exceptions.toml"
BY_HAND = "set by the reviewer"
"""Why gold from reviews differs from what the parsers read."""


class GoldException(Record):
    """A value that the reader reads and the parsers do not."""

    doc_id: str
    span: Span
    field: str
    reason: str


def write_exceptions(
    path: Path, found: Sequence[GoldException], names: Collection[str]
) -> None:
    """Write what reviewers set by hand; what a person wrote there stays.

    Args:
        path: of the file, which is left alone where nothing of it changes.
        found: the exceptions that reviewers made.
        names: of the documents that were written, of which no others hold.
    """
    before = load_exceptions(path)
    kept = [e for e in before if e.reason != BY_HAND or e.doc_id not in names]
    if [*kept, *found] == list(before):
        return
    path.write_text("\n".join(map(_table, [*kept, *found])), encoding="utf-8")


def _table(exception: GoldException) -> str:
    """Return an exception in TOML, whose strings and numbers are JSON's."""
    values = (
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in exception.model_dump().items()
    )
    return "\n".join(["[[exception]]", *values, ""])


def load_exceptions(path: Path) -> tuple[GoldException, ...]:
    """Load the exceptions, none when there is no file.

    Raises:
        ConfigError: the file is malformed, or an exception has no reason.
    """
    if not path.is_file():
        return ()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("exception", [])
        exceptions = tuple(GoldException.model_validate(table) for table in tables)
    except (ValidationError, ValueError) as error:
        raise ConfigError(f"{str(path)!r} is malformed: {error}") from error
    for exception in exceptions:
        if not exception.reason.strip():
            raise ConfigError(f"{str(path)!r}: {exception.doc_id} has no reason")
        if exception.field not in COMPUTED_FIELDS:
            raise ConfigError(f"{str(path)!r}: unknown field {exception.field!r}")
    return exceptions
