"""A real browser on a served database: no error and no request to elsewhere, ever.

They need the extra `browser` and Chromium: `make test-browser`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import DOCUMENTS

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TO_INSTALL = (
    "no Chromium here: pip install 'workplan-extract[browser]', then "
    "playwright install --with-deps chromium, or set EXTRACT_CHROMIUM to one"
)
EXTRACT = [sys.executable, "-m", "extractor"]
PLANS = ("qinghe-2024.txt", "minsheng-2023.txt", "yunling-2022-trad.txt")


def find_chromium(playwright: Any) -> str | None:
    """Return the path of a browser: the one named, the system's, or playwright's."""
    own = playwright.chromium.executable_path
    paths = (
        os.environ.get("EXTRACT_CHROMIUM"),
        *map(shutil.which, NAMES),
        own if Path(own).exists() else None,
    )
    return next(filter(None, paths), None)


@contextmanager
def serving(database: Path, *flags: str) -> Iterator[str]:
    """Serve a database as a user does; give what the command prints."""
    command = [*EXTRACT, "serve", str(database), "--port", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        lines = 1 + len(flags)
        try:
            yield "".join(server.stdout.readline() for _ in range(lines))
        finally:
            server.terminate()


@contextmanager
def at_desk(browser: Any, database: Path, height: int) -> Iterator[Any]:
    """Go from the printed address to the review; nothing goes wrong on the way."""
    context = browser.new_context(viewport={"width": 1280, "height": height})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_default_timeout(20_000)
    with serving(database, "--write") as printed:
        page.goto(re.findall(r"\S+token=\S+", printed)[0])
        page.click(".to-review a")
        page.wait_for_load_state()  # the address takes the focus away until then
        page.wait_for_selector("#reviewer:focus")
        page.keyboard.type("甲")
        page.keyboard.press("Enter")
        page.wait_for_selector("input[name=name][value='甲']")
        page.wait_for_selector(".bar")
        yield page
    context.close()

    assert wrong == []


@pytest.fixture
def editor(page: Any) -> Iterator[Any]:
    """Return the page; what a test has left open is closed without being kept."""
    yield page
    page.keyboard.press("Escape")
    page.wait_for_selector(".editor", state="detached")
    page.wait_for_load_state("networkidle")


def press(page: Any, *keys: str) -> None:
    """Type keys one after another."""
    for key in keys:
        page.keyboard.press(key)


def wait_for_bar(page: Any, words: str) -> None:
    """Wait until the line at the foot says something."""
    page.locator(".bar", has_text=words).wait_for()


def read_by_rules(database: Path, *plans: Path) -> Path:
    """Make a database of plans; return its path."""
    command = [*EXTRACT, "run", *map(str, plans), "--model", "rules"]
    subprocess.run(
        [*command, "--db", str(database)], check=True, capture_output=True, timeout=300
    )
    return database


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database of three shipped plans."""
    folder = tmp_path_factory.mktemp("browser")
    return read_by_rules(folder / "plans.db", *(DOCUMENTS / name for name in PLANS))


@contextmanager
def served(database: Path) -> Iterator[str]:
    """Serve a database; give its address."""
    with serving(database) as printed:
        words = printed.split()
        yield next(word for word in words if word.startswith("http")).rstrip("/")


@pytest.fixture(scope="session")
def site(database: Path) -> Iterator[str]:
    """Serve the shipped plans."""
    with served(database) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the browser once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason=TO_INSTALL)
    with sync_api.sync_playwright() as playwright:
        found = find_chromium(playwright)
        if not found:
            pytest.skip(TO_INSTALL)
        yield playwright.chromium.launch(executable_path=found, args=[*FLAGS])


@pytest.fixture
def tab(browser: Any, site: str) -> Iterator[Any]:
    """Open a tab; whatever a test does in it, it says nothing wrong and calls nobody.

    A page that is not there is an error of the console, too.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    host = urlsplit(site).netloc

    def on_console(said: Any) -> None:
        if said.type == "error":
            wrong.append(said.text)

    def on_request(request: Any) -> None:
        if urlsplit(request.url).netloc not in (host, ""):
            wrong.append(request.url)

    page.on("console", on_console)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", on_request)
    page.set_default_timeout(20_000)
    yield page
    context.close()

    assert wrong == []
