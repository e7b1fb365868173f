"""Batches in tests: plans, the commands at a stub, and what its database says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from extractor.cli.main import main
from tests.commands import rows
from tests.generated_plans import write_plans
from tests.stub.behaviour import Behaviour
from tests.stub.process import StubProcess

MODE = ("--answer-mode", "json_schema")


def plans(count: int) -> str:
    """Write generated plans into a folder here."""
    return str(write_plans(Path("plans"), count))


def submit_words(stub: StubProcess, *more: str) -> list[str]:
    """Return the command that sends batches of the plans."""
    where = ("--model", "stub", "--base-url", stub.base_url, "--db", "x.db")
    return ["batch", "submit", "plans", *where, *MODE, *more]


class Batching:
    """The commands at a stub, in this process."""

    def __init__(self, runner: CliRunner, stub: StubProcess) -> None:
        self._runner = runner
        self.stub = stub

    def behave(self, **batch: Any) -> None:
        """Let batches end so from now on."""
        self.stub.behave(Behaviour(batch=batch))

    def submit(self, *more: str, code: int = 0) -> Result:
        """Send what is open."""
        return self._run(submit_words(self.stub, *more), code)

    def collect(self, *more: str, code: int = 0) -> Result:
        """Store and read what came."""
        where = ("--db", "x.db", "--base-url", self.stub.base_url)
        return self._run(["batch", "collect", *where, *more], code)

    def live(self, *more: str, db: str = "x.db", code: int = 0) -> Result:
        """Run the same command without batches."""
        where = ("--model", "stub", "--base-url", self.stub.base_url, "--db", db)
        return self._run(["run", "plans", *where, *MODE, "--show", "0", *more], code)

    def status(self, *more: str, code: int = 0) -> Result:
        """Ask how batches stand."""
        where = ("--db", "x.db", "--base-url", self.stub.base_url)
        return self._run(["batch", "status", *where, *more], code)

    def served(self) -> dict[str, Any]:
        """Return what the stub did about batches."""
        served: dict[str, Any] = self.stub.served()["batch"]
        return served

    def _run(self, words: Sequence[str], code: int) -> Result:
        result = self._runner.invoke(main, list(words))
        assert result.exit_code == code, (result.output, result.exception)
        assert "Traceback" not in result.output
        return result


def ledger(where: str = "1") -> int:
    """Return how many calls stand in the ledger."""
    count: int = rows(f"select count(*) from llm_calls where {where}")[0][0]
    return count


def records(db: str = "x.db") -> list[tuple[Any, ...]]:
    """Return all that is recorded, with the call that each record is of."""
    return rows("select * from commitments order by id", db)
