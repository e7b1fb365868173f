"""The bars, each measured and compared with what it should be.

Ratios are taken within one run of this program, on one machine.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench_batch.commands import (
    ROOT,
    arguments,
    asked,
    calls_a_second,
    start,
    use,
)
from tests.bench_batch.folders import make_folder
from tests.stub.behaviour import Behaviour
from tests.stub.process import stub_process

CONCURRENCY = 64
PRICES = 'as_of = 2026-11-01\n[models."stub"]\ninput = 100\noutput = 200\n'


class Line(NamedTuple):
    """A line of the table."""

    what: str
    figure: str
    bar: str
    is_met: bool


@dataclass(frozen=True)
class Bench:
    """Where the bench works, and how much smaller than the bars it is."""

    folder: Path
    scale: float = 1.0

    def plans(self, items: int) -> Path:
        """Return a folder of about so many items."""
        return make_folder(self.folder / f"plans-{items}", items)

    def db(self, name: str) -> Path:
        """Return the path of a new database."""
        path = self.folder / f"{name}.db"
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()
        return path

    def scaled(self, items: int) -> int:
        """Return a number of items at this scale, 200 at least."""
        return max(200, round(items * self.scale))


def latency(bench: Bench) -> Iterator[Line]:
    """A slow endpoint is used to the full."""
    plans, db = bench.plans(bench.scaled(5000)), bench.db("latency")
    with stub_process(Behaviour(latency_s=1.0)) as stub:
        used = use(arguments(plans, db, stub.base_url, *_at(CONCURRENCY)))
        most = stub.served()["most_at_once"]
    calls, rate = calls_a_second(db)
    share = rate / CONCURRENCY
    yield Line(
        f"{calls:,} calls, 1 s latency, concurrency {CONCURRENCY}",
        f"{share:.3f} of concurrency / latency; {most} at once at most; "
        f"{used.wall_s:.0f} s with loading",
        "≥ 0.95",
        share >= 0.95 and used.exit_code == 0,
    )


def saturation(bench: Bench) -> Iterator[Line]:
    """A quick endpoint: the product against a loop that stores nothing."""
    plans, db = bench.plans(bench.scaled(2000)), bench.db("saturation")
    with stub_process(Behaviour(latency_s=0.01)) as stub:
        bare = _python("tests.bench_batch.bare", plans, stub.base_url, CONCURRENCY)
        used = use(arguments(plans, db, stub.base_url, *_at(CONCURRENCY)))
    calls, rate = calls_a_second(db)
    bare_rate = float(bare.split()[1])
    yield Line(
        f"{calls:,} calls, 10 ms latency, concurrency {CONCURRENCY}",
        f"{rate:.0f} a second, a bare loop {bare_rate:.0f}: {rate / bare_rate:.2f} "
        "of it",
        "≥ 1",
        rate >= bare_rate and used.exit_code == 0,
    )


def own_time(bench: Bench) -> Iterator[Line]:
    """Own processor time and memory as runs grow, without HTTP."""
    sizes = [bench.scaled(size) for size in (1000, 10_000, 100_000)]
    made = [_alone(bench, size) for size in sizes]
    own = ", ".join(f"{one['own_ms']:.2f}" for one in made)
    yield Line(
        "own CPU an item, " + ", ".join(f"{one['items']:,}" for one in made) + " items",
        f"{own} ms ({made[-1]['load_ms']:.2f} of it loading)",
        "≤ 3 ms",
        made[-1]["own_ms"] <= 3,
    )
    times = made[2]["own_s"] / made[1]["own_s"] * made[1]["items"] / made[2]["items"]
    yield Line(
        "ten times the items",
        f"{10 * times:.2f} times the CPU",
        "≤ 10.5",
        times <= 1.05,
    )
    more = made[2]["peak_mb"] - made[0]["peak_mb"]
    yield Line(
        "peak memory, smallest against largest",
        f"{made[0]['peak_mb']:.0f} and {made[2]['peak_mb']:.0f} MB: {more:+.0f}",
        "≤ +100 MB",
        more <= 100,
    )


def repeated(bench: Bench) -> Iterator[Line]:
    """A finished run done again, with what starting takes."""
    size = bench.scaled(10_000)
    db = bench.folder / f"alone-{size}.db"
    if not db.exists():
        _alone(bench, size)
    before = asked(db, "select count(*) from llm_calls")[0]
    used = use(arguments(bench.plans(size), db, "http://127.0.0.1:9/v1", *_at(64)))
    calls = asked(db, "select count(*) from llm_calls")[0] - before
    yield Line(
        f"a finished run repeated, {size:,} items",
        f"{calls} calls, {used.wall_s:.1f} s ({used.cpu_s:.1f} s CPU)",
        "0 calls, ≤ 5 s",
        calls == 0 and used.wall_s <= 5 and used.exit_code == 0,
    )


def kills(bench: Bench, times: int = 30, at_once: int = 32) -> Iterator[Line]:
    """kill -9 at random moments, then the same command to its end."""
    plans, db = bench.plans(bench.scaled(6000)), bench.db("kills")
    rng = random.Random(9)
    done = 0
    with stub_process(Behaviour(latency_s=0.2)) as stub:
        command = arguments(plans, db, stub.base_url, *_at(at_once))
        while done < times:
            process = start(command)
            _until_it_asks(stub.served, process)
            time.sleep(rng.uniform(0.0, 1.5))
            ended = process.poll() is not None
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if ended:
                break
            done += 1
        last = use(command)
        served = stub.served()
    items, outcomes, doubled = asked(
        db,
        "select (select count(*) from items where position is not null), "
        "(select count(*) from run_items), "
        "(select count(*) from (select 1 from commitments group by item_id, clause, "
        "target_start, action_start having count(*) > count(distinct position)))",
    )
    again = served["answered_again"]
    yield Line(
        f"kill -9 at {done} random moments under load, {items:,} items",
        f"{items - outcomes} lost, {doubled} doubled, {again} calls again "
        f"({again / max(done, 1):.1f} a kill, {at_once} in flight)",
        f"0, 0, ≤ {at_once} a kill",
        items == outcomes
        and doubled == 0
        and again <= done * at_once
        and done >= times
        and last.exit_code == 0,
    )


def faults(bench: Bench) -> Iterator[Line]:
    """A fifth of the calls fail in every way."""
    plans, db = bench.plans(bench.scaled(5000)), bench.db("faults")
    behaviour = Behaviour.all_faults(0.2, latency_s=0.01, retry_after_s=0.5, hang_s=3)
    with stub_process(behaviour) as stub:
        more = ("--timeout", "1", "--patience", "60")
        used = use(arguments(plans, db, stub.base_url, *_at(CONCURRENCY), *more))
        served = stub.served()
    items, outcomes, failed, failures, calls, tokens = asked(
        db,
        "select (select count(*) from items where position is not null), "
        "(select count(*) from run_items), "
        "(select count(*) from run_items where outcome = 'failed'), "
        "(select count(*) from failures), (select count(*) from llm_calls), "
        "(select sum(prompt_tokens + completion_tokens) from llm_calls)",
    )
    sent = sum(served["tokens"].values())
    yield Line(
        f"20 % faults of twelve kinds, {items:,} items",
        f"{items - outcomes} without an end, {failed} failed with a reason; "
        f"{calls:,} calls in the ledger, {served['calls']:,} served; "
        f"tokens {'equal' if tokens == sent else f'{tokens} for {sent}'}",
        "0; equal",
        items == outcomes
        and failed == failures
        and calls == served["calls"]
        and tokens == sent
        and used.exit_code in {0, 3},
    )


def money(bench: Bench) -> Iterator[Line]:
    """A cap on money is kept."""
    plans, db = bench.plans(bench.scaled(1000)), bench.db("money")
    prices = bench.folder / "prices.toml"
    prices.write_text(PRICES, encoding="utf-8")
    cap = 3.0
    with stub_process(Behaviour(latency_s=0.02)) as stub:
        more = ("--prices", str(prices), "--max-cost", f"{cap:g}")
        use(arguments(plans, db, stub.base_url, *_at(CONCURRENCY), *more))
    (paid,) = asked(db, "select sum(cost_usd) from llm_calls")
    yield Line(
        f"--max-cost {cap:g}", f"{paid:.2f} USD paid", f"≤ {cap:g}", 0 < paid <= cap
    )


BARS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "latency": latency,
    "saturation": saturation,
    "own-time": own_time,
    "repeated": repeated,
    "kills": kills,
    "faults": faults,
    "money": money,
}


def _at(concurrency: int) -> tuple[str, str]:
    return "--concurrency", str(concurrency)


def _alone(bench: Bench, items: int) -> dict[str, Any]:
    plans, db = bench.plans(items), bench.db(f"alone-{items}")
    made: dict[str, Any] = json.loads(_python("tests.bench_batch.alone", plans, db))
    return made


def _python(module: str, *arguments: object) -> str:
    """Return what a module prints in its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def _until_it_asks(
    served: Callable[[], dict[str, Any]], process: subprocess.Popen[str]
) -> None:
    """Wait until a run sends calls, or ends."""
    before = served()["calls"]
    while process.poll() is None and served()["calls"] == before:
        with suppress(KeyboardInterrupt):
            time.sleep(0.05)
