"""What the command line shows: progress, tables, coloured items.

Document text is printed as plain text objects, so that nothing in it acts as markup,
and without control characters, so that nothing in it acts on the terminal.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)
from rich.text import Text

from extractor.core.records import Document, Item
from extractor.core.spans import Span
from extractor.core.text import one_line, plain
from extractor.documents.cleaning.copied import Copied
from extractor.documents.rest import Rest
from extractor.model.embedded.adapter import AdapterInfo
from extractor.model.embedded.weights import Progress as ByteProgress
from extractor.model.embedded.weights import WeightsInfo
from extractor.tuning.schedule import Reporter, StepDone

out = Console(highlight=False, markup=False, soft_wrap=True)
"""What was asked for goes here, everything else to `err`."""
err = Console(stderr=True, highlight=False, markup=False)

_PLAIN_STEP_S = 10.0
"""Seconds after which a line comes sooner."""
_STEPS_S = 60.0
"""Seconds between two lines on steps of training."""
_LARGE_FILE = 1_000_000
"""Bytes from which a file is announced where there is no terminal."""
PLAIN_WIDTH = 120
"""Columns of tables where there is no terminal."""
_CARD_REPEATS = {"adapter_sha256", "run"}
"""What an adapter's card says that is said already, or means nothing to a reader."""


class LogHandler(logging.Handler):
    """Logs to a console, above its progress bar; a line a message.

    Args:
        console: where the progress is shown too.
    """

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print the message."""
        text = self.format(record)
        self._console.print(Text(plain(text)), soft_wrap=True)


class _Steps:
    """Tells of steps by lines, one a minute."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown_at = -_STEPS_S

    def say(self, text: str) -> None:
        """Print a sentence."""
        notice(self._console, text)

    def step(self, done: StepDone) -> None:
        """Print a line, if it is time or the last step."""
        now = time.monotonic()
        if done.step == done.steps or now - self._shown_at >= _STEPS_S:
            self._shown_at = now
            left = timedelta(seconds=round(done.left_s))
            notice(
                self._console,
                f"{done.stage} {done.step}/{done.steps}, loss {done.loss:.4f}, "
                f"{done.step_s:.1f} s a step, {left} left",
            )


class _StepsBar(_Steps):
    """Tells of steps by a bar."""

    def __init__(self, console: Console, progress: Progress) -> None:
        super().__init__(console)
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def step(self, done: StepDone) -> None:
        """Move the bar of the stage."""
        if done.stage not in self._tasks:
            for task in self._tasks.values():
                self._progress.remove_task(task)
            self._tasks = {done.stage: self._progress.add_task("")}
        left = timedelta(seconds=round(done.left_s))
        self._progress.update(
            self._tasks[done.stage],
            completed=done.step,
            total=done.steps,
            description=f"{done.stage}, loss {done.loss:.4f}, {done.step_s:.1f} s a "
            f"step, {left} left",
        )


