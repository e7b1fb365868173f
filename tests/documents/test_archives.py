"""Archives and folders: every file that is read, one line for each that is not."""

from __future__ import annotations

import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.core.errors import DocumentError
from extractor.documents import archives
from extractor.documents.loading import load_document
from extractor.documents.paths import expand_paths
from tests.commands import RULES, refused, rows
from tests.format_samples import FILES, zip_file

TEXT = FILES["txt"]()


def _names(files: list[Path], folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in files]


def test_archive_gives_its_files(tmp_path: Path) -> None:
    """Files that are read, in order of name; what a Mac leaves behind is none."""
    path = tmp_path / "plans.zip"
    members = ["b.docx", "a/c.txt", "__MACOSX/._b.docx", ".x.txt", "d.py", "e.pdf"]
    path.write_bytes(zip_file(dict.fromkeys(members, b"x")))

    files, unread = expand_paths([tmp_path])

    assert _names(files, tmp_path) == [
        "plans.zip/a/c.txt", "plans.zip/b.docx", "plans.zip/e.pdf",
    ]  # fmt: skip
    assert unread == []


def test_chinese_names_of_windows_are_read(tmp_path: Path) -> None:
    """They are in a codec that the archive does not name."""
    path = tmp_path / "plans.zip"
    content = zip_file({"PLAN1234.txt": TEXT})
    path.write_bytes(content.replace(b"PLAN1234", "计划计划".encode("gb18030")))

    (file,), _ = expand_paths([path])

    assert file.name == "计划计划.txt"
    assert load_document(file).source == TEXT.decode()


@pytest.mark.parametrize(
    "name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "C:/a.txt"]
)
def test_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    """Neither listed nor read; the file it means is not touched."""
    (tmp_path / "a.txt").write_text("secret")
    path = tmp_path / "plans.zip"
    path.write_bytes(zip_file({name: TEXT, "good.txt": TEXT}))

    files, unread = expand_paths([path])

    assert _names(files, tmp_path) == ["plans.zip/good.txt"]
    assert len(unread) == 1
    assert "leads out of the archive" in str(unread[0])
    with pytest.raises(DocumentError):
        load_document(path / name.lstrip("/"))


def test_link_and_locked_file_are_refused(tmp_path: Path) -> None:
    """A link may mean any file of this machine."""
    link, locked = zipfile.ZipInfo("link.txt"), zipfile.ZipInfo("locked.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "plans.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr(locked, "x")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # as an encrypting writer sets it
    path.write_bytes(content)

    files, unread = expand_paths([path])

    assert files == []
    assert [str(e).partition(": ")[2] for e in unread] == [
        "it is a link; pack the file itself",
        "it is locked with a password; unpack it yourself",
    ]


def test_archive_in_an_archive_is_not_opened(tmp_path: Path) -> None:
    """One line each; the files beside them are read."""
    path = tmp_path / "plans.zip"
    path.write_bytes(zip_file({"in.zip": zip_file({"a.txt": TEXT}), "b.txt": TEXT}))

    files, unread = expand_paths([path])

    assert _names(files, tmp_path) == ["plans.zip/b.txt"]
    assert ["archive in an archive" in str(exc) for exc in unread] == [True]


def test_file_packed_as_a_bomb_is_refused(tmp_path: Path) -> None:
    """The others are read."""
    path = tmp_path / "plans.zip"
    path.write_bytes(zip_file({"bomb.txt": b"0" * 3_000_000, "plan.txt": TEXT}))

    files, unread = expand_paths([path])

    assert _names(files, tmp_path) == ["plans.zip/plan.txt"]
    assert "packed more than 200 times" in str(unread[0])


@pytest.mark.parametrize(("max_files", "max_bytes"), [(1, 1000), (5, 1)])
def test_archive_of_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, max_files: int, max_bytes: int
) -> None:
    """Counted before anything is unpacked."""
    path = tmp_path / "plans.zip"
    path.write_bytes(zip_file({"a.txt": TEXT, "b.txt": TEXT}))
    monkeypatch.setattr(archives, "MAX_FILES", max_files)

    files, unread = expand_paths([path], max_bytes)

    assert files == []
    assert "more than the limit" in str(unread[0])


