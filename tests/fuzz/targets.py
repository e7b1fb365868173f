"""The four things that are fuzzed: what each is given, and what must hold of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from extractor.core.errors import DocumentError
from extractor.core.spans import Span
from extractor.documents.formats.readers import is_pdf, read_content
from extractor.documents.items import split
from extractor.documents.loading import document_of_text, load_document
from extractor.documents.paths import expand_paths
from extractor.documents.rest import values_by_reason
from extractor.language.labels import find_label
from extractor.language.numbers.amounts import tidy
from extractor.language.numbers.exactness import is_exact
from extractor.language.numbers.numerals import fold, format_numeral, parse_numeral
from extractor.language.numbers.quantities import iter_quantities, parse_quantity
from extractor.language.times.deadlines import iter_deadlines, parse_deadline
from extractor.language.times.undated import leading_time, undated_times
from extractor.language.times.year_words import read_deadline, this_years
from tests.fuzz import expressions, files, texts
from tests.fuzz.given import Given
from tests.fuzz.guard import Check
from tests.fuzz.mutation import MAX_SIZE
from tests.fuzz.promises import (
    deadline_holds,
    document_holds,
    quantity_holds,
    spans_hold,
    split_holds,
)

AROUND = 200
"""Characters of context that a parser sees, as a clause has."""
MOST = 50
"""Numbers or times of a text that are read where they stand."""
YEARS = (None, 1949, 2024, 2100)
"""Plan years at the edges of what a reader may name."""


class Target(NamedTuple):
    """A part of the product under fuzzing."""

    strategy: st.SearchStrategy[Given]
    check: Check
    seeds: Callable[[], Iterable[Given]]
    """Good inputs, from which an engine may set out."""
    suffixes: tuple[str, ...] = (".txt",)
    longest: int = expressions.LONG
    """Characters of a text or bytes of a file at most."""


def check_readers(given: Given) -> None:
    """Load a file as the command does: from a folder, archives opened.

    A PDF is read here, too: its own process would hide what it does.
    """
    if is_pdf(given.content):
        with suppress(DocumentError):
            read_content(given.content, "plan", given.suffix)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / f"plan{given.suffix}"
        path.write_bytes(given.content)
        found, refused = expand_paths([path])
        for error in refused:
            assert len(str(error).splitlines()) == 1
        for file in found:
            try:
                document = load_document(file)
            except DocumentError:
                if given.suffix != ".zip":
                    raise
            else:
                document_holds(document)


def check_splitter(given: Given) -> None:
    """Clean a text and split it into items and the rest."""
    document = document_of_text(given.text)
    document_holds(document)
    parts = split(document)
    split_holds(document, parts)
    assert all(
        count > 0 for count in values_by_reason(document.clean, parts.rest).values()
    )
    for line in given.text.splitlines()[:50]:
        label = find_label(line)
        assert label is None or 0 < label.length <= len(line)


def check_quantities(given: Given) -> None:
    """Find the numbers of a text, and read each one where it stands."""
    text = given.text
    assert len(fold(text)) == len(text)
    spans = list(iter_quantities(text))
    spans_hold(spans, text)
    read = [parse_quantity(text)]
    for span in spans[:MOST]:
        before = text[max(0, span.start - AROUND) : span.start]
        after = text[span.end : span.end + AROUND]
        words = span.slice(text)
        read.append(parse_quantity(words, before=before, after=after))
    for quantity in filter(None, read):
        assert quantity.quote in text
        quantity_holds(quantity)
        is_exact(quantity.value)
    value = parse_numeral(text)
    if value is not None:
        assert value.is_finite() and value >= 0
        assert tidy(value) == value == parse_numeral(format_numeral(value))


def check_dates(given: Given) -> None:
    """Find the times of a text, and read each one where it stands."""
    text = given.text
    spans = list(iter_deadlines(text))
    spans_hold(spans, text)
    for span in spans:
        assert parse_deadline(span.slice(text), 2000) is not None
    for span in (*spans[:MOST], Span(0, len(text))):
        for year in YEARS:
            for deadline in (
                parse_deadline(span.slice(text), year),
                read_deadline(text, span, year),
            ):
                if deadline is not None:
                    assert deadline.quote == span.slice(text)
                    deadline_holds(deadline)
    spans_hold(undated_times(text), text)
    spans_hold(list(this_years(text, 2024)), text)
    assert 0 <= leading_time(text) <= len(text)


TARGETS: dict[str, Target] = {
    "readers": Target(
        files.FILES, check_readers, files.seeds, files.SUFFIXES, MAX_SIZE
    ),
    "splitter": Target(texts.TEXTS, check_splitter, texts.seeds, longest=texts.LONG),
    "quantities": Target(
        expressions.QUANTITIES,
        check_quantities,
        partial(map, Given.of_text, expressions.QUANTITY_SEEDS),
    ),
    "dates": Target(
        expressions.DATES,
        check_dates,
        partial(map, Given.of_text, expressions.DATE_SEEDS),
    ),
}
