"""Progress of a run: lines in a log, a bar on a terminal, pace and cost."""

from __future__ import annotations

import pytest

from extractor.cli import progress
from extractor.core.runs import Done
from tests.cli.test_display import console, shown
from tests.store_samples import make_document, make_items


def test_progress_without_a_terminal_is_plain_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A log gets a line every ten items and one at the end, without codes."""
    screen = console()
    (item, *_) = make_items(make_document())
    clock = iter([0.0, *(0.2 * n for n in range(1000))])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))

    with progress.items_progress(screen, 12) as advance:
        for _ in range(12):
            advance(Done(item, is_new=False))

    assert shown(screen) == "10/12 items\n12/12 items\n"


def test_quick_progress_is_no_line_every_ten_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A hundred thousand items done in a second are not ten thousand lines."""
    screen = console()
    (item, *_) = make_items(make_document())
    monkeypatch.setattr(progress.time, "monotonic", lambda: 1.0)

    with progress.items_progress(screen, 1000) as advance:
        for _ in range(1000):
            advance(Done(item, is_new=True))

    assert shown(screen) == "1000/1000 items\n"


def test_progress_says_pace_cost_and_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Items of an earlier invocation cost, and say nothing of how fast it goes."""
    screen = console()
    (item, *_) = make_items(make_document())
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])

    with progress.items_progress(screen, 40) as advance:
        for _ in range(10):
            advance(Done(item, is_new=False, cost_usd=0.1))
        for _ in range(10):
            now[0] += 6.0
            advance(Done(item, is_new=True, cost_usd=0.2))

    last = shown(screen).splitlines()[-1]
    assert last == (
        "20/40 items, 10 a minute, 0.2000 USD of about 0.4000, 0:02:00 left"
    )


def test_slow_progress_is_said_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ten slow items to see that something moves."""
    screen = console()
    (item, *_) = make_items(make_document())
    clock = iter(range(0, 1000, 11))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))

    with progress.items_progress(screen, 50) as advance:
        advance(Done(item, is_new=False))
        advance(Done(item, is_new=False))

    assert shown(screen) == "1/50 items\n2/50 items\n"


def test_progress_on_a_terminal_is_a_bar() -> None:
    """The bar names the item it is at and is gone at the end."""
    screen = console(terminal=True)
    items = make_items(make_document())

    with progress.items_progress(screen, len(items)) as advance:
        for item in items:
            advance(Done(item, is_new=True))

    assert f"{len(items)}/{len(items)}" in shown(screen)
