"""Bodies: a form with a file is read as browsers and curl write it, nothing else is."""

from __future__ import annotations

import pytest

from extractor.browse.writing.bodies import MAX_PARTS, Upload, body_of
from extractor.browse.writing.refusals import Refused

TYPE = "multipart/form-data; boundary=--x"


def part(name: str, content: bytes, more: str = "") -> bytes:
    """Return a part as a browser writes it."""
    head = f'----x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    """Return a whole body."""
    return b"".join(parts) + b"----x--\r\n"


def test_texts_and_a_file() -> None:
    """Each part is a field, and a file keeps every byte."""
    content = bytes(range(256)) + b"\r\n--x\r\n\n\r"
    file = part("file", content, '; filename="计划.pdf"\r\nContent-Type: a/b')

    said = body_of(TYPE, body(part("title", "标题\r\n二".encode()), file))

    assert {"title": "标题\r\n二", "file": Upload("计划.pdf", content)} == said


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("%22a%22.txt", '"a".txt', id="browser"),
        pytest.param(r"\"a\".txt", '"a".txt', id="curl"),
        pytest.param("../../etc/passwd", "../../etc/passwd", id="path"),
        pytest.param("", "", id="none-chosen"),
    ],
)
def test_name_of_a_file(written: str, name: str) -> None:
    """It is what the sender calls the file, and no more than words."""
    file = part("file", b"x", f'; filename="{written}"')

    assert name == body_of(TYPE, body(file))["file"].name


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        pytest.param("multipart/form-data", body(), 415, id="no-boundary"),
        pytest.param(
            'multipart/form-data; boundary="--x"', body(), 415, id="quoted-boundary"
        ),
        pytest.param(TYPE, b"", 400, id="empty"),
        pytest.param(TYPE, part("a", b"b"), 400, id="no-end"),
        pytest.param(TYPE, b"x\r\n" + body(part("a", b"b")), 400, id="preamble"),
        pytest.param(TYPE, body(b"----x\r\n\r\nb\r\n"), 400, id="no-name"),
        pytest.param(TYPE, body(part("a", b"\xff")), 400, id="no-text"),
        pytest.param(TYPE, body(part("\x00", b"b", "\0")), 400, id="odd-header"),
        pytest.param(
            TYPE, body(part("a", b"b", "\r\nX-Other: 1")), 400, id="other-header"
        ),
        pytest.param(
            TYPE, body(*[part("a", b"b")] * (MAX_PARTS + 1)), 400, id="many-parts"
        ),
    ],
)
def test_what_is_no_form(kind: str, content: bytes, status: int) -> None:
    """It is refused, and nothing of it is taken."""
    with pytest.raises(Refused) as refused:
        body_of(kind, content)

    assert status == refused.value.status
