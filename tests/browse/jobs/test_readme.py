"""The README's answer of the API is the one that the API gives."""

from __future__ import annotations

import json
import re

from extractor.browse.jobs.limits import MAX_FILE, MAX_TEXT, MAX_WAITING, PER_MINUTE
from tests.browse.jobs.conftest import Program
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.split("### Through a page or an API")[1].split("\n## ")[0]


def test_answer_shown_is_the_answer_given(program: Program) -> None:
    """The command of the README, sent to a server of ours, ends in what it shows."""
    (named,) = re.findall(r"-F file=@(\S+)", SECTION)
    (shown,) = re.findall(r"<!-- api: .*?```json\n(.*?)```", SECTION, re.DOTALL)
    path = ROOT / named

    job = program.wait(program.upload(path.name, path.read_bytes()))

    assert job == json.loads(shown)


def test_limits_shown_are_those_of_the_code() -> None:
    """Bytes, requests and plans that wait."""
    assert f"at most {MAX_TEXT:,} bytes and a file {MAX_FILE:,}" in SECTION
    assert (30, 8) == (PER_MINUTE, MAX_WAITING)
    assert "thirty requests a minute are taken, and eight plans wait" in SECTION
