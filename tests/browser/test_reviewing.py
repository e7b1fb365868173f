"""A plan reviewed by keyboard alone in a real browser, and its gold accepted."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.evals.gold.checking import check_gold
from extractor.evals.gold.sources import DocumentFinder
from tests.browser.conftest import EXTRACT, press, read_by_rules, serving
from tests.eval_samples import PLAN

pytestmark = pytest.mark.browser


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Write the small plan to a folder of its own."""
    path = tmp_path / "corpus" / "plan.txt"
    path.parent.mkdir()
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def read_plan(plan: Path, tmp_path: Path) -> Path:
    """Let the rules read it."""
    return read_by_rules(tmp_path / "plans.db", plan)


@pytest.fixture
def desk(read_plan: Path) -> Iterator[str]:
    """Serve it for review; return the address to open."""
    with serving(read_plan, "--write") as printed:
        yield re.findall(r"\S+token=\S+", printed)[0]


@pytest.fixture
def page(browser: Any, desk: str) -> Iterator[Any]:
    """Enter, say who reviews, and open the plan; nothing goes wrong on the way."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_default_timeout(20_000)
    page.goto(desk)
    assert "token" not in page.url
    page.click("table a[href*='/-/plan/']")
    page.wait_for_selector("#reviewer:focus")
    page.keyboard.type("甲")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=name][value='甲']")
    page.wait_for_selector(".order")  # shown by the script that listens to keys
    yield page
    context.close()

    assert wrong == []


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read the database as another program would."""
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql).fetchall()


def wait_for(page: Any, judged: int, reviewed: int | None = None) -> None:
    """Wait until the page counts that much; its policy lets no text be run as code."""
    page.locator("#judged", has_text=re.compile(rf"^{judged}$")).wait_for()
    if reviewed is not None:
        page.locator("#reviewed", has_text=re.compile(rf"^{reviewed}$")).wait_for()


def wait_for_marks(page: Any, records: int) -> None:
    """Wait until so many records are marked in the source."""
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator(".text a.n")).to_have_count(records)


def test_review_by_keyboard_becomes_gold(
    page: Any, read_plan: Path, plan: Path, tmp_path: Path
) -> None:
    """Accept, reject, undo, correct, be done; the gold checker finds nothing."""
    ((total,),) = rows(read_plan, "select count(*) from v_commitments")
    press(page, "o", "j", "x", "e")
    wait_for(page, 1)
    assert 1 == page.locator(".editor").count()
    press(page, "Escape", "u")
    wait_for(page, 0)
    press(page, "e", "4")
    before = page.input_value(".editor input[name=object]")
    press(page, "Shift+ArrowRight", "Shift+ArrowRight")
    corrected = page.input_value(".editor input[name=object]")
    press(page, "5")
    page.wait_for_selector("output[data-of=target]:has-text('=')")
    press(page, "Enter")
    wait_for(page, 1)
    press(page, *"a" * (total - 1))
    wait_for(page, total)
    press(page, "K", "K", "K", "d")
    press(page, "J", "d", "J", "d")
    wait_for(page, total, 3)
    page.reload()
    wait_for(page, total, 3)

    folder = tmp_path / "gold"
    to_gold = ["--format", "gold", "-o", str(folder)]
    command = [*EXTRACT, "export", str(read_plan), *to_gold]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    written = rows(
        read_plan,
        "select object, target_value, reviewer from v_commitments_reviewed "
        "where review = 'corrected'",
    )
    assert before[2:] == corrected
    assert [(corrected, 15000, "甲")] == written
    assert [] == check_gold(folder, DocumentFinder([plan.parent]))


def test_missed_record_is_added_with_the_arrows(page: Any, read_plan: Path) -> None:
    """Without a mouse: choose a clause, narrow it, save; it is marked at once."""
    places = page.locator(".text a.n").count()
    press(page, "j", "m", "3", "ArrowDown")
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator(".editor input[name=action]")).not_to_have_value("")
    start = page.input_value(".editor input[name=action]")
    press(page, *["ArrowLeft"] * (len(start) - 2))
    action = page.input_value(".editor input[name=action]")
    press(page, "Enter")
    page.wait_for_selector(".card .says:has-text('" + action + "')")
    page.wait_for_selector(".editor", state="detached")
    wait_for_marks(page, places + 1)
    added = rows(
        read_plan, "select action from v_commitments_reviewed where review = 'added'"
    )
    press(page, "u")
    wait_for_marks(page, places)
    page.reload()
    wait_for_marks(page, places)

    assert 2 == len(action)
    assert [(action,)] == added


def test_selecting_with_the_mouse_fills_the_field(page: Any) -> None:
    """What is selected in the source goes into the field that is on."""
    page.click(".card >> nth=0")
    press(page, "e", "4")
    page.evaluate(
        """() => {
          const node = document.querySelector('.block.item .f-object').firstChild;
          getSelection().setBaseAndExtent(node, 0, node, 2);
          document.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
        }"""
    )
    chosen = page.evaluate("getSelection().toString()")

    assert chosen == page.input_value(".editor input[name=object]")
    press(page, "Escape")
    page.wait_for_selector(".editor", state="detached")


def test_keys_are_off_while_a_name_is_typed(page: Any, read_plan: Path) -> None:
    """A name may have an a and an x in it."""
    page.click("#reviewer")
    page.keyboard.type("jaxd")

    assert "甲jaxd" == page.input_value("#reviewer")
    assert [] == rows(read_plan, "select 1 from reviews")


def test_labelling_shows_records_when_done(page: Any) -> None:
    """An item opens when its reviewer is done with it; others stay shut."""
    page.click("text=labelling mode")
    page.wait_for_url("**label=1")
    page.wait_for_selector(".order")
    hidden = page.locator(".card").count()
    press(page, "j", "d")
    page.wait_for_selector(".card")

    assert 0 == hidden
    assert 2 == page.locator(".side > .notice").count()
