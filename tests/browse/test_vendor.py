"""Libraries of others that the pages load: what is stated of them is so."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.conftest import ROOT

VENDOR = ROOT / "extractor" / "browse" / "static" / "vendor"
ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| \[(?P<name>[^\]]+)\]\S+ \| (?P<version>[\d.]+) \| "
    r".* \| `(?P<digest>[0-9a-f]{64})` \| .*`(?P<licence>LICENSE[^`]+)` \|$",
    re.MULTILINE,
)
STATED = [
    found.groupdict()
    for found in ROW.finditer((VENDOR / "README.md").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("stated", STATED, ids=[row["file"] for row in STATED])
def test_file_is_the_publisher_s(stated: dict[str, str]) -> None:
    """Digest and version are as stated, and the licence is there."""
    code = (VENDOR / stated["file"]).read_bytes()
    licence = (VENDOR / stated["licence"]).read_text(encoding="utf-8")

    assert stated["digest"] == hashlib.sha256(code).hexdigest()
    assert f"{stated['name']} v{stated['version']}".encode() in code[:200]
    assert "The MIT License" in licence


def test_every_file_is_stated() -> None:
    """Nothing lies there that nobody accounts for, and README names each."""
    stated = {row["file"] for row in STATED} | {row["licence"] for row in STATED}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert {path.name for path in VENDOR.iterdir()} == stated | {"README.md"}
    for row in STATED:
        assert f"{row['name']} {row['version']}" in readme


@pytest.mark.parametrize("stated", STATED, ids=[row["file"] for row in STATED])
def test_code_makes_no_code(stated: dict[str, str]) -> None:
    """The pages' policy lets no text become code."""
    code = (VENDOR / stated["file"]).read_text(encoding="utf-8")

    assert not re.search(r"\beval\(|new Function\b", code)
