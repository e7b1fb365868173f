"""Ray itself, on this machine: whole programs against a stub, two workers each."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cluster_runs import PLANS, stored_rows, written_files
from tests.conftest import DOCUMENTS, ROOT
from tests.store_samples import found_violations
from tests.stub.behaviour import Behaviour
from tests.stub.process import StubProcess, stub_process

TIMEOUT_S = 300
FLUSHED_S = 6.0
"""After which an answer is written out, whatever becomes of the worker."""

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(
        find_spec("ray") is None,
        reason="needs the extra: pip install 'workplan-extract[ray]'",
    ),
    pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc"),
]


@pytest.fixture(scope="module")
def stub() -> Iterator[StubProcess]:
    """Run an endpoint."""
    with stub_process() as running:
        yield running


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """Some plans, and a file that no plan can be read from."""
    folder = tmp_path / "plans"
    folder.mkdir()
    for name in PLANS:
        shutil.copy(DOCUMENTS / name, folder)
    folder.joinpath("broken.pdf").write_bytes(b"%PDF-1.7 of nothing")
    return folder


def launch(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `extract` in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "extractor", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "of-a-test"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run `extract`; return exit code, stdout and stderr."""
    process = launch(folder, *arguments)
    stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    assert "Traceback" not in stderr, stderr
    return process.returncode, stdout, stderr


def asking(stub: StubProcess, *more: str) -> list[str]:
    """Return the flags of the stub's model."""
    return ["--model", "stub", "--base-url", stub.base_url, "--concurrency", "2", *more]


def on_ray(stub: StubProcess, *more: str) -> list[str]:
    """Return a command for two workers."""
    engine = ["--engine", "ray", "--workers", "2", "--out", "out"]
    return ["run", "plans", *engine, *asking(stub, *more)]


def calls(stub: StubProcess) -> int:
    """Return how many calls came so far."""
    return int(stub.served()["calls"])


