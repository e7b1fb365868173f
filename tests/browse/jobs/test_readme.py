"""The README's answer of the API is the one that the API gives."""

from __future__ import annotations

import json
import os
import re

from extractor.browse.jobs.limits import MAX_FILE, MAX_TEXT, MAX_WAITING, PER_MINUTE
from tests.browse.jobs.conftest import Program
from tests.conftest import ROOT
from tests.snapshots_io import WRITE

README_FILE = ROOT / "README.md"
README = README_FILE.read_text(encoding="utf-8")
SECTION = README.split("### Through a page or an API")[1].split("\n## ")[0]


def test_answer_shown_is_the_answer_given(program: Program) -> None:
    """The command of the README, sent to a server of ours, ends in what it shows.

    It counts what the rules find, so it moves with them, and is written as the
    snapshots are.
    """
    (named,) = re.findall(r"-F file=@(\S+)", SECTION)
    (shown,) = re.findall(r"<!-- api: .*?```json\n(.*?)```", SECTION, re.DOTALL)
    path = ROOT / named

    job = program.wait(program.upload(path.name, path.read_bytes()))

    if os.environ.get(WRITE):
        written = json.dumps(job, ensure_ascii=False, indent=2) + "\n"
        README_FILE.write_text(README.replace(shown, written), encoding="utf-8")
        shown = written
    assert job == json.loads(shown)


def test_limits_shown_are_those_of_the_code() -> None:
    """Bytes, requests and plans that wait."""
    assert f"at most {MAX_TEXT:,} bytes and a file {MAX_FILE:,}" in SECTION
    assert (30, 8) == (PER_MINUTE, MAX_WAITING)
    assert "thirty requests a minute are taken, and eight plans wait" in SECTION
