"""Print the bars of a batch run: `make bench-batch`.

python -m tests.bench_batch FOLDER [--scale 0.1] [NAME …]

Scale 1 is what the bars are about and takes half an hour; everything else on the
machine should rest meanwhile. It exits with 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.bench_batch.bars import BARS, Bench


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(description="Bars of a batch run")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BARS)}")
    parser.add_argument("--scale", type=float, default=1.0)
    told = parser.parse_intermixed_args()
    if unknown := set(told.names) - set(BARS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    bench = Bench(told.folder.resolve(), told.scale)
    print("Answers are a stub's: these are figures of speed and of nothing lost.")
    print("| what | measured | bar | |\n|---|---|---|---|", flush=True)
    missed = 0
    for name in told.names or BARS:
        for line in BARS[name](bench):
            verdict = "met" if line.is_met else "missed"
            missed += not line.is_met
            print(
                f"| {line.what} | {line.figure} | {line.bar} | {verdict} |", flush=True
            )
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
