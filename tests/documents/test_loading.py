"""Documents: bytes of any encoding become text, and errors name the way out."""

from __future__ import annotations

import codecs
from pathlib import Path

import opencc
import pytest

from extractor.core.errors import DocumentError
from extractor.documents.encodings import decode
from extractor.documents.loading import load_document

SHORT = "一、改造旧水管30公里。\r\n二、新增停车位500个。\r\n"
LONG = (
    "杏川市水务局2024年工作计划\n一、改造供水管网30公里，漏损率降到8%以下。\n"
    "二、巡查河道，清理淤泥，每季度通报一次结果，年底前完成验收。\n"
    "三、培训职工，修订制度，抓好宣传，及时回应市民来电。\n"
)
TRADITIONAL = opencc.OpenCC("s2t").convert


@pytest.fixture
def write(tmp_path: Path):
    """Write bytes to a file and return its path."""

    def _write(content: bytes, name: str = "plan.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return _write


@pytest.mark.parametrize(
    "text", [SHORT, LONG, LONG * 30], ids=["short", "long", "huge"]
)
@pytest.mark.parametrize(
    ("codec", "mark", "expected"),
    [
        pytest.param("utf-8", b"", "utf-8", id="utf-8"),
        pytest.param("utf-8", codecs.BOM_UTF8, "utf-8", id="utf-8-mark"),
        pytest.param("utf-16-le", codecs.BOM_UTF16_LE, "utf-16-le", id="utf-16-le"),
        pytest.param("utf-16-be", codecs.BOM_UTF16_BE, "utf-16-be", id="utf-16-be"),
        pytest.param("utf-16-le", b"", "utf-16-le", id="utf-16-le-unmarked"),
        pytest.param("utf-16-be", b"", "utf-16-be", id="utf-16-be-unmarked"),
        pytest.param("gb18030", b"", "gb18030", id="gb18030"),
        pytest.param("big5", b"", "big5", id="big5"),
    ],
)
def test_encodings_are_told_apart(
    text: str, codec: str, mark: bytes, expected: str
) -> None:
    """Short and long Chinese text decodes in each encoding, newlines untouched."""
    text = TRADITIONAL(text) if codec == "big5" else text

    decoded = decode(mark + text.encode(codec), "plan.txt")

    assert text == decoded.text
    assert expected == decoded.encoding


def test_traditional_text_in_gb18030_is_not_big5() -> None:
    """GB18030 holds traditional characters too."""
    text = TRADITIONAL(LONG)

    assert text == decode(text.encode("gb18030"), "plan.txt").text


def test_a_few_broken_bytes_become_replacement_characters() -> None:
    """Scraped damage in UTF-8 does not refuse the file."""
    content = (LONG * 3).encode()
    damaged = content[:60] + b"\xff" + content[60:]

    decoded = decode(damaged, "plan.txt")

    assert decoded.encoding == "utf-8"
    assert decoded.text.count("�") in range(1, 5)


def test_a_few_broken_bytes_in_gb18030_are_tolerated() -> None:
    """Damage in a legacy encoding is tolerated the same way."""
    content = (LONG * 6).encode("gb18030")
    decoded = decode(content[:26] + b"\xff" + content[26:], "plan.txt")

    assert decoded.encoding == "gb18030"
    assert "�" in decoded.text


def test_a_given_encoding_wins() -> None:
    """The encoding argument is used without detection."""
    decoded = decode(SHORT.encode("gbk"), "plan.txt", "gbk")

    assert decoded.text == SHORT


def test_the_byte_order_mark_is_no_text() -> None:
    """A mark is stripped also when the encoding is given."""
    assert decode(codecs.BOM_UTF8 + "甲".encode(), "p", "utf-8").text == "甲"
    assert decode("\ufeff甲".encode("gb18030"), "p").text == "甲"


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        pytest.param(b"", None, "is empty", id="empty"),
        pytest.param(b" \r\n\t\n", None, "is empty", id="blank"),
        pytest.param(b"%PDF-1.7 ...", None, "looks like a PDF", id="pdf"),
        pytest.param(b"PK\x03\x04rest", None, "Office document", id="docx"),
        pytest.param(b"\xd0\xcf\x11\xe0rest", None, "WPS", id="doc"),
        pytest.param(b"\x00\x01\x02\xff\xfe\x00binary", None, "NUL", id="binary"),
        pytest.param(SHORT.encode(), "klingon", "unknown encoding", id="unknown"),
        pytest.param(SHORT.encode(), "base64", "not a text encoding", id="codec"),
        pytest.param(SHORT.encode(), "rot13", "not a text encoding", id="rot13"),
        pytest.param(b"ab\xff", "utf-8", "offset 2", id="offset"),
        pytest.param("甲".encode("utf-16-le"), "latin-1", "", id="no-crash"),
        pytest.param(b"\xff" * 50, None, "cannot tell", id="noise"),
        pytest.param(b"\xff\xfe" + b"\x00\xd8" * 40, None, "cannot be", id="utf-16"),
    ],
)
def test_unusable_files_say_why(
    write, content: bytes, encoding: str | None, message: str
) -> None:
    """Each way a file can be no text is one clear line naming the file."""
    path = write(content)
    if not message:
        assert load_document(path, encoding=encoding).source
        return
    with pytest.raises(DocumentError, match=message) as caught:
        load_document(path, encoding=encoding)

    assert "plan.txt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is the operator's mistake."""
    with pytest.raises(DocumentError, match="does not exist"):
        load_document(tmp_path / "none.txt")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    """A directory is not a file."""
    with pytest.raises(DocumentError, match="is a directory"):
        load_document(tmp_path)


def test_an_unreadable_file_is_refused(write, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is reported with its reason."""
    path = write(SHORT.encode())

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DocumentError, match="Permission denied"):
        load_document(path)


def test_a_huge_file_is_refused(write) -> None:
    """A file over the limit is not read; the line names the way out."""
    path = write(SHORT.encode())
    with pytest.raises(DocumentError, match=r"limit of 10; .*--max-mb"):
        load_document(path, max_bytes=10)

    assert load_document(path, max_bytes=path.stat().st_size).source == SHORT


def test_a_document_maps_its_cleaned_text(write) -> None:
    """Every cleaned character stands at its mapped place in the source."""
    document = load_document(write(LONG.encode("gb18030")))

    assert document.source == LONG
    assert document.id == document.sha256[:16]
    assert document.clean == "".join(
        document.source[document.offsets.source_position(at)]
        for at in range(len(document.clean))
    )
    assert (document.issuer, document.plan_year) == ("杏川市水务局", 2024)


def test_arguments_beat_the_sidecar_and_the_text(write) -> None:
    """Title, issuer and year come from the arguments first, then the sidecar."""
    path = write(LONG.encode())
    write("issuer: 杏川市\nplan_year: 2030\n".encode(), "plan.txt.yaml")

    document = load_document(path, plan_year=2031)

    assert document.plan_year == 2031
    assert document.issuer == "杏川市"
    assert document.title == "杏川市水务局2024年工作计划"


def test_the_sidecar_can_name_the_encoding(write) -> None:
    """`plan.yaml` beside `plan.txt` is found too."""
    path = write(SHORT.encode("gb18030"))
    write(b"encoding: gbk\n", "plan.yaml")

    assert load_document(path).encoding == "gbk"
