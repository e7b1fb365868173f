"""Pictures of the pages for the README: `python -m tests.screenshots DB FOLDER`.

The same database gives the same pictures: times are set to one moment, nothing moves.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, find_chromium, read_by_rules, serving
from tests.conftest import DOCUMENTS

WIDTH = 1280
MOST_BYTES = 150_000
MOST_LOOKS = 20
PLAN = "qinghe-2024.txt"
STOP_CLOCKS = r"""() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const times = /\d{4}-\d\d-\d\d([T ])\d\d:\d\d[\d:.]*/g;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const said = node.data.replace(times, (time, gap) => `2026-01-01${gap}00:00`);
    if (said !== node.data) node.data = said;  // else what is selected were lost
  }
}"""
LAY_OUT = "all => all.forEach(it => { it.style.contentVisibility = 'visible'; })"
"""What was never on the screen has its own height, or the page would jump."""
RECORD = """
select commitment_id from v_commitments
where actor is not null and target_value is not null and deadline_date is not null
order by source_path, start limit 1
"""


def main(database: Path, folder: Path) -> None:
    """Write the four pictures.

    Args:
        database: as `make run` left it; made by the rules alone where there is none.
        folder: where the pictures go.
    """
    if shutil.which("fc-list"):
        fonts = subprocess.run(
            ["fc-list", ":lang=zh"], capture_output=True, text=True, check=True
        )
        if not fonts.stdout:
            sys.exit("No Chinese font here: install one, such as fonts-noto-cjk.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made) / "commitments.db"
        if database.exists():
            with closing(sqlite3.connect(database)) as conn:
                conn.execute("vacuum into ?", [str(copy)])
        else:
            print(f"There is no {database}: the pictures are of what the rules read.")
            read_by_rules(copy, DOCUMENTS.relative_to(Path.cwd()))
        with closing(sqlite3.connect(copy)) as conn:
            (record,) = conn.execute(RECORD).fetchone()
        with serving(copy, "--write") as printed:
            take_all(re.findall(r"\S+token=\S+", printed)[0], record, folder)


def take_all(entrance: str, record: str, folder: Path) -> None:
    """Open the pages one after another and take a picture of each."""
    site = entrance.partition("/-/")[0]
    with sync_playwright() as playwright:
        chromium = find_chromium(playwright) or sys.exit("There is no Chromium here.")
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        page = browser.new_page(reduced_motion="reduce")
        page.goto(f"{site}/")
        for _ in range(MOST_LOOKS):  # doubts are counted look by look
            if not page.locator("table.wide td:has-text('…')").count():
                break
            page.reload()
        page.wait_for_selector("figure canvas")
        take(page, folder / "start.png", "light", 1400)
        page.click(f"table.wide a[title$='{PLAN}']")
        page.wait_for_selector(".blocks")
        plan = page.url
        take(page, folder / "document.png", "light", 1000)
        page.goto(f"{site}/-/record/commitments/{record}")
        take(page, folder / "record.png", "dark", 830)
        page.set_viewport_size({"width": WIDTH, "height": 1000})
        page.goto(entrance)
        page.goto(plan)
        page.fill("#reviewer", "王")
        page.press("#reviewer", "Enter")
        page.wait_for_selector("input[name=name][value='王']")
        page.wait_for_selector(".order")
        for key in ("j", "a", "x", "e", "5"):
            page.keyboard.press(key)
            page.wait_for_timeout(600)
        page.eval_on_selector_all(".block", LAY_OUT)
        page.locator(".editor").evaluate("it => it.scrollIntoView({ block: 'end' })")
        take(page, folder / "review.png", "dark", 1000)
        browser.close()


def take(page: Any, path: Path, scheme: str, height: int) -> None:
    """Take a picture of the page as it stands; few colours make a small file.

    Raises:
        ValueError: it is too large also with few colours.
    """
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(STOP_CLOCKS)
    page.wait_for_timeout(500)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    for colours in (96, 48, 24):
        few = picture.quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            print(f"{path}: {path.stat().st_size:,} bytes, {colours} colours")
            return
    raise ValueError(f"{path} has more than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
