"""Fuzzing itself: a short run of each target, and that its limits hold."""

from __future__ import annotations

import json
import mmap
import random
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from extractor.core.errors import DocumentError
from tests.conftest import ROOT
from tests.fuzz import campaign, guard
from tests.fuzz.__main__ import again
from tests.fuzz.findings import Fault, Findings, smaller
from tests.fuzz.given import Given
from tests.fuzz.guard import Broken
from tests.fuzz.mutation import KINDS, MAX_SIZE, Mutation, inside, mutated, packed
from tests.fuzz.targets import TARGETS

EXAMPLES = 40


@pytest.mark.parametrize("name", TARGETS)
def test_short_run_finds_nothing(name: str) -> None:
    """The same inputs each time; `make fuzz` makes many more."""
    target = TARGETS[name]
    found: list[Broken] = []
    for whole in target.seeds():
        guard.run(target.check, whole, cpu_s=60)  # what is loaded once takes longer

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(target.strategy)
    def run(made: Given) -> None:
        outcome = guard.run(target.check, made)
        found.extend(filter(None, [outcome.broken]))

    run()

    assert found == []


@pytest.mark.parametrize("name", TARGETS)
def test_whole_inputs_are_read(name: str) -> None:
    """An engine that sets out from refused inputs would test the refusal."""
    target = TARGETS[name]
    outcomes = [guard.run(target.check, given, cpu_s=60) for given in target.seeds()]

    assert len(outcomes) >= 15
    assert [outcome for outcome in outcomes if outcome.broken] == []
    assert [outcome for outcome in outcomes if outcome.is_refused] == []


def _hang(_: Given) -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:  # noqa: BLE001  # as a library may do
            continue


def _fill(_: Given) -> None:
    # Pages of its own: the heap may have as much that was freed before.
    with mmap.mmap(-1, 2**25) as memory:
        for at in range(0, 2**25, mmap.PAGESIZE):
            memory[at] = 1


def _shout(_: Given) -> None:
    raise DocumentError("one line\nand another")


def _warn(_: Given) -> None:
    warnings.warn("on the user's screen", stacklevel=1)


def _refuse(_: Given) -> None:
    raise DocumentError("'x' is empty; give a file with text in it")


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        pytest.param(_hang, "TooSlow", id="hangs"),
        pytest.param(_fill, "TooLarge", id="takes-memory"),
        pytest.param(_shout, "BadMessage", id="several-lines"),
        pytest.param(_warn, "UserWarning", id="warns"),
    ],
)
def test_what_breaks_a_promise_is_found(
    monkeypatch: pytest.MonkeyPatch, check: guard.Check, kind: str
) -> None:
    """Whatever way it goes wrong."""
    monkeypatch.setattr(guard, "MEMORY", 2**24)
    outcome = guard.run(check, Given(b""), cpu_s=0.2)

    assert outcome.broken is not None
    assert outcome.broken.kind == kind


def test_a_refusal_in_one_line_is_none() -> None:
    """It is what a user is promised."""
    outcome = guard.run(_refuse, Given(b""))

    assert (outcome.is_refused, outcome.broken) == (True, None)


def test_a_run_counts_and_keeps_no_process(tmp_path: Path) -> None:
    """A worker reports each batch and ends when its time is over."""
    job = campaign.Job("quantities", "hypothesis", 1, tmp_path)

    totals = campaign.run(job, 0.1)

    assert totals.processes == 1
    assert totals.executions > 0
    assert totals.found == {}
    assert "0 findings of 0 kinds" in totals.words()
    assert 0 < totals.slowest_s < guard.CPU_S


def test_the_input_that_a_worker_dies_of_is_kept(tmp_path: Path) -> None:
    """A fault in a C library ends the process; its parent goes on."""
    (tmp_path / "running").write_bytes(b".pdf\n%PDF-1.7\n\0")
    (tmp_path / "errors.log").write_text("Segmentation fault", encoding="utf-8")
    job = campaign.Job("readers", "hypothesis", 1, tmp_path)

    fault = campaign.keep_crash(job, signal.Signals.SIGSEGV.name)

    assert fault == Fault("Crash", "SIGSEGV")
    (kept,) = tmp_path.glob("readers-Crash-*.pdf")
    assert kept.read_bytes() == b"%PDF-1.7\n\0"
    facts = json.loads(kept.with_name(f"{kept.name}.json").read_text(encoding="utf-8"))
    assert facts["again"] == f"python -m tests.fuzz readers --again {kept.name}"


def test_smallest_inputs_of_a_fault_are_kept(tmp_path: Path) -> None:
    """Three of each, however many come."""
    findings = Findings(tmp_path, "readers")
    for size in (9, 4, 8, 1, 7):
        findings.add(Given(b"x" * size, ".txt"), Broken("A", "b.c", "words"))

    assert findings.counts == {Fault("A", "b.c"): 5}
    kept = sorted(path.stat().st_size for path in tmp_path.glob("*.txt"))
    assert kept == [1, 4, 7]
    assert len(list(tmp_path.glob("*.json"))) == 3


def test_a_finding_is_made_small() -> None:
    """What it does not need is taken out."""
    content = b"a" * 50 + b"X" + b"b" * 50 + b"Y" + b"c" * 7

    found = smaller(Given(content), lambda g: b"X" in g.content and b"Y" in g.content)

    assert found == Given(b"XY")


def test_a_kept_input_is_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its own check, in this process."""
    path = tmp_path / "a.txt"
    path.write_text("新建学校3所", encoding="utf-8")

    assert again("quantities", path, is_smaller=True) == 0
    assert "nothing is broken" in capsys.readouterr().out


def test_damage_is_the_same_every_time_and_stays_small() -> None:
    """Of text and of bytes."""
    pick = random.Random(3)
    for _ in range(200):
        damages = [
            Mutation(
                pick.choice(KINDS), pick.random(), pick.randint(0, 9), "7甲", 40_000
            )
            for _ in range(3)
        ]
        first = mutated("第12项，新建3所" * 9, damages)

        assert first == mutated("第12项，新建3所" * 9, damages)
        assert len(first) <= MAX_SIZE


def test_damage_goes_inside_an_archive() -> None:
    """The packing stays whole, so that the part is read."""
    content = packed([("a.xml", b"<a>1</a>"), ("b.xml", b"<b>2</b>")])
    damage = Mutation("number", 0.0, 0, b"999", 1)

    found = inside(content, 0.9, [damage])

    assert found == packed([("a.xml", b"<a>1</a>"), ("b.xml", b"<b>999</b>")])


def test_what_python_cannot_interrupt_is_ended() -> None:
    """The kernel ends the process, so that its parent sees it."""
    program = (
        "from tests.fuzz import guard\n"
        "guard.HARD_CPU_S = 0.1\n"
        "with guard.ended_by_kernel():\n"
        "    pow(7, 10**9)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, timeout=120, check=False
    )

    assert ended.returncode == -signal.SIGVTALRM
