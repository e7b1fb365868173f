"""Grounded commitments from the yearly work plans of Chinese public bodies.

The public names are loaded when they are first used, so that a program that is stopped
while it starts has little to load before it can say so.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from extractor.core.records import (
        Commitment,
        Deadline,
        Document,
        Item,
        Place,
        Quantity,
        Quote,
    )
    from extractor.core.spans import Span
    from extractor.documents.items import split_items
    from extractor.documents.loading import load_document
    from extractor.extraction.quoting import find_quote, find_quotes
    from extractor.language.numbers.quantities import parse_quantity
    from extractor.language.times.deadlines import parse_deadline
    from extractor.runs.extracting import extract

    __version__: str

__all__ = [
    "Commitment",
    "Deadline",
    "Document",
    "Item",
    "Place",
    "Quantity",
    "Quote",
    "Span",
    "__version__",
    "extract",
    "find_quote",
    "find_quotes",
    "load_document",
    "parse_deadline",
    "parse_quantity",
    "split_items",
]

_HOMES = {
    "Commitment": "core.records",
    "Deadline": "core.records",
    "Document": "core.records",
    "Item": "core.records",
    "Place": "core.records",
    "Quantity": "core.records",
    "Quote": "core.records",
    "Span": "core.spans",
    "extract": "runs.extracting",
    "find_quote": "extraction.quoting",
    "find_quotes": "extraction.quoting",
    "load_document": "documents.loading",
    "parse_deadline": "language.times.deadlines",
    "parse_quantity": "language.numbers.quantities",
    "split_items": "documents.items",
}


def __getattr__(name: str) -> object:
    """Load a public name on its first use."""
    from importlib import import_module

    if name == "__version__":
        value: object = _version()
    elif name in _HOMES:
        value = getattr(import_module(f"extractor.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'extractor' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names that are there and those that can be loaded."""
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("workplan-extract")
    except PackageNotFoundError:  # a source tree that was never installed
        return "0+unknown"
