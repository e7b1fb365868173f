"""Whole runs over the shipped documents, replayed from the embedded model's answers.

`make record` records them again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import TransportError
from extractor.core.runs import RunSummary
from extractor.evals.replay import Cassette, load_cassette
from extractor.extraction.strategy import read_item
from extractor.model.embedded.adapter import adapter_name
from extractor.model.endpoints import ModelConfig
from extractor.model.requests import Answer, Request, request_key, unanswered
from extractor.model.source import serve_model
from extractor.model.turns import first_turn, settled
from extractor.runs.audit import audit
from extractor.runs.config import RunConfig
from extractor.runs.pipeline import Job, run
from extractor.runs.session import (
    ModelOptions,
    find_model,
    make_strategy,
    open_model,
    run_config,
)
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

    @property
    def path(self) -> Path:
        """Return the cassette's path."""
        return FOLDER / f"{self.name}.yaml"

    def skip_if_missing(self) -> None:
        """Skip what replays a cassette that nobody has recorded."""
        if not IS_RECORDING and not self.path.is_file():
            pytest.skip("not recorded yet: make record")


# One question at a time: a cassette recorded again has its questions in the same order.
SENTENCES = replace(run_config("local"), concurrency=1)
FEW = replace(SENTENCES, adapter=None, limit=2)
RECORDED = [
    *(Recorded(p.stem, p.stem, SENTENCES) for p in sorted(DOCUMENTS.glob("*.txt"))),
    Recorded("marked-minsheng-2023", "minsheng-2023", replace(FEW, strategy="marked")),
    Recorded("open-minsheng-2023", "minsheng-2023", replace(FEW, strategy="open")),
]
README = next(one for one in RECORDED if one.name == "donglan-portal-2023")


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
def _endpoint(config: RunConfig) -> Iterator[ModelConfig]:
    """Yield the embedded server when recording, an address nobody listens on else."""
    if not IS_RECORDING:
        yield _nobody(config)
        return
    with serve_model(find_model(config, ModelOptions())) as served:
        assert served is not None
        yield replace(served, max_attempts=1)


def _nobody(config: RunConfig) -> ModelConfig:
    adapter = adapter_name(config.adapter) if config.adapter else ""
    return ModelConfig(
        "local", "http://127.0.0.1:9/v1", max_attempts=1, adapter=adapter
    )


def _run(recorded: Recorded, db: Path) -> RunSummary:
    config = recorded.config
    plan = load_works([DOCUMENTS / f"{recorded.document}.txt"], config)
    job = Job.of(plan.works, config, make_strategy(config))
    with _endpoint(config) as endpoint, Store(db) as store:
        store.start_run(job.record)
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
    recorded.skip_if_missing()
    summary = _run(recorded, tmp_path / "first.db")

    assert summary.failed == 0 or recorded.config.strategy != "sentences"
    done = summary.with_records + summary.without_records
    assert summary.items == done + summary.failed
    assert summary.records > 0
    assert summary.calls == len(vcr)
    assert vcr.all_played or IS_RECORDING
    (found,) = audit(tmp_path / "first.db")
    # The base without its adapter names dates that another time stands before.
    is_tuned = recorded.config.adapter is not None
    laws = {one.law for one in found.violations}
    assert laws <= (set() if is_tuned else {"date-of-another"})
    assert found.records == summary.records
    rows = [json.loads(line) for line in _export(tmp_path / "first.db").splitlines()]
    assert len(rows) == summary.records
    methods = {row["method"] for row in rows}
    assert methods <= {"model", "rules", "both"}
    assert methods & {"model", "both"}
    if not IS_RECORDING:
        vcr.rewind()
        _run(recorded, tmp_path / "second.db")
        assert _export(tmp_path / "second.db") == _export(tmp_path / "first.db")


Bodies = dict[str, dict[str, Any]]
"""Bodies of requests, by their keys."""


