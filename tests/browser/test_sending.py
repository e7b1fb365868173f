"""Sending by a browser: paste a plan or choose a file, watch it, land on its page."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.store.store import Store
from tests.conftest import DOCUMENTS

pytestmark = pytest.mark.browser

PLAN = DOCUMENTS / "minsheng-2023.txt"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve an empty database for writing; return the address to open."""
    path = tmp_path / "plans.db"
    Store(path).close()
    command = [sys.executable, "-m", "extractor", "serve", str(path), "--write"]
    with subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        printed = server.stdout.readline() + server.stdout.readline()
        yield re.findall(r"\S+token=\S+", printed)[0]
        server.terminate()


def barriers(page: Any) -> list[str]:
    """Return what axe-core finds serious, and what does not fit a phone."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = [
        violation["id"]
        for violation in axe.run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
        found.append("too wide")
    page.set_viewport_size(size)
    return found


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_paste_and_watch_then_upload_by_keyboard(
    browser: Any, address: str, has_script: bool
) -> None:
    """A pasted plan leads to its document; a file is chosen and sent by keys alone."""
    context = browser.new_context(java_script_enabled=has_script)
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    page.click("text=read a plan")
    form = page.url
    found = barriers(page) if has_script else []
    page.fill("#text", PLAN.read_text(encoding="utf-8"))
    page.click("button.main")
    land(page)
    first = page.url

    page.goto(form)
    found += barriers(page) if has_script else []
    with page.expect_file_chooser() as chooser:
        page.focus("#file")
        page.keyboard.press("Enter")
    chooser.value.set_files(PLAN)
    page.keyboard.press("Tab")
    assert "rules" == page.locator("input:focus").get_attribute("value")
    page.keyboard.press("Enter")
    land(page)
    context.close()

    assert first == page.url
    assert ([], []) == (wrong, found)


def land(page: Any) -> None:
    """Wait for the document page, to which the page of the job leads."""
    page.wait_for_url("**/-/plan/plans/*")
    page.wait_for_selector(".card .f-target")
