"""A folder of many files of every format, some broken in every way.

`EXTRACT_FILES=1000` makes it the large one; the suite runs a fifth of it.
"""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from tests.commands import rows
from tests.format_samples import FILES, pdf_file, zip_file

N_FILES = int(os.environ.get("EXTRACT_FILES", "200"))
EVERY = 20
"""One file in so many is broken."""
_ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'


def _locked() -> bytes:
    content = bytearray(zip_file({"plan.txt": FILES["txt"]()}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plan.txt", b"1." * 4_000_000)
    return out.getvalue()


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty.txt": (b"", "is empty"),
    "nineteen.txt": ("没有要点的短文".encode()[:19], "cannot tell the encoding"),
    "nul.txt": (FILES["txt"]() + b"\0", "NUL"),
    "prose.txt": ("今天天气很好。".encode() * 9, "has no items"),
    "noise.txt": (bytes(range(128, 256)) * 9, "encoding"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(90), "a PNG image"),
    "database.txt": (b"SQLite format 3\0" + bytes(90), "an SQLite database"),
    "huge.txt": (b"1." * 10_000_001, "more than the limit"),
    "cut.docx": (FILES["docx"]()[:2000], "cannot be opened"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as .docx"),
    "entity.docx": (
        zip_file({"[Content_Types].xml": b"<x/>", "word/document.xml": _ENTITY}),
        "declares entities",
    ),
    "cut.xlsx": (FILES["xlsx"]()[:1500], "cannot be opened"),
    "cut.pdf": (FILES["pdf"]()[:300], "PDF"),
    "scan.pdf": (pdf_file([[]]).replace(b"- 1 -", b"     "), "OCR"),
    "page.mht": (b"MIME-Version: 1.0\r\n\r\n<html>", "web archive"),
    "blank.html": (b"<html><body><script>x</script></body></html>", "is empty"),
    "cut.zip": (zip_file({"plan.txt": FILES["txt"]()})[:80], "zip"),
    "locked.zip": (_locked(), "password"),
    "bomb.zip": (_bomb(), "packed more than"),
    "path.zip": (zip_file({"../plan.txt": FILES["txt"]()}), "leads out"),
    "nested.zip": (zip_file({"a.zip": zip_file({"b.txt": b"1"})}), "an archive in an"),
    "nothing.zip": (zip_file({"run.exe": b"MZ"}), "no files that are read"),
}


def make_folder(folder: Path, count: int) -> tuple[int, list[tuple[str, str]]]:
    """Write files of every format; return how many are good, and the broken ones."""
    folder.mkdir()
    broken: list[tuple[str, str]] = []
    kinds, ways = list(FILES), list(BROKEN)
    good = 0
    for number in range(count):
        if number % EVERY == 0:
            way = ways[len(broken) % len(ways)]
            content, words = BROKEN[way]
            name = f"{number:04}-{way}"
            broken.append((name, words))
        else:
            kind = kinds[number % len(kinds)]
            content, name = _another(FILES[kind](), number), f"{number:04}.{kind}"
            good += 1
        (folder / name).write_bytes(content)
    return good, broken


def _another(content: bytes, number: int) -> bytes:
    """Return a file that reads the same and is another: no copy is read twice."""
    if content.startswith(b"PK"):
        out = BytesIO(content)
        with zipfile.ZipFile(out, "a") as archive:
            archive.comment = f"{number}".encode()
        return out.getvalue()
    if content.startswith(b"%PDF"):
        return content + f"%{number}\n".encode()
    return content + b" " * number


def test_folder_of_files_is_done_but_for_the_broken_ones(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """Each broken file is one line with its reason; the others are all there."""
    good, broken = make_folder(tmp_path / "plans", N_FILES)

    result = cli_runner.invoke(
        main, ["run", str(tmp_path / "plans"), "--model", "rules", "--db", "x.db"]
    )

    assert result.exit_code == 3, result.output
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    for name, words in broken:
        said = [line for line in errors if name in line]
        assert len(said) == 1, (name, said)
        assert words in said[0], (name, said)
    assert len(errors) == len(broken)
    assert "Traceback" not in result.output
    assert rows("select count(*) from documents") == [(good,)]
    assert rows("select count(distinct n) from (select count(*) n from v_commitments "
                "group by source_path)") == [(1,)]  # fmt: skip


def test_every_way_to_be_broken_has_its_line(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """All ways at once, beside one good file."""
    for name, (content, _) in BROKEN.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_bytes(FILES["txt"]())

    result = cli_runner.invoke(
        main, ["run", str(tmp_path), "--model", "rules", "--db", "x.db"]
    )

    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert result.exit_code == 3
    found = {name: [line for line in errors if f"/{name}" in line] for name in BROKEN}
    assert {name: len(said) for name, said in found.items()} == dict.fromkeys(BROKEN, 1)
    for name, (_, words) in BROKEN.items():
        assert words in found[name][0]


@pytest.mark.parametrize("limit", [1, 3])
def test_limit_is_what_the_reader_says(
    cli_runner: CliRunner, tmp_path: Path, limit: int
) -> None:
    """A file of two megabytes is read only when that is allowed."""
    path = tmp_path / "plan.txt"
    path.write_bytes(FILES["txt"]() + b" " * 2_000_000)

    result = cli_runner.invoke(main, ["items", str(path), "--max-mb", str(limit)])

    assert result.exit_code == (1 if limit == 1 else 0)
    assert ("--max-mb" in result.stderr) == (limit == 1)
