"""All patterns of the product: none reads a row of its own words in many ways.

Where two alternatives of a repetition overlap (达到 beside 达 and 到), what does not
match is tried in twice as many ways for each word of it: thirty words take minutes.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator

import pytest

import extractor

LIMIT_S = 0.5
"""Processor time of one pattern on one row; usual are microseconds."""
WORDS = 60
"""Literal words of a pattern that are tried, evenly taken."""
ROW = 240
"""Characters of a row."""
_LITERAL = re.compile(r"[\u4e00-\u9fff]{1,5}|[^\W\\]|[^\w\s\\]")


def _patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for module in pkgutil.walk_packages(extractor.__path__, "extractor."):
        if not module.name.startswith(
            ("extractor.documents", "extractor.extraction", "extractor.language")
        ):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for at, pattern in enumerate(_inside(value)):
                if isinstance(pattern.pattern, str):
                    found[f"{module.name.removeprefix('extractor.')}.{name}-{at}"] = (
                        pattern
                    )
    return {name: p for p, name in {p: name for name, p in found.items()}.items()}


def _inside(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _inside(tuple(value.values()))
    elif isinstance(value, tuple | list) and len(value) < 100:
        for inner in value:
            yield from _inside(inner)


PATTERNS = _patterns()


def _rows(pattern: str) -> Iterator[str]:
    """Yield rows of each word alone, with the one behind it, and with a letter."""
    words = list(dict.fromkeys(_LITERAL.findall(pattern)))
    words = words[:: len(words) // WORDS + 1]
    for word, after in zip(words, [*words[1:], ""], strict=True):
        for unit in {word, word + after, f"é{word}"}:
            yield (unit * ROW)[:ROW] + "\n\0"


def _stop(*_: object) -> None:
    raise TimeoutError


def test_patterns_are_found() -> None:
    """A test of none would pass."""
    assert len(PATTERNS) > 300


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_reads_a_row_in_many_ways(name: str) -> None:
    """Whether all of it must match or any part."""
    pattern = PATTERNS[name]
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        for row in _rows(pattern.pattern):
            for method in (pattern.fullmatch, pattern.search):
                started = time.process_time()
                signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
                method(row)
                signal.setitimer(signal.ITIMER_PROF, 0)
                assert time.process_time() - started < LIMIT_S, row
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
