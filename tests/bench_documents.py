"""Speed and memory of loading and splitting texts of several sizes and shapes.

`python -m tests.bench_documents --sizes 1 5 20 100` prints one table.
MB are megabytes of the UTF-8 file, speed is processor time, and memory is what the
process grows by at its peak, each text in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from extractor.documents import loading
from extractor.documents.encodings import decode
from extractor.documents.items import split

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (
    ROOT / "evals" / "documents",
    ROOT / "evals" / "development" / "documents",
    ROOT / "tests" / "documents" / "layouts",
)
WARM = ROOT / "evals" / "documents" / "qinghe-2024.txt"
"""Read first: tables that are built once are no part of the measurement."""
MB = 1_000_000

_FIGURE = re.compile(r"(?<![\d.年月])\d+(?=[\u4e00-\u9fff%])(?![年月日号])")
_SENTENCES = re.compile("[^。；！？\n]{8,}[。；]")
_LABEL = re.compile("[①-⑳●]|第?[一二三四五六七八九十0-9]+[)）、.．条项章节]")
_BODIES = ("教育局", "住建局", "水务局", "民政局", "交通局", "各镇街", "卫健委")


def _documents() -> list[str]:
    """Return the project's own documents."""
    paths = (path for folder in FOLDERS for path in sorted(folder.glob("*.txt")))
    return [decode(path.read_bytes(), path.name).text for path in paths]


def plans(pick: random.Random) -> Iterator[str]:
    """Yield plans one behind the other, each time with other figures."""
    documents = _documents()

    def figure(found: re.Match[str]) -> str:
        return str(pick.randint(1, 10 ** len(found[0])))

    while True:
        yield _FIGURE.sub(figure, pick.choice(documents)) + "\n"


def _sentences(pick: random.Random) -> Iterator[str]:
    for plan in plans(pick):
        for sentence in _SENTENCES.findall(plan):
            if not (_LABEL.search(sentence) or sentence[0].isdecimal()):
                yield sentence


def flat(pick: random.Random) -> Iterator[str]:
    """Yield the numbered points of one list."""
    for number, sentence in zip(count(1), _sentences(pick), strict=False):
        yield f"{number}. {sentence}\n"


def table(pick: random.Random) -> Iterator[str]:
    """Yield the rows of one task table."""
    yield "2024年重点任务分解表\n序号\t工作任务\t牵头单位\t完成时限\n"
    for number, sentence in zip(count(1), _sentences(pick), strict=False):
        month = pick.randint(1, 12)
        yield f"{number}\t{sentence}\t{pick.choice(_BODIES)}\t{month}月底前\n"


def line(pick: random.Random) -> Iterator[str]:
    """Yield points that no line break parts."""
    for number, sentence in zip(count(1), _sentences(pick), strict=False):
        yield f"{number}．{sentence}"


SHAPES: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "plans": plans,
    "flat": flat,
    "table": table,
    "line": line,
}


MEMORY = {"plans": 10, "flat": 28, "table": 32, "line": 14}
"""Times the file that a text of a shape may take; rows are short and items are not."""


def written(shape: str, size: int, path: Path) -> Path:
    """Write a text of a shape, of a number of bytes or a little more, and return it."""
    done = 0
    with path.open("wb") as file:
        for part in SHAPES[shape](random.Random(9)):
            done += file.write(part.encode())
            if done >= size:
                break
    return path


def measured(path: Path) -> dict[str, float]:
    """Load and split one text; return seconds, and bytes of memory at the peak."""
    split(loading.load_document(WARM))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    document = loading.load_document(path, max_bytes=1 << 40)
    loaded = time.process_time()
    peak_loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    items, rest = split(document)
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "bytes": path.stat().st_size,
        "load_s": loaded - started,
        "split_s": done - loaded,
        "load_peak": 1024 * (peak_loaded - before),
        "peak": 1024 * (peak - before),
        "items": len(items),
        "kept": len(document.clean) / len(document.source),
        "rest": len(rest),
    }


def _row(shape: str, figures: dict[str, float]) -> str:
    size = figures["bytes"] / MB
    seconds = figures["load_s"] + figures["split_s"]
    return (
        f"{shape:8}{size:8.1f}{size / figures['load_s']:8.2f}"
        f"{size / figures['split_s']:8.2f}{size / seconds:8.2f}"
        f"{figures['load_peak'] / figures['bytes']:8.1f}"
        f"{figures['peak'] / figures['bytes']:8.1f}"
        f"{figures['items']:9.0f}{figures['rest']:9.0f}{figures['kept']:7.1%}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=float, nargs="+", default=[1, 5, 20])
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--file", type=Path, help="measure this one in this process")
    chosen = parser.parse_args()
    if chosen.file:
        print(json.dumps(measured(chosen.file)))
        return
    print(
        "shape         MB  load/s split/s  both/s load-mem     mem    items     rest"
        "   kept"
    )
    with tempfile.TemporaryDirectory() as folder:
        for shape in chosen.shapes:
            for size in chosen.sizes:
                path = written(shape, int(size * MB), Path(folder, f"{shape}.txt"))
                command = [sys.executable, "-m", "tests.bench_documents"]
                answer = subprocess.run(
                    [*command, "--file", str(path)], check=True, capture_output=True
                )
                print(_row(shape, json.loads(answer.stdout)), flush=True)


if __name__ == "__main__":
    main()
