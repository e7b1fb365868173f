"""Inputs grown by coverage, with atheris, where it is installed.

The engine keeps what reaches new code and damages it further; half of the damage is
ours (`files.MUTATIONS` goes inside archives, too), half its own.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

from tests.fuzz.files import TOKENS
from tests.fuzz.given import Given
from tests.fuzz.mutation import KINDS, Mutation, inside
from tests.fuzz.targets import TARGETS, Target

if TYPE_CHECKING:
    from tests.fuzz.worker import Tally

REPORT = 200
"""Inputs between two reports."""
LIMITS_OFF = (
    "-timeout=3600", "-rss_limit_mb=0", "-malloc_limit_mb=0", "-len_control=0",
    "-handle_segv=0", "-handle_bus=0", "-handle_abrt=0", "-handle_fpe=0",
    "-handle_ill=0", "-handle_xfsz=0", "-handle_int=0", "-handle_term=0",
    "-verbosity=0",
)  # fmt: skip
"""Limits and signals are `guard`'s, and its parent's."""
INSTRUMENTED = ("extractor.", "docx.", "openpyxl.", "markdown_it.", "zipfile")


def instrument() -> None:
    """Watch the branches of all that is loaded of the product and its readers."""
    for name, module in list(sys.modules.items()):
        if name.startswith(INSTRUMENTED):
            for value in vars(module).values():
                if getattr(value, "__module__", None) == name and callable(value):
                    _watch(value)


def _watch(value: object) -> None:
    functions = [value, *vars(value).values()] if isinstance(value, type) else [value]
    for function in functions:
        if hasattr(function, "__code__"):
            atheris.instrument_func(function)


def fuzz(name: str, tally: Tally, seed: int, until: float) -> None:
    """Run inputs until the time is over; the process ends here."""
    target = TARGETS[name]
    corpus = tally.folder / "corpus"
    _write_seeds(target, corpus)

    def run_one(data: bytes) -> None:
        tally.run(_given(data, target))
        if tally.executions >= REPORT:
            tally.report(0)
            if time.monotonic() > until or tally.is_swollen:
                tally.leave()

    instrument()
    options = (
        f"-seed={seed % 2**31 or 1}",
        f"-max_len={1 + target.longest * (1 if len(target.suffixes) > 1 else 3)}",
        f"-artifact_prefix={tally.folder}/",
        *LIMITS_OFF,
    )
    arguments = [sys.argv[0], *options, str(corpus)]
    atheris.Setup(arguments, run_one, custom_mutator=_mutate)
    atheris.Fuzz()


def _given(data: bytes, target: Target) -> Given:
    """Return an engine's bytes as an input: the first one chooses the suffix."""
    at = data[0] if data else 0
    suffix = target.suffixes[at % len(target.suffixes)]
    if len(target.suffixes) > 1:
        return Given(data[1 : target.longest + 1], suffix)
    # Half a character would be refused before anything is read of it.
    return Given.of_text(data[1:].decode("utf-8", "replace")[: target.longest])


def _write_seeds(target: Target, corpus: Path) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    for at, given in enumerate(target.seeds()):
        head = bytes([target.suffixes.index(given.suffix)])
        (corpus / f"seed-{at}").write_bytes(head + given.content)


def _mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Damage an input: the engine's way, or ours, which goes inside archives."""
    pick = random.Random(seed)
    # What is changed in a packed file only breaks its packing.
    share = 0.1 if data[1:3] == b"PK" else 0.5
    if len(data) < 2 or pick.random() < share:
        return atheris.Mutate(data, max_size)
    damages = [
        Mutation(
            pick.choice(KINDS),
            pick.random(),
            pick.choice([1, 4, 30, 1000]),
            pick.choice(TOKENS),
            pick.choice([1, 1, 1, 2, 30, 1000]),
        )
        for _ in range(pick.randint(1, 3))
    ]
    return (data[:1] + inside(data[1:], pick.random(), damages))[:max_size]
