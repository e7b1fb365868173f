"""Whole runs over the shipped documents, replayed from the embedded model's answers.

`make record` records them again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from extractor.core.runs import RunSummary
from extractor.extraction.strategy import read_item
from extractor.model.embedded.server import LocalServer
from extractor.model.embedded.weights import locate_weights
from extractor.model.endpoints import ModelConfig
from extractor.model.turns import first_turn
from extractor.runs.audit import audit
from extractor.runs.config import RunConfig
from extractor.runs.pipeline import Job, run
from extractor.runs.session import make_strategy, open_model
from extractor.runs.works import load_works
from extractor.store.export import export_rows
from extractor.store.ledger import SqliteLedger
from extractor.store.store import Store
from tests.cassette_io import (
    CASSETTES,
    recorded_bodies,
    scrub_request,
    scrub_response,
    secrets_in,
)

DOCUMENTS = Path(__file__).resolve().parents[2] / "evals" / "documents"
FOLDER = CASSETTES / "test_cassettes"
IS_RECORDING = bool(os.environ.get("EXTRACT_RECORD"))


@dataclass(frozen=True)
class Recorded:
    """One run that has a cassette."""

    name: str
    document: str
    config: RunConfig


def _closed(name: str) -> Recorded:
    return Recorded(name, name, RunConfig("local", "closed", "rules"))


RECORDED = [
    *(_closed(path.stem) for path in sorted(DOCUMENTS.glob("*.txt"))),
    Recorded(
        "open-minsheng-2023",
        "minsheng-2023",
        RunConfig("local", "open", "model", limit=2),
    ),
    Recorded(
        "soft-qinghe-2024",
        "qinghe-2024",
        RunConfig("local", "closed", "model", limit=3),
    ),
]


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    return {
        "match_on": ["method", "path", "body"],
        "before_record_request": scrub_request,
        "before_record_response": scrub_response,
        "decode_compressed_response": True,
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(FOLDER)


@pytest.fixture
def default_cassette_name(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("recorded").name


@contextmanager
def _endpoint() -> Iterator[str]:
    """Yield the embedded server when recording, an address nobody listens on else."""
    if not IS_RECORDING:
        yield "http://127.0.0.1:9/v1"
        return
    with LocalServer(locate_weights()) as server:
        yield server.base_url


def _run(recorded: Recorded, db: Path) -> RunSummary:
    config = recorded.config
    plan = load_works([DOCUMENTS / f"{recorded.document}.txt"], config)
    job = Job.of(plan.works, config, make_strategy(config))
    with _endpoint() as base_url, Store(db) as store:
        store.start_run(job.record)
        endpoint = ModelConfig("local", base_url, timeout_s=600, max_attempts=1)
        ledger = SqliteLedger(store, job.record.id)
        return run(job, open_model(endpoint, ledger, config.concurrency), store)


def _export(db: Path) -> str:
    out = db.with_suffix(".jsonl")
    export_rows(db, "jsonl", out)
    return out.read_text(encoding="utf-8")


@pytest.mark.vcr
@pytest.mark.parametrize("recorded", RECORDED, ids=lambda r: r.name)
def test_whole_run_replays_to_rows(
    recorded: Recorded, tmp_path: Path, vcr: Any
) -> None:
    """A recorded run gives grounded rows, twice the same bytes, and no call is left."""
    summary = _run(recorded, tmp_path / "first.db")

    assert summary.failed == 0
    assert summary.items == summary.with_records + summary.without_records
    assert summary.records > 0
    assert summary.calls == len(vcr)
    assert vcr.all_played or IS_RECORDING
    (found,) = audit(tmp_path / "first.db")
    assert found.violations == ()
    assert found.records == summary.records
    rows = [json.loads(line) for line in _export(tmp_path / "first.db").splitlines()]
    assert len(rows) == summary.records
    assert {row["method"] for row in rows} <= {"model", "rules"}
    assert "model" in {row["method"] for row in rows}
    if not IS_RECORDING:
        vcr.rewind()
        _run(recorded, tmp_path / "second.db")
        assert _export(tmp_path / "second.db") == _export(tmp_path / "first.db")


def _asked_now(recorded: Recorded) -> set[str]:
    """Return what the code of today asks for a run: messages and grammar."""
    plan = load_works([DOCUMENTS / f"{recorded.document}.txt"], recorded.config)
    strategy = make_strategy(recorded.config)
    endpoint = ModelConfig("local", "http://127.0.0.1:9/v1")
    bodies = [
        first_turn(request, endpoint).body
        for work in plan.works
        for item in work.items
        for request in strategy.requests(read_item(item, work.document.plan_year))
    ]
    return {json.dumps([body["messages"], body.get("grammar")]) for body in bodies}


@pytest.mark.skipif(IS_RECORDING, reason="the cassettes are being written")
@pytest.mark.parametrize(
    "recorded",
    [r for r in RECORDED if r.config.strategy == "closed" and r.config.soft == "rules"],
    ids=lambda r: r.name,
)
def test_cassette_is_what_the_code_asks_today(recorded: Recorded) -> None:
    """A stale cassette fails with what changed: the prompt, a question, its answers."""
    path = FOLDER / f"{recorded.name}.yaml"
    bodies = recorded_bodies(path)
    known = {json.dumps([b["messages"], b.get("grammar")]) for b in bodies}
    asked = _asked_now(recorded)

    assert asked == known, _what_changed(path, known, asked)


def _what_changed(path: Path, known: set[str], asked: set[str]) -> str:
    new = sorted(asked - known)
    gone = sorted(known - asked)
    lines = [
        f"{path.name} is stale: {len(new)} new requests, {len(gone)} no longer made."
    ]
    if new and gone:
        old_messages, new_messages = json.loads(gone[0])[0], json.loads(new[0])[0]
        if old_messages[:-1] != new_messages[:-1]:
            lines.append("The prompt changed (instructions or examples).")
    for mark, requests in (("+", new), ("-", gone)):
        for request in requests[:3]:
            messages, grammar = json.loads(request)
            lines.append(f"{mark} {messages[-1]['content']}  {grammar}")
    lines.append("Record again with `make record` and review the difference.")
    return "\n".join(lines)


@pytest.mark.vcr
@pytest.mark.parametrize("recorded", [_closed("donglan-portal-2023")], ids=["readme"])
def test_readme_shows_real_output(recorded: Recorded, tmp_path: Path) -> None:
    """Each row of the README's sample is a record of the replayed run."""
    _run(recorded, tmp_path / "readme.db")
    made = {
        _sample_row(json.loads(r)) for r in _export(tmp_path / "readme.db").splitlines()
    }
    readme = (DOCUMENTS.parents[1] / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- sample")[1].split("<!-- end of sample")[0]
    shown = re.findall(r"^\|(.*)\|$", table, re.MULTILINE)[2:]
    rows = {tuple(cell.strip() for cell in row.split("|")) for row in shown}

    assert len(rows) >= 8
    assert rows - made == set(), sorted(made)


def _sample_row(record: dict[str, Any]) -> tuple[str, ...]:
    columns = (
        "actor", "action", "object", "target_quote", "target_value", "target_unit",
        "target_comparator", "deadline_date", "method",
    )  # fmt: skip
    return tuple("" if record[c] is None else str(record[c]) for c in columns)


@pytest.mark.skipif(IS_RECORDING, reason="the cassettes are being written")
def test_no_cassette_is_an_orphan() -> None:
    """Every cassette belongs to a test of today, and every test has its own."""
    expected = {f"{recorded.name}.yaml" for recorded in RECORDED}
    found = {path.name for path in FOLDER.glob("*.yaml")}

    assert found == expected, (
        f"orphans: {sorted(found - expected)}, missing: {sorted(expected - found)}; "
        "delete what no test plays, `make record` records what is missing"
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_cassette_is_scrubbed_and_readable(path: Path) -> None:
    """A cassette holds no key, account, cookie or port, and Chinese as Chinese."""
    text = path.read_text(encoding="utf-8")

    assert secrets_in(text) == []
    assert "127.0.0.1" not in text
    assert "\\u" not in text
    assert "动词" in text or "承诺" in text


def test_gate_of_a_changed_prompt() -> None:
    """Changing one word of the prompt makes a cassette stale, with the reason."""
    recorded = RECORDED[0]
    path = FOLDER / f"{recorded.name}.yaml"
    if not path.is_file():
        pytest.skip("the cassettes are being written")
    known = {
        json.dumps([b["messages"], b.get("grammar")]) for b in recorded_bodies(path)
    }
    changed = {
        request.replace("\\u6807\\u6ce8", "\\u6458\\u5f55", 1) for request in known
    }

    message = _what_changed(path, known, changed)

    assert changed.isdisjoint(known)
    assert "The prompt changed" in message


def test_runs_of_all_cassettes_are_of_the_embedded_model() -> None:
    """Every recorded answer names the model that gave it and when."""
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert "qwen2.5-coder-1.5b-instruct" in text
        assert '"created":' in text