def wait_for(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something the program does."""
    end = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def descendants(pid: int) -> set[int]:
    """Return the processes that a process began, and theirs."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = folder.joinpath("stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(words[1])
    found = {pid}
    while more := {one for one, of in parents.items() if of in found} - found:
        found |= more
    return found


def listening(pids: set[int]) -> set[str]:
    """Return the addresses, as the kernel writes them, that processes listen on."""
    inodes: dict[str, str] = {}
    for table in ("tcp", "tcp6"):
        lines = Path("/proc/net", table).read_text().splitlines()[1:]
        for words in map(str.split, lines):
            if words[3] == "0A":
                inodes[f"socket:[{words[9]}]"] = words[1].rpartition(":")[0]
    found = set()
    for pid in pids:
        try:
            links = [link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        found |= {inodes[str(link)] for link in links if str(link) in inodes}
    return found


LOOPBACK = {
    "0100007F",  # 127.0.0.1
    "0000000000000000FFFF00000100007F",  # the same, in IPv6
    "00000000000000000000000001000000",  # ::1
}


def test_two_workers_write_the_rows_of_one_machine(
    stub: StubProcess, plans: Path
) -> None:
    """The same rows, an error row, then a repeat that asks and changes nothing."""
    folder = plans.parent
    here = run(folder, "run", "plans", "--db", "here.db", *asking(stub))
    n_here = calls(stub)

    there = run(folder, *on_ray(stub))

    assert (here[0], there[0]) == (3, 3), there[2]
    assert "'plans/broken.pdf' looks like a PDF but" in there[2]
    n_there = calls(stub) - n_here
    assert n_there == n_here
    assert run(folder, "load", "out", "--db", "there.db")[0] == 3
    assert stored_rows(folder / "here.db") == stored_rows(folder / "there.db")
    assert found_violations(folder / "there.db") == []
    before = written_files(folder / "out")

    assert run(folder, *on_ray(stub))[0] == 3

    assert calls(stub) == n_here + n_there
    assert written_files(folder / "out") == before


def test_rules_say_the_same_on_workers(tmp_path: Path) -> None:
    """All shipped documents, without a model."""
    given = [str(DOCUMENTS), "--model", "rules"]
    assert run(tmp_path, "run", *given, "--db", "here.db")[0] == 0

    code, _, stderr = run(tmp_path, "run", *given, "--engine", "ray", "--out", "out")

    assert code == 0, stderr
    assert run(tmp_path, "load", "out", "--db", "there.db")[0] == 0
    assert stored_rows(tmp_path / "here.db") == stored_rows(tmp_path / "there.db")


def test_killed_run_loses_and_doubles_nothing(plans: Path) -> None:
    """After kill -9 the same command ends with the rows of a run that was left alone.

    What was written is not asked again, and meanwhile nobody else could listen in.
    """
    folder = plans.parent
    shutil.copy(DOCUMENTS / "qinghe-2024.txt", plans)
    with stub_process(Behaviour(latency_s=0.7)) as stub:
        process = launch(folder, *on_ray(stub, "--concurrency", "1"))
        wait_for(lambda: calls(stub) > 0, process)
        began = time.monotonic()
        wait_for(lambda: time.monotonic() - began > FLUSHED_S + 2, process)
        addresses = listening(descendants(process.pid))
        n_written = sum(
            len(_answers(file))
            for file in (folder / "out/llm_calls").rglob("*.parquet")
        )
        processes = descendants(process.pid)
        process.kill()
        process.communicate()
        _wait_for_end(processes)
        n_killed = calls(stub)
        stub.behave(Behaviour())

        code, _, stderr = run(folder, *on_ray(stub))

        assert code == 3, stderr
        n_all = calls(stub)
        here = run(folder, "run", "plans", "--db", "here.db", *asking(stub))
        needed = calls(stub) - n_all
    assert here[0] == 3
    assert run(folder, "load", "out", "--db", "there.db")[0] == 3
    assert addresses <= LOOPBACK
    assert 0 < n_written <= n_killed < needed
    assert n_all - n_killed <= needed - n_written
    same = [stored_rows(folder / db) for db in ("here.db", "there.db")]
    for rows in same:
        rows.pop("llm_calls")  # here are those that were lost, too
    assert same[0] == same[1]


def _answers(path: Path) -> list[object]:
    import pyarrow.parquet as pq

    found: list[object] = pq.read_table(path, columns=["id"])["id"].to_pylist()
    return found


def _wait_for_end(processes: set[int]) -> None:
    """Wait for what a killed program leaves: Ray ends its workers itself."""
    end = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in processes):
        if time.monotonic() > end:
            for pid in processes:
                if Path(f"/proc/{pid}").exists():
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def test_stopped_run_keeps_all_that_was_paid(plans: Path) -> None:
    """Ctrl-C waits for what is in flight: not one answer is bought twice."""
    folder = plans.parent
    shutil.copy(DOCUMENTS / "qinghe-2024.txt", plans)
    with stub_process(Behaviour(latency_s=0.5)) as stub:
        process = launch(folder, *on_ray(stub))
        wait_for(lambda: calls(stub) > 8, process)

        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=TIMEOUT_S)

        assert (process.returncode, stdout) == (130, ""), stderr
        last = stderr.splitlines()[-1]
        assert last == "Stopped. The same command goes on from here."
        assert 8 < calls(stub) < 60
        stub.behave(Behaviour())
        assert run(folder, *on_ray(stub))[0] == 3
        assert stub.served()["answered_again"] == 0


def test_workers_share_one_purse(plans: Path) -> None:
    """What two workers spend together stays under the cap."""
    folder = plans.parent
    folder.joinpath("prices.toml").write_text(
        "as_of = 2026-01-01\n[models.stub]\ninput = 100.0\noutput = 1000.0\n"
    )
    with stub_process(Behaviour(latency_s=0.1)) as stub:
        flags = ["--prices", "prices.toml", "--max-cost"]

        code, _, stderr = run(folder, *on_ray(stub, *flags, "2.5"))

        tokens = stub.served()["tokens"]
    usd = (tokens["prompt_tokens"] * 100 + tokens["completion_tokens"] * 1000) / 1e6
    assert code == 1
    assert "--max-cost 2.5 is used up" in stderr
    assert 0 < usd <= 2.5
