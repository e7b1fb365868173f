"""The README says what the program does: generated parts, sample, commands, errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import cogapp
import pytest

from extractor.browse.dictionary import VIEWS
from extractor.cli.main import main
from extractor.documents import archives
from extractor.documents.formats import pdf
from extractor.documents.reading import MAX_CHARACTERS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def _commands(
    group: click.Group, prefix: str = ""
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{prefix}{name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix}{name} ")


COMMANDS = dict(_commands(main))


def test_generated_parts_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help texts and column lists in the README are those of the code."""
    monkeypatch.chdir(ROOT)

    status = cogapp.Cog().main(["cog", "--check", "README.md"])

    assert status == 0, "run `make docs`"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme(name: str) -> None:
    """No command is a secret."""
    words = name.split()

    assert f"extract {words[0]}" in README


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_has_a_help_text(name: str) -> None:
    """`--help` explains each option."""
    unexplained = [
        p.name
        for p in COMMANDS[name].params
        if isinstance(p, click.Option) and not p.help
    ]

    assert unexplained == []


@pytest.mark.parametrize("column", VIEWS["v_commitments"].columns)
def test_every_column_is_in_the_readme(column: str) -> None:
    """The public view is documented column by column."""
    assert f"| `{column}` |" in README


def test_commands_shown_are_commands_that_exist() -> None:
    """Each `extract …` line of the README parses: command and options exist."""
    for line in re.findall(r"^(?:\.venv/bin/)?extract (.+)$", README, re.MULTILINE):
        words = line.split()
        command: click.Command = main
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        known = {opt for p in command.params for opt in (*p.opts, *p.secondary_opts)}
        unknown = [w for w in words if w.startswith("--") and w not in known]

        assert unknown == [], line


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)", README))))
def test_make_targets_shown_exist(target: str) -> None:
    """Each `make …` of the README is a target."""
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


SECURITY = (ROOT / ".github" / "SECURITY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`(tests/[\w/.]+)`", SECURITY)))
)
def test_what_tests_a_promise_is_there(path: str) -> None:
    """SECURITY names the tests of its promises."""
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("bytes of a file | {} MB", archives.MAX_BYTES // 10**6),
        ("files in an archive | {:,}", archives.MAX_FILES),
        ("of more than 1 MB | {} times", archives.MAX_RATIO),
        ("XML of an Office document | {} MB", archives.MAX_XML // 10**6),
        ("gives | {} million", MAX_CHARACTERS // 10**6),
        ("pages of a PDF | {:,}", pdf.MAX_PAGES),
    ],
)
def test_limits_are_those_of_the_code(words: str, value: int) -> None:
    """SECURITY states each limit as it is."""
    assert words.format(value) in SECURITY
