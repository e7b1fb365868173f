"""Command line paths: folders become their files, the rest is left to loading."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extractor.documents.formats.readers import SUFFIXES
from extractor.documents.paths import expand_paths


def touch(folder: Path, *names: str) -> None:
    """Make empty files, with their folders."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folder_gives_its_files_at_every_depth_in_order(tmp_path: Path) -> None:
    """Names decide the order, so the same folder is the same run everywhere."""
    touch(tmp_path, "b.txt", "a/z.TXT", "a/y.py", "c/d/e.txt", "b.txt.yaml")

    files, refused = expand_paths([tmp_path])

    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "a/z.TXT",
        "b.txt",
        "c/d/e.txt",
    ]
    assert refused == []


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    """What an editor or a file manager leaves behind is no plan."""
    touch(tmp_path, ".a.txt", "._b.txt", ".git/c.txt", "d.txt")

    assert expand_paths([tmp_path])[0] == [tmp_path / "d.txt"]


def test_file_named_twice_is_there_once(tmp_path: Path) -> None:
    """A file and its folder give the file once, where it was named first."""
    touch(tmp_path, "a.txt", "b.txt")

    files, _ = expand_paths([tmp_path / "b.txt", tmp_path, tmp_path / "b.txt"])

    assert files == [tmp_path / "b.txt", tmp_path / "a.txt"]


def test_any_file_is_taken_as_it_is(tmp_path: Path) -> None:
    """A named file need not end in .txt, nor exist: loading says what is wrong."""
    files, refused = expand_paths([tmp_path / "plan.md", Path("missing")])

    assert files == [tmp_path / "plan.md", Path("missing")]
    assert refused == []


def test_folder_without_files_to_read_is_refused_and_the_others_run(
    tmp_path: Path,
) -> None:
    """One empty folder is one reason, not the end."""
    touch(tmp_path, "empty/a.py", "full/a.txt")

    files, refused = expand_paths([tmp_path / "empty", tmp_path / "full"])

    assert files == [tmp_path / "full" / "a.txt"]
    assert [str(exc) for exc in refused] == [
        f"the folder {str(tmp_path / 'empty')!r} has no files that are read "
        f"({', '.join(SUFFIXES)})"
    ]


def test_unreadable_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that may not be listed is not taken for an empty one."""

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)

    files, refused = expand_paths([tmp_path])

    assert files == []
    assert "cannot be read (Permission denied)" in str(refused[0])


@pytest.mark.parametrize(
    "path", [pytest.param("a" * 5000, id="too-long"), pytest.param("a\0b", id="nul")]
)
def test_impossible_path_is_left_to_loading(path: str) -> None:
    """A path the system cannot even look up does not end the program here."""
    assert expand_paths([Path(path)]) == ([Path(path)], [])


def test_what_is_passed_over_is_said_once_a_folder(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By kind and count; a sidecar belongs to its document and is read."""
    for name in ("plan.txt", "plan.txt.yaml", "a.json", "sub/b.json", "sub/run.exe"):
        path = tmp_path / "plans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("计划")
    for name in ("LICENCE", ".DS_Store"):
        (tmp_path / "plans" / name).write_text("x")

    files, refused = expand_paths([tmp_path / "plans"])

    assert [path.name for path in files] == ["plan.txt"]
    assert refused == []
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.endswith(
        "plans': 5 files are not read (.json 2, without a suffix 1, hidden 1, .exe 1)"
    ) or sorted(said.split("(")[1].strip(")").split(", ")) == [
        ".exe 1",
        ".json 2",
        "hidden 1",
        "without a suffix 1",
    ]
