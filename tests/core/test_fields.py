"""The table of fields: it fits the records, and nobody else writes the fields down.

python -m tests.core.test_fields shows who does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from extractor.core.fields import COMPUTED, FIELDS, SCORED
from extractor.core.records import Content, Deadline, Quantity
from extractor.evals.gold.records import Alternatives
from tests.conftest import ROOT

PACKAGE = ROOT / "extractor"
NAMES = frozenset({f.name for f in FIELDS} | {f.column for f in FIELDS}) - {"rule"}
MANY = 5

PLACES = {
    "core/fields.py",  # the table
    "core/records.py",  # their types: Content, Quantity, Deadline
    "extraction/open.py",  # what a model is asked for: the words of a prompt
    "extraction/marked/answers.py",  # the same, of marks
    "store/migrations.py",  # published, never edited
    "store/schema/m001.py",
    "store/schema/m003.py",
    "store/schema/m007.py",  # the order of the public columns
}
"""Modules that write the fields of a record down."""
READERS = {
    "extraction/rules/targets.py",
    "extraction/rules/unnumbered.py",
    "language/numbers/quantities.py",
}
"""Modules that read the fields of a text, each in its own way."""
PAGES = {
    "browse/across/indicator.py",  # the table of an indicator as CSV
    "browse/marking.py",  # which fields have a colour
    "browse/pages/record.py",  # in what order a reader asks
    "browse/pages/stored.py",  # how a value is put in words
    "browse/review/answers.py",  # what was computed as one looks
    "browse/review/chosen.py",  # which fields a reviewer selects
    "browse/wording.py",  # their names in Chinese and English
}
"""Modules that show fields to people."""

COMPARED = {
    "store/across/pledges.py",  # what of a record is compared across plans
    "store/across/indicators.py",  # what its number is of
}
"""Modules that compare records of several plans."""


def listing(tree: ast.Module) -> Iterator[str]:
    """Yield the functions, classes and literals that name many fields of a record.

    A name is an attribute, a keyword, a declared field, a whole string, or a word of a
    string that names many; docstrings are prose.
    """
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            parts = [part for part in node.body if isinstance(part, ast.AnnAssign)]
        elif isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign
        ):
            parts = [node]
        else:
            continue
        found = {name for part in parts for name in named(part, prose)}
        if len(found & NAMES) >= MANY:
            yield f"line {node.lineno}: {', '.join(sorted(found & NAMES))}"


def named(node: ast.AST, prose: set[int]) -> Iterator[str]:
    """Yield what may name a field in a piece of code."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.keyword) and part.arg:
            yield part.arg
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id
        elif isinstance(part, ast.Constant) and id(part) not in prose:
            words = set(re.findall(r"\w[\w-]*", str(part.value)))
            yield from words if len(words & NAMES) >= MANY else [str(part.value)]


def places() -> dict[str, list[str]]:
    """Return what lists the fields, by module."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if listed := list(listing(ast.parse(path.read_text("utf-8")))):
            found[str(path.relative_to(PACKAGE))] = listed
    return found


def test_fields_are_written_down_in_few_places() -> None:
    """Whoever needs the fields reads the table; nobody lists them again."""
    assert PLACES | READERS | PAGES | COMPARED == set(places())
    assert len(PLACES) <= 8


def test_the_table_fits_the_records() -> None:
    """Each attribute of a record has its line, each line an attribute."""
    assert [f.name for f in FIELDS if not f.source] == [
        name for name in Content.model_fields if name not in COMPUTED.values()
    ]
    for source, record in (("target", Quantity), ("deadline", Deadline)):
        own = {field.name for field in FIELDS if field.source == source}
        assert own == set(record.model_fields) - {"quote"}
    assert set(Alternatives.model_fields) < set(SCORED)


if __name__ == "__main__":
    for module, listed in places().items():
        print(module, *listed, sep="\n  ")
