"""A real browser on a served database: no error and no request to elsewhere, ever.

They need the extra `browser` and Chromium: `make test-browser`.
"""

from __future__ import annotations

import os
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
PLANS = ("qinghe-2024.txt", "minsheng-2023.txt", "yunling-2022-trad.txt")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a browser."""
    named = os.environ.get("EXTRACT_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium here: install it or set EXTRACT_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database of three shipped plans, read by the rules."""
    path = tmp_path_factory.mktemp("browser") / "plans.db"
    plans = [str(DOCUMENTS / name) for name in PLANS]
    command = [sys.executable, "-m", "extractor", "run", *plans]
    subprocess.run(
        [*command, "--model", "rules", "--db", str(path)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return path


@contextmanager
def served(database: Path) -> Iterator[str]:
    """Serve a database as a user does; give the address that the command prints."""
    command = [sys.executable, "-m", "extractor", "serve", str(database), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        words = server.stdout.readline().split()
        try:
            yield next(word for word in words if word.startswith("http")).rstrip("/")
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def site(database: Path) -> Iterator[str]:
    """Serve the shipped plans."""
    with served(database) as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """Start the browser once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no extra browser")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])


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
