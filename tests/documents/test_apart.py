"""PDF in a process of its own: the same reading, and an end to what has none."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from extractor.core.errors import DocumentError
from extractor.documents import apart
from extractor.documents.formats.readers import read_content
from extractor.documents.loading import load_document
from extractor.documents.reading import Reading
from tests.conftest import ROOT
from tests.format_samples import pdf_file, wrapped


def forms_in_forms(depth: int, times: int) -> bytes:
    """Return a page whose form says the next one so many times, and so on."""
    fonts = "/Font << /F 4 0 R >>"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        f"/Resources << {fonts} /XObject << /X 6 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        _stream(
            "", "BT /F 12 Tf 50 700 Td (Build 12 schools by June 2024) Tj ET /X Do"
        ),
    ]
    for at in range(depth):
        is_last = at == depth - 1
        inner = "" if is_last else f"/XObject << /X {7 + at} 0 R >>"
        bodies.append(
            _stream(
                "/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
                f"/Resources << {fonts} {inner} >>",
                ("BT /F 12 Tf (a) Tj ET " if is_last else "/X Do ") * times,
            )
        )
    objects = [f"{at} 0 obj\n{body}\nendobj\n" for at, body in enumerate(bodies, 1)]
    return f"%PDF-1.4\n{''.join(objects)}trailer << /Root 1 0 R >>\n%%EOF".encode()


def _stream(facts: str, content: str) -> str:
    return f"<< {facts} /Length {len(content)} >>\nstream\n{content}\nendstream"


@pytest.mark.parametrize(("depth", "times"), [(9, 10), (25, 2)])
def test_page_without_end_is_refused_and_the_next_file_is_read(
    tmp_path: Path, depth: int, times: int
) -> None:
    """Of 2 KB the library made 6 GB and more; nobody waits for the end."""
    bomb, good = tmp_path / "bomb.pdf", tmp_path / "good.pdf"
    bomb.write_bytes(forms_in_forms(depth, times))
    good.write_bytes(forms_in_forms(2, 3))
    started = time.monotonic()

    with pytest.raises(DocumentError) as refused:
        load_document(bomb)

    assert str(refused.value) == (
        f"{str(bomb)!r} takes more than 10 s or 500 MB to read, as no plan does; "
        "print it to a new PDF"
    )
    assert time.monotonic() - started < 100
    assert load_document(good).source == "Build 12 schools by June 2024\na\n"


def test_reading_is_the_same_as_here() -> None:
    """Text and places; a name that is no UTF-8, too."""
    content = pdf_file([wrapped(), wrapped(), []])
    name = os.fsdecode(b"plan-\xff.pdf")

    here = read_content(content, name, ".pdf")
    there = apart.read_apart(content, name, ".pdf")

    assert there == here
    assert len(here.places) > 10


def test_warnings_are_said_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The other process has no screen."""

    def warn(_content: bytes, name: str, _suffix: str) -> Reading:
        logging.getLogger("extractor.x").warning("%r has no text on page %d", name, 3)
        return Reading("文", "pdf", "pdf")

    monkeypatch.setattr(apart, "read_content", warn)
    answer = _answered("计划.pdf")
    monkeypatch.setattr(apart._process, "ask", lambda *_: answer)
    caplog.clear()

    assert apart.read_apart(b"", "计划.pdf", ".pdf") == Reading("文", "pdf", "pdf")
    assert caplog.messages == ["'计划.pdf' has no text on page 3"]


def _answered(name: str) -> object:
    """Return what the other process would answer."""
    outlet = io.BytesIO()
    apart._answer({"name": name, "suffix": ".pdf"}, b"", outlet)
    return json.loads(outlet.getvalue())


@pytest.mark.parametrize("content", [b"%PDF-1.7\n...", pdf_file([["一"]])])
def test_refusal_is_the_same_as_here(content: bytes) -> None:
    """Damaged, and a scan."""
    with pytest.raises(DocumentError) as here:
        read_content(content, "plan.pdf", ".pdf")
    with pytest.raises(DocumentError) as there:
        apart.read_apart(content, "plan.pdf", ".pdf")

    assert str(there.value) == str(here.value)


def test_process_that_is_gone_is_started_again() -> None:
    """As when the system was short of memory."""
    content = pdf_file()
    first = apart.read_apart(content, "plan.pdf", ".pdf")
    apart._process._running.kill()
    apart._process._running.wait()

    assert apart.read_apart(content, "plan.pdf", ".pdf") == first


def test_fault_of_the_product_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no file's fault, and no file is blamed for it."""

    def fail(*_: object) -> None:
        raise IndexError("a fault")

    monkeypatch.setattr(apart, "read_content", fail)
    answer = _answered("x")
    monkeypatch.setattr(apart._process, "ask", lambda *_: answer)

    with pytest.raises(RuntimeError, match="IndexError: a fault"):
        apart.read_apart(b"", "x", ".pdf")


def test_file_that_takes_long_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop in a library is no exception; time spent on other files does not count."""
    program = (
        "import time\n"
        "from extractor.documents import apart\n"
        "apart._die_after(1)\n"
        "apart._die_after(0)\n"
        "while time.process_time() < 2: pass\n"
        "print('alive', flush=True)\n"
        "apart._die_after(1)\n"
        "pow(7, 10**9)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ended.stdout, ended.returncode) == ("alive\n", -signal.SIGPROF)
