"""Formats: one plan in any of them gives the same records, each with a place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import DocumentError
from extractor.core.records import Commitment, Document
from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from tests.eval_samples import rules_records
from tests.format_samples import FILES, plain_text, read, zip_file

LOCATORS = {
    "html": "line [0-9]+",
    "md": "line [0-9]+",
    "docx": "paragraph [0-9]+",
    "pdf": "page 1",
    "xlsx": "任务!A[0-9]+",
    "csv": "row [0-9]+",
}


def records(document: Document) -> list[tuple[Any, Commitment]]:
    """Return (item, record) of all that the rules find."""
    return [
        ((item.label, item.heading_path), record)
        for item in split_items(document)
        for record in rules_records(document, item)
    ]


def said(document: Document) -> list[Any]:
    """Return the records without where they stand."""
    return [
        (
            item,
            [(field, words.text) for field, words in record.words()],
            record.quantity,
            record.due,
        )
        for item, record in records(document)
    ]


@pytest.fixture
def plan(tmp_path: Path) -> Document:
    """Load the plan as a plain text."""
    path = tmp_path / "text.txt"
    path.write_text(plain_text(), encoding="utf-8")
    return load_document(path)


@pytest.mark.parametrize("suffix", FILES)
def test_plan_is_the_same_in_every_format(
    tmp_path: Path, plan: Document, suffix: str
) -> None:
    """Items, quotes and values do not depend on how the plan was published."""
    path = tmp_path / f"plan.{suffix}"
    path.write_bytes(FILES[suffix]())

    document = load_document(path)

    assert said(document) == said(plan)
    assert len(said(plan)) == 11
    assert (document.title, document.issuer, document.plan_year) == (
        plan.title,
        plan.issuer,
        plan.plan_year,
    )


@pytest.mark.parametrize("suffix", FILES)
def test_archive_gives_the_plan_too(
    tmp_path: Path, plan: Document, suffix: str
) -> None:
    """A file is read in its archive as it is outside."""
    path = tmp_path / "plans.zip"
    path.write_bytes(zip_file({f"inner/plan.{suffix}": FILES[suffix]()}))

    document = load_document(path / "inner" / f"plan.{suffix}")

    assert said(document) == said(plan)
    assert document.path.endswith(f"plans.zip/inner/plan.{suffix}")


@pytest.mark.parametrize("suffix", LOCATORS)
def test_every_quote_leads_back_to_a_place(tmp_path: Path, suffix: str) -> None:
    """A person finds each word in the file, and it is the source at its span."""
    path = tmp_path / f"plan.{suffix}"
    path.write_bytes(FILES[suffix]())
    document = load_document(path)

    found = records(document)

    for _, record in found:
        for _, words in record.words():
            place = document.place_of(words.span)
            assert place and re.fullmatch(LOCATORS[suffix], place.locator)
            assert words.span.slice(document.source) == words.text
            assert not re.search("[<>&]", words.text)
    starts = [place.start for place in document.places]
    assert starts == sorted(set(starts))
    # Different points stand in different places.
    assert len({document.place_of(r.clause.span) for _, r in found}) >= 4


def test_plain_text_has_no_places(plan: Document) -> None:
    """The offset is the place."""
    assert plan.places == ()
    assert plan.place_of(records(plan)[0][1].clause.span) is None


@pytest.mark.parametrize("suffix", [".txt", ".doc", "", ".csv"])
@pytest.mark.parametrize("made", ["docx", "pdf", "xlsx"])
def test_content_tells_the_format(made: str, suffix: str) -> None:
    """A name ends in anything."""
    assert read(FILES[made](), suffix).format == made


def test_text_is_a_page_only_if_it_clearly_is_one() -> None:
    """A tag inside a text is damage, which cleaning cuts; a doctype is a page."""
    assert read(FILES["html"](), ".txt").format == "html"
    assert read("<p>新建学校3所。</p>", ".txt").format == "text"
    assert read("<p>新建学校3所。</p>", ".txt").text == "<p>新建学校3所。</p>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0" + bytes(600), "save it as .docx", id="doc"),
        pytest.param(b"{\\rtf1 ...}", "RTF", id="rtf"),
        pytest.param(b"MIME-Version: 1.0\n", "save it as .html", id="mht"),
        pytest.param(zip_file({"OFD.xml": b"<a/>"}), "OFD", id="ofd"),
        pytest.param(zip_file({"content.xml": b"<a/>"}), "OpenDocument", id="odt"),
        pytest.param(zip_file({"ppt/a.xml": b"<a/>"}), "presentation", id="pptx"),
        pytest.param(zip_file({"a.txt": b"a"}), "files inside it", id="zip"),
        pytest.param(b"PK\x03\x04" + bytes(99), "cannot be opened", id="damaged"),
        pytest.param(b"%PDF-1.7 ...", "looks like a PDF but", id="damaged-pdf"),
        pytest.param(
            zip_file({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a"}),
            "looks like a Word document but",
            id="damaged-docx",
        ),
        pytest.param(
            zip_file({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a"}),
            "looks like an Excel workbook but",
            id="damaged-xlsx",
        ),
    ],
)
def test_what_is_not_read_is_one_line_with_the_way_out(
    content: bytes, words: str
) -> None:
    """The line names the file and what to do."""
    with pytest.raises(DocumentError, match=words) as caught:
        read(content, ".docx")

    assert "'plan.docx'" in str(caught.value)
    assert "\n" not in str(caught.value)