def test_limit_is_that_of_the_files_when_they_are_read(tmp_path: Path) -> None:
    """What `--max-mb` lets into the list can be read, and nothing else."""
    path = tmp_path / "plans.zip"
    path.write_bytes(zip_file({"a.txt": TEXT, "b.txt": TEXT}))
    largest = len(TEXT)

    (file, _), unread = expand_paths([path], largest)

    assert unread == []
    assert load_document(file, max_bytes=largest).source == TEXT.decode()
    with pytest.raises(DocumentError, match="more than the limit"):
        archives.read_member(path, file, largest // archives.MAX_TIMES)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(50), b"text"])
def test_damaged_archive_is_one_line(tmp_path: Path, content: bytes) -> None:
    """Whatever it is, the others run."""
    path = tmp_path / "plans.zip"
    path.write_bytes(content)

    assert ["cannot be read as a zip" in str(e) for e in expand_paths([path])[1]] == [
        True
    ]


def test_damaged_file_of_an_archive_is_one_line(tmp_path: Path) -> None:
    """Its checksum does not fit."""
    path = tmp_path / "plans.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("plan.txt", TEXT)
    path.write_bytes(path.read_bytes().replace("杏川".encode(), "杏州".encode(), 1))

    with pytest.raises(DocumentError, match="cannot be read"):
        load_document(path / "plan.txt")
    with pytest.raises(DocumentError, match=r"has no 'other\.txt'"):
        load_document(path / "other.txt")


def test_folder_of_all_formats_is_read_and_the_rest_is_said(
    cli_runner: CliRunner, caplog: pytest.LogCaptureFixture
) -> None:
    """Files of one name are all read, and said to look like one plan."""
    folder = Path("plans")
    (folder / "page_files").mkdir(parents=True)
    for suffix, make in FILES.items():
        (folder / f"plan.{suffix}").write_bytes(make())
    (folder / "page.html").write_bytes(FILES["html"]() + b" ")
    (folder / "page_files" / "menu.html").write_bytes(FILES["html"]() + b"  ")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    (folder / "logo.png").write_bytes(b"\x89PNG")
    (folder / "notes.py").touch()

    result = cli_runner.invoke(main, ["run", "plans", *RULES])

    refused(result, "'plans/old.doc'", "save it as .docx", code=3)
    assert {path for (path,) in rows("select source_path from v_commitments")} == {
        "plans/page.html",
        *(f"plans/plan.{suffix}" for suffix in FILES),
    }
    messages = [m for m in caplog.messages if "year" not in m]
    assert messages[0] == (
        "'plans/logo.png' is a picture and is not read; "
        "run OCR on it if it shows a plan"
    )
    assert sum("looks like the plan of" in m for m in messages) == len(FILES) - 1


def test_records_say_where_in_the_file_they_stand(cli_runner: CliRunner) -> None:
    """`v_commitments` has page and locator; plain text has neither."""
    for suffix in ("pdf", "xlsx", "txt"):
        Path(f"{suffix}.{suffix}").write_bytes(FILES[suffix]())

    cli_runner.invoke(main, ["run", "pdf.pdf", "xlsx.xlsx", "txt.txt", *RULES])

    assert rows(
        "select distinct source_path, page, locator from v_commitments "
        "where target_quote in ('30公里', '45公里') order by 1, 3"
    ) == [
        ("pdf.pdf", 1, "page 1"),
        ("txt.txt", None, None),
        ("xlsx.xlsx", None, "任务!A3"),
        ("xlsx.xlsx", None, "任务!A7"),
    ]
    assert rows("select path, format, encoding from documents order by 1") == [
        ("pdf.pdf", "pdf", "pdf"),
        ("txt.txt", "text", "utf-8"),
        ("xlsx.xlsx", "xlsx", "xlsx"),
    ]
    checked = cli_runner.invoke(main, ["check", "x.db"])
    assert checked.exit_code == 0, checked.output


def test_file_without_a_name_is_refused(tmp_path: Path) -> None:
    """Found by fuzzing: the library asks for the last letter of the name."""
    path = tmp_path / "plans.zip"
    content = zip_file({"x": TEXT, "good.txt": TEXT})
    # The length of the name is 0, its letter part of the field behind it.
    for mark, at in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        start = content.index(mark) + at
        content = content[:start] + b"\0\0\1\0" + content[start + 4 :]
    path.write_bytes(content)

    files, unread = expand_paths([path])

    assert _names(files, tmp_path) == ["plans.zip/good.txt"]
    assert [str(error) for error in unread] == [
        f"{str(path)!r} has '': its name is no path; pack it again"
    ]
    assert load_document(files[0]).source == TEXT.decode()


def test_two_files_of_one_name_are_not_one_in_silence(tmp_path: Path) -> None:
    """Only one can be read under it; unpacking keeps the last one, too."""
    path = tmp_path / "plans.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("plan.txt", "1.建成学校3所。")
        archive.writestr("plan.txt", TEXT)

    (file,), unread = expand_paths([path])

    assert load_document(file).source == TEXT.decode()
    assert [str(error) for error in unread] == [
        f"{str(path)!r} has 'plan.txt' twice; only the last one is read"
    ]
