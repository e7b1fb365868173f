"""Fuzz the readers, the splitter and the parsers.

```
python -m tests.fuzz TARGET… [--minutes 30] [--seed 1] [--out build/fuzz]
                     [--engine hypothesis|atheris|both]
python -m tests.fuzz TARGET --again FILE [--smaller]
```

Targets: readers, splitter, quantities, dates, or all. Half of the time goes to each
engine: hypothesis makes inputs by grammar and damages good ones, atheris (optional:
`pip install atheris`) grows inputs that reach new code.
An input must give a result that holds what the product promises, or be refused in one
line, within 1 s of processor time and 500 MB. What does not is kept under `--out`.
Exit 0 when nothing was found, 1 otherwise. Linux only: limits are the kernel's.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz import campaign, guard
from tests.fuzz.findings import smaller
from tests.fuzz.given import Given
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="+", choices=[*TARGETS, "all"])
    parser.add_argument("--minutes", type=float, default=30.0, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument(
        "--engine", choices=["hypothesis", "atheris", "both"], default="both"
    )
    parser.add_argument("--again", type=Path, help="run one kept input")
    parser.add_argument("--smaller", action="store_true", help="and make it small")
    options = parser.parse_args()
    targets = list(TARGETS) if "all" in options.targets else options.targets
    if options.again:
        return again(targets[0], options.again, is_smaller=options.smaller)
    found = 0
    for target in targets:
        found += fuzz(target, options)
    return int(found > 0)


def fuzz(target: str, options: argparse.Namespace) -> int:
    """Fuzz one target with the engines there are, and print what came of it."""
    wanted = {"both": ["hypothesis", "atheris"]}.get(options.engine, [options.engine])
    engines = [engine for engine in wanted if engine in campaign.engines()]
    if engines != wanted:
        print("atheris is not installed: no inputs are grown by coverage", flush=True)
    found = 0
    for engine in engines:
        seconds = 60 * options.minutes / len(engines)
        folder = options.out.resolve() / target / engine
        job = campaign.Job(target, engine, options.seed, folder)
        totals = campaign.run(job, seconds)
        print(f"{target}, {engine}: {totals.words()}", flush=True)
        for fault, count in totals.found.most_common():
            print(f"  {count} {fault.kind} in {fault.place}: see {folder}", flush=True)
        found += sum(totals.found.values())
    return found


def again(target: str, path: Path, *, is_smaller: bool) -> int:
    """Run one input in this process, and say how it ended."""
    check = TARGETS[target].check
    given = Given(path.read_bytes(), path.suffix)
    outcome = guard.run(check, given)
    outcome = guard.run(check, given) if outcome.broken else outcome  # once loaded
    broken = outcome.broken
    if broken and is_smaller:
        given = smaller(
            given,
            lambda tried: (
                (now := guard.run(check, tried).broken) is not None
                and now[:2] == broken[:2]
            ),
        )
        path = path.with_name(f"small-{path.name}")
        path.write_bytes(given.content)
        print(f"{len(given.content)} bytes in {path}")
    print(f"{1000 * outcome.cpu_s:.0f} ms, refused: {outcome.is_refused}")
    print(broken.words if broken else "nothing is broken")
    return int(broken is not None)


if __name__ == "__main__":
    sys.exit(main())