@dataclass
class _Noting:
    """A cassette that notes what is asked of it."""

    cassette: Cassette
    keys: set[str] = field(default_factory=set)

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return the recorded reply."""
        self.keys.add(request_key)
        return self.cassette.answered(request_key)


def _asked_now(recorded: Recorded) -> Bodies:
    """Return what the code of today asks when it is answered as it was recorded."""
    plan = load_works([DOCUMENTS / f"{recorded.document}.txt"], recorded.config)
    strategy = make_strategy(recorded.config)
    endpoint = _nobody(recorded.config)
    replies = _Noting(load_cassette(recorded.path))
    bodies: Bodies = {}
    for work in plan.works:
        for item in work.items:
            view = read_item(item, work.document.plan_year, work.document.issuer)
            answers: dict[Request, Answer] = {}
            while new := unanswered(strategy.requests(view, answers), answers):
                for request in new:
                    turn = first_turn(request, endpoint)
                    bodies[turn.key] = turn.body
                    found = settled(request, endpoint, replies)
                    missing = Answer(error=TransportError("not recorded"))
                    answers[request] = found if isinstance(found, Answer) else missing
    again = {"messages": [{"content": "(asked once more)"}]}
    return {key: bodies.get(key, again) for key in replies.keys}


def _known(path: Path) -> Bodies:
    """Return what is recorded."""
    return {
        request_key("POST", "/v1/chat/completions", json.dumps(body).encode()): body
        for body in recorded_bodies(path)
    }


@pytest.mark.skipif(IS_RECORDING, reason="the cassettes are being written")
@pytest.mark.parametrize("recorded", RECORDED, ids=lambda r: r.name)
def test_cassette_is_what_the_code_asks_today(recorded: Recorded) -> None:
    """A stale cassette fails with what changed: prompt, adapter, a question."""
    recorded.skip_if_missing()
    known, asked = _known(recorded.path), _asked_now(recorded)

    assert set(asked) == set(known), _what_changed(recorded.path, known, asked)


def _what_changed(
    path: Path, known: Mapping[str, Any], asked: Mapping[str, Any]
) -> str:
    new = [asked[key] for key in sorted(set(asked) - set(known))]
    gone = [known[key] for key in sorted(set(known) - set(asked))]
    lines = [
        f"{path.name} is stale: {len(new)} new requests, {len(gone)} no longer made."
    ]
    if new and gone:
        if gone[0]["messages"][:-1] != new[0]["messages"][:-1]:
            lines.append("The prompt changed (instructions or examples).")
        if gone[0].get("adapter") != new[0].get("adapter"):
            lines.append("The adapter changed.")
    for mark, bodies in (("+", new), ("-", gone)):
        lines += [f"{mark} {body['messages'][-1]['content']}" for body in bodies[:3]]
    lines.append("Record again with `make record` and review the difference.")
    return "\n".join(lines)


@pytest.mark.vcr
@pytest.mark.parametrize("recorded", [README], ids=["readme"])
def test_readme_shows_real_output(recorded: Recorded, tmp_path: Path) -> None:
    """Each row of the README's sample is a record of the replayed run."""
    recorded.skip_if_missing()
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
    expected = {recorded.path.name for recorded in RECORDED}
    found = {path.name for path in FOLDER.glob("*.yaml")}

    assert found <= expected, (
        f"orphans: {sorted(found - expected)}; delete what no test plays"
    )
    if missing := sorted(expected - found):
        pytest.skip(f"not recorded yet: make record ({', '.join(missing)})")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_cassette_is_scrubbed_and_readable(path: Path) -> None:
    """A cassette holds no key, account, cookie or port, and Chinese as Chinese."""
    text = path.read_text(encoding="utf-8")

    assert secrets_in(text) == []
    assert "127.0.0.1" not in text
    assert re.search(r"\\u[0-9a-f]{4}", text) is None
    assert "动词" in text or "承诺" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"messages": [{"content": "摘录"}, {"content": "问"}]}, "The prompt changed"),
        ({"adapter": "b"}, "The adapter changed"),
        ({"messages": [{"content": "标注"}, {"content": "新问"}]}, "+ 新问\n- 问"),
    ],
    ids=["prompt", "adapter", "question"],
)
def test_stale_cassette_says_what_changed(change: dict[str, Any], words: str) -> None:
    """Changing one word makes a cassette stale, with the reason."""
    known = {"messages": [{"content": "标注"}, {"content": "问"}], "adapter": "a"}

    message = _what_changed(FOLDER / "x.yaml", {"1": known}, {"2": known | change})

    assert "x.yaml is stale: 1 new requests, 1 no longer made." in message
    assert words in message


def test_runs_of_all_cassettes_are_of_the_embedded_model() -> None:
    """Every recorded answer names the model that gave it and when."""
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert "qwen2.5-coder-0.5b-instruct" in text
        assert '"created":' in text
