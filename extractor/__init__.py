"""Grounded commitments from the yearly work plans of Chinese public bodies."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from extractor.dates import parse_deadline
from extractor.documents import load_document
from extractor.items import split_items
from extractor.models import Commitment, Deadline, Document, Item, Quantity, Quote
from extractor.offsets import Span
from extractor.quantities import parse_quantity
from extractor.quoting import find_quote, find_quotes

try:
    __version__ = version("workplan-extract")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = [
    "Commitment",
    "Deadline",
    "Document",
    "Item",
    "Quantity",
    "Quote",
    "Span",
    "__version__",
    "find_quote",
    "find_quotes",
    "load_document",
    "parse_deadline",
    "parse_quantity",
    "split_items",
]
