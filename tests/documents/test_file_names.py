"""File names: whatever a file is called, it is read, shown and stored, or refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extractor.cli.main import main
from extractor.documents.paths import shown_path
from tests.commands import RULES, refused, rows

NAMES = {
    "no-utf-8": b"plan\xff.txt",
    "half-of-a-character": b"\xe8\xae.txt",
    "gb18030": "计划.txt".encode("gb18030"),
    "newline": b"a\nb.txt",
    "carriage-return": b"a\rb.txt",
    "tab": b"a\tb.txt",
    "quotes": b'it\'s "so" `x` $HOME.txt',
    "escape": b"\x1b[31mred\x1b[0m.txt",
    "turns-the-direction": "a\u202egpj.txt".encode(),
    "markup": b"[bold]a.txt",
    "formula": b"=1+1.txt",
    "percent": b"%s{}%(a)s.txt",
    "longest": ("长" * 83).encode() + b"ab.txt",
    "longest-and-no-utf-8": b"\xff" * 251 + b".txt",
    "only-blanks": b"  .txt",
}


def _write(name: bytes, number: int = 3) -> Path:
    content = f"某市2024年工作要点\n1.建成学校{number}所。\n2.建成桥梁5座。\n"
    path = Path(os.fsdecode(b"plans/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def _is_quiet(result: Result) -> bool:
    """Say whether nothing of a name acts on the terminal or breaks a line."""
    text = result.output
    return "\x1b" not in text and "\u202e" not in text and "Traceback" not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_runs(cli_runner: CliRunner, name: str) -> None:
    """Given by its name, it is stored under one that can be read back."""
    path = _write(NAMES[name])

    result = cli_runner.invoke(main, ["run", str(path), *RULES])
    items = cli_runner.invoke(main, ["items", str(path), "--json"])
    shown = cli_runner.invoke(main, ["items", str(path)])
    dry = cli_runner.invoke(main, ["run", str(path), *RULES, "--dry-run"])
    csv = cli_runner.invoke(main, ["export", "x.db", "--format", "csv"])

    for done in (result, items, shown, dry, csv):
        assert done.exit_code == 0, done.output
    assert all(map(_is_quiet, (result, shown, dry)))
    assert rows("select distinct source_path from v_commitments") == [
        (shown_path(path),)
    ]
    assert {json.loads(line)["source_path"] for line in items.stdout.splitlines()} == {
        shown_path(path)
    }


def test_files_of_all_names_in_a_folder_run(cli_runner: CliRunner) -> None:
    """Each is done once, and each has a path of its own."""
    for number, name in enumerate(NAMES.values(), start=10):
        _write(name, number)

    result = cli_runner.invoke(main, ["run", "plans", *RULES])

    assert result.exit_code == 0, result.output
    assert _is_quiet(result)
    assert rows("select count(distinct source_path) from v_commitments") == [
        (len(NAMES),)
    ]
    assert "plans/plan\\xff.txt" in {
        path for (path,) in rows("select path from documents")
    }


def _broken(path: Path) -> None:
    path.symlink_to("nowhere.txt")


def _looped(path: Path) -> None:
    path.symlink_to(path.name)


def _chained(path: Path) -> None:
    (path.parent / "second.link").symlink_to(path.name)
    path.symlink_to("second.link")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(_broken, "link to a file that does not exist", id="broken-link"),
        pytest.param(_looped, "symbolic links", id="loop"),
        pytest.param(_chained, "symbolic links", id="loop-of-two"),
        pytest.param(_empty, "is empty", id="empty"),
    ],
)
@pytest.mark.parametrize("name", [b"bad.txt", b"bad\xff.txt", b"b\nad.txt"])
@pytest.mark.parametrize("command", ["run", "items"])
def test_a_file_that_cannot_be_read_is_one_line_and_the_others_are_done(
    cli_runner: CliRunner, command: str, name: bytes, spoil: Any, words: str
) -> None:
    """In a folder and given directly, with any name."""
    _write(b"good.txt")
    path = Path(os.fsdecode(b"plans/" + name))
    spoil(path)
    more = RULES if command == "run" else ("--json",)

    in_folder = cli_runner.invoke(main, [command, "plans", *more])
    alone = cli_runner.invoke(main, [command, str(path), *more])

    assert "plans/" in refused(in_folder, words, code=3)
    assert "plans/" in refused(alone, words)
    if command == "run":
        assert rows("select distinct source_path from v_items") == [("plans/good.txt",)]


def test_a_folder_inside_that_may_not_be_listed_is_said(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in it is left out, so it is one line; the other files are done."""
    _write(b"good.txt")
    Path("plans/shut").mkdir()
    scan = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)

    result = cli_runner.invoke(main, ["run", "plans", *RULES])

    refused(result, "'plans/shut' cannot be read (Permission denied)", code=3)
    assert rows("select count(*) from v_commitments") == [(2,)]


def test_a_link_out_of_the_folder_is_said(
    cli_runner: CliRunner, caplog: pytest.LogCaptureFixture
) -> None:
    """A circle is no news; files that a link hides are."""
    _write(b"good.txt")
    Path("other").mkdir()
    Path("plans/again").symlink_to(".")
    Path("plans/other").symlink_to("../other")

    result = cli_runner.invoke(main, ["run", "plans", *RULES])

    assert result.exit_code == 0
    assert [m for m in caplog.messages if "followed" in m] == [
        "the linked folder 'plans/other' is not followed; "
        "name it too if its files are meant"
    ]


def test_a_pipe_in_a_folder_is_passed_over(cli_runner: CliRunner) -> None:
    """Reading it would wait for ever."""
    _write(b"good.txt")
    os.mkfifo("plans/pipe.txt")

    assert cli_runner.invoke(main, ["run", "plans", *RULES]).exit_code == 0


def test_a_database_of_any_name_is_written(cli_runner: CliRunner) -> None:
    """Its folder is told from bytes too."""
    path = _write(b"plan.txt")
    db = os.fsdecode(b"x\xff.db")

    result = cli_runner.invoke(main, ["run", str(path), "--model", "rules", "--db", db])
    exported = cli_runner.invoke(main, ["export", db])

    assert (result.exit_code, exported.exit_code) == (0, 0), result.output
    assert len(exported.stdout.splitlines()) == 2
