"""PDF: text with page and box; a scan is refused."""

from __future__ import annotations

import io
import logging

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractor.core.errors import DocumentError
from extractor.documents.formats import pdf
from tests.format_samples import lines, pdf_file, read

PAGE = [
    "\u3000\u3000一、改善水环境，全市整治黑臭水体六条，清理河道一百",
    "二十公里，年底前建成污水处理厂一座。",
    "\u3000\u3000二、铺设污水管网45公里。",
    "附件",
]


def test_lines_of_a_paragraph_are_joined() -> None:
    """A full line goes on in the next one that does not stand in."""
    assert lines(pdf_file([PAGE]), ".pdf") == [
        f"{PAGE[0]}{PAGE[1]}",
        PAGE[2],
        "附件",
        "- 1 -",
    ]


def test_places_have_page_and_box() -> None:
    """Each line has its own, also inside a paragraph."""
    places = read(pdf_file([PAGE, PAGE]), ".pdf").places

    assert [place.page for place in places] == [1] * 5 + [2] * 5
    left, bottom, right, top = places[1].box
    assert (left, places[1].locator) == (pytest.approx(80, abs=1), "page 1")
    assert right - left == pytest.approx(14 * len(PAGE[1]), abs=14)
    assert bottom < 760 - 24 < top


def test_scan_is_refused_with_what_to_do() -> None:
    """A scanner may print its name on every page; that is no text."""
    with pytest.raises(DocumentError, match=r"is a scan.*run OCR") as caught:
        read(pdf_file([["扫描王"], [], []]), ".pdf")

    assert "\n" not in str(caught.value)


def test_page_without_text_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """One scanned annex is no reason to refuse the plan."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(80, 700, "A plan with enough words on its first page to be read")
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    with caplog.at_level(logging.WARNING):
        read(out.getvalue(), ".pdf")

    assert caplog.messages == ["'plan.pdf' has no text on page 2; are they scanned?"]


def test_locked_file_is_refused() -> None:
    """Nobody is asked for a password."""
    out = io.BytesIO()
    canvas = Canvas(out, encrypt="secret")
    canvas.drawString(80, 700, "text")
    canvas.save()

    with pytest.raises(DocumentError, match="locked with a password"):
        read(out.getvalue(), ".pdf")


@pytest.mark.parametrize(
    ("limit", "words"), [("MAX_PAGES", "pages"), ("MAX_PAGE_CHARACTERS", "on page 1")]
)
def test_limits_are_one_line(
    monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    """What no printer would print is not read."""
    monkeypatch.setattr(pdf, limit, 1)

    with pytest.raises(DocumentError, match=words):
        read(pdf_file([PAGE, PAGE]), ".pdf")