@contextmanager
def steps_progress(console: Console) -> Iterator[Reporter]:
    """Yield who tells of training: a bar on a terminal, else a line a minute."""
    if not console.is_terminal:
        yield _Steps(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _StepsBar(console, progress)


@contextmanager
def files_progress(console: Console) -> Iterator[Callable[[Path, int, int], None]]:
    """Yield a function to call before each file that is read.

    On a terminal one line says which it is; elsewhere a line does when the file is
    large or reading takes long.
    """
    if not console.is_terminal:
        yield plain_files(console)
        return
    with console.status("reading") as status:

        def show(path: Path, number: int, total: int) -> None:
            status.update(Text(_reading(path, number, total)))

        yield show


def plain_files(console: Console) -> Callable[[Path, int, int], None]:
    """Return a function that announces a file by a line, when it may take long."""
    shown_at = time.monotonic()

    def report(path: Path, number: int, total: int) -> None:
        nonlocal shown_at
        is_due = time.monotonic() - shown_at >= _PLAIN_STEP_S
        if is_due or _size(path) >= _LARGE_FILE:
            shown_at = time.monotonic()
            console.print(Text(_reading(path, number, total)), soft_wrap=True)

    return report


def _reading(path: Path, number: int, total: int) -> str:
    size = _size(path) / 1e6
    return f"reading file {number} of {total}: {one_line(str(path))} ({size:.1f} MB)"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0  # loading it says why


def copies(console: Console, path: str, cut: Copied | None) -> None:
    """Say how much of a document was left out as copies of its own text, if any."""
    if cut is None:
        return
    console.print(
        Text(
            f"{one_line(path)}: {cut.characters:,} characters were cut as a copy of "
            f"the text above them: {cut.sentences:,} sentences, {cut.points:,} "
            f"numbered points, {cut.numbers:,} numbers; `extract items --cuts` shows "
            "them"
        ),
        soft_wrap=True,
    )


def rest(console: Console, left: Iterable[Mapping[str, int]]) -> None:
    """Say how many numbers and dates of documents stand in no item, if any.

    Args:
        console: where.
        left: of each document, by reason.
    """
    counts: Counter[str] = Counter()
    for of_one in left:
        counts.update(of_one)
    if counts:
        where = ", ".join(f"{reason} {count:,}" for reason, count in counts.items())
        console.print(
            f"{counts.total():,} numbers and dates stand in no item ({where}); "
            "`extract items --rest` shows them",
            soft_wrap=True,
        )


def rest_row(document: Document, line: Rest) -> dict[str, Any]:
    """Return a line that is in no item as `extract items --json --rest` writes it."""
    place = document.offsets.to_source(line.span)
    return {
        "path": document.path,
        "rest": line.reason,
        "start": place.start,
        "end": place.end,
        "text": place.slice(document.source),
    }


def notice(console: Console, text: str) -> None:
    """Print a sentence on what is going on."""
    console.print(Text(plain(text)), soft_wrap=True)


def bytes_progress(console: Console, what: str) -> ByteProgress:
    """Return a callback that shows how far a long file operation is."""
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(1, total)
        step = 1 if console.is_terminal else 25
        if percent // step == shown:
            return
        shown = percent // step
        end = "\r" if console.is_terminal and done < total else "\n"
        console.print(f"{what}: {percent:3d} %", end=end)

    return report


def weights_progress() -> ByteProgress:
    """Return what shows how the model's weights are joined."""
    return bytes_progress(err, "preparing the model's weights")


def item_row(document: Document, item: Item) -> dict[str, Any]:
    """Return an item as `extract items --json` prints it; the form is stable."""
    return {
        "document_id": document.id,
        "source_path": document.path,
        "label": item.label,
        "heading_path": list(item.heading_path),
        "title": item.title,
        "start": item.span.start,
        "end": item.span.end,
        "text": item.text,
    }


def items(
    console: Console,
    document: Document,
    found: Sequence[Item],
    left: Sequence[Rest] = (),
    *,
    with_cuts: bool,
) -> None:
    """Print a document's items in colour, and what is left of it."""
    head = Text(plain(f"{document.path}: {len(found)} items"), style="bold")
    console.print(head)
    facts = (
        f"title {document.title}, issuer {document.issuer}, "
        f"plan year {document.plan_year}, {document.encoding}"
    )
    console.print(Text(one_line(facts), style="dim"))
    heading: tuple[str, ...] = ()
    for item in found:
        if item.heading_path != heading:
            heading = item.heading_path
            console.print(Text(one_line(" › ".join(heading)), style="magenta"))
        console.print(_item_text(item))
    if with_cuts:
        for cut in document.cuts:
            console.print(_left_out(cut.reason, cut.span, cut.text))
    for line in left:
        place = document.offsets.to_source(line.span)
        words = line.span.slice(document.clean)
        console.print(_left_out(line.reason, place, words))


def _left_out(reason: str, span: Span, words: str) -> Text:
    line = Text(f"{reason} [{span.start}:{span.end}] ", style="red")
    return line.append(one_line(words[:80]), style="dim")


def _item_text(item: Item) -> Text:
    """Return an item with its label and title set off."""
    body = item.text[len(item.label or "") :]
    line = Text(plain(item.label or "¶"), style="bold cyan")
    line.append(f" [{item.span.start}:{item.span.end}] ", style="dim")
    title = item.title or ""
    if title and body.lstrip().startswith(title):
        line.append(plain(title), style="bold")
        body = body.lstrip()[len(title) :]
    line.append(plain(body), style="not bold")
    return line


def weights(console: Console, info: WeightsInfo, adapter: AdapterInfo) -> None:
    """Print what is known of the embedded weights and the adapter that tunes them."""
    console.print("model   Qwen2.5-Coder-0.5B-Instruct, Q4_K_M (Apache-2.0)")
    console.print(f"state   {info.state}")
    console.print(f"path    {info.path}")
    console.print(f"bytes   {info.size}")
    console.print(f"sha256  {info.digest}")
    console.print(f"adapter {adapter.state}")
    console.print(f"path    {adapter.path}")
    if adapter.digest:
        console.print(f"sha256  {adapter.digest}")
    for key, value in adapter.card.items():
        if isinstance(value, (str, int, float)) and key not in _CARD_REPEATS:
            console.print(f"{key}: {value}")
