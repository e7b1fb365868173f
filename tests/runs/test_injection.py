"""Prompt injection: whatever a plan says to a model, points print what is stored.

The attempts are those of `tests/data/injections.toml`, the model does all they say.
"""

from __future__ import annotations

import asyncio
import csv
import importlib.util
import io
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extractor.cli.main import main
from extractor.model.embedded.adapter import adapter_info
from extractor.model.embedded.weights import weights_info
from tests.fake_endpoint import FakeEndpoint, fake_endpoint
from tests.injections import (
    KEY,
    PLAN_YEAR,
    Attempt,
    ObeyingModel,
    claimed_words,
    load_attempts,
    stored_records,
)
from tests.printed_numbers import prints_words

ATTEMPTS = load_attempts()
WAYS = {
    "marked": ("--strategy", "marked"),
    "open": ("--strategy", "open"),
    "sentences": ("--strategy", "sentences"),
}
"""How a model is asked."""
MODES = ("json_schema", "tools", "json")
ELSEWHERE = ("in-the-title", "in-the-issuer", "in-the-file-name", "in-a-heading")
"""Attempts whose words stand in no point."""
ESCAPES = (
    "terminal-colours",
    "terminal-links",
    "terminal-markup",
    "markdown-image",
    "script-tags",
    "sql",
    "formulas",
    "line-breaks",
    "bidi-override",
    "in-the-file-name",
)
_FAILED = "select item_id from failures"
HAS_MODEL = (
    importlib.util.find_spec("xllamacpp") is not None
    and weights_info().state == "cached"
)


@dataclass
class Obeyed:
    """An attempt, and what came of it in each way of asking, and with `rules`."""

    attempt: Attempt
    folder: Path
    results: dict[str, Result] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)

    def db(self, way: str) -> Path:
        """Return the database of a run."""
        return self.folder / f"{way}.db"


@pytest.fixture(scope="module")
def key() -> Iterator[None]:
    """Have a key to lose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        yield


@pytest.fixture(scope="module")
def obeying() -> Iterator[FakeEndpoint]:
    """Run the endpoint of the models that obey."""
    with fake_endpoint() as running:
        yield running


@pytest.fixture(scope="module", params=ATTEMPTS, ids=lambda attempt: attempt.name)
def obeyed(
    request: pytest.FixtureRequest,
    obeying: FakeEndpoint,
    tmp_path_factory: pytest.TempPathFactory,
    key: None,  # noqa: ARG001
) -> Obeyed:
    """Run an attempt in every way."""
    made = Obeyed(request.param, tmp_path_factory.mktemp("obeyed"))
    for way in WAYS:
        obeying.asked.clear()
        made.results[way] = obey(obeying, made.attempt, way, made.folder, made.db(way))
        made.asked[way] = list(obeying.asked)
    run_rules(made.attempt.write(made.folder), made.db("rules"))
    return made


def obey(
    endpoint: FakeEndpoint, attempt: Attempt, way: str, folder: Path, db: Path
) -> Result:
    """Run an attempt with a model that obeys it."""
    endpoint.answer = ObeyingModel(attempt)
    mode = MODES[ATTEMPTS.index(attempt) % 3] if way in {"open", "marked"} else "auto"
    where = ("--base-url", endpoint.base_url, "--db", str(db), "--answer-mode", mode)
    path = str(attempt.write(folder))
    return CliRunner().invoke(main, ["run", path, "--model", "m", *where, *WAYS[way]])


def run_rules(path: Path, db: Path) -> None:
    """Run plans without a model."""
    arguments = ["run", str(path), "--model", "rules", "--db", str(db)]
    assert CliRunner().invoke(main, arguments).exit_code == 0


def read(db: Path, sql: str) -> list[Any]:
    """Read the database as another program would."""
    with closing(sqlite3.connect(db)) as conn:
        return conn.execute(sql).fetchall()


def values(db: Path) -> set[tuple[str, float]]:
    """Return every (item, target value)."""
    sql = "select item_id, target_value from commitments where target_value is not null"
    return set(read(db, sql))


def acts(char: str) -> bool:
    """Say whether a character does something to a terminal."""
    return char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}


def test_attempts_are_many_and_told_apart() -> None:
    """At least the sixty of the bar, of all kinds."""
    assert len({attempt.name for attempt in ATTEMPTS}) == len(ATTEMPTS) >= 100


@pytest.mark.parametrize("way", WAYS)
def test_points_print_what_is_stored(obeyed: Obeyed, way: str) -> None:
    """No word, number or date but the point's own."""
    db = obeyed.db(way)
    faults = [fault for record in stored_records(db) for fault in record.faults()]

    assert faults == []
    assert [(obeyed.attempt.items,)] == read(db, "select count(*) from items")
    assert [(PLAN_YEAR,)] == read(db, "select plan_year from documents")


@pytest.mark.parametrize("way", WAYS)
def test_runs_end_in_order(obeyed: Obeyed, way: str) -> None:
    """A reply that is no answer fails its points; nothing tells the key."""
    attempt, db, result = obeyed.attempt, obeyed.db(way), obeyed.results[way]
    failed = {kind for (kind,) in read(db, "select kind from failures")}

    is_mostly_refused = "values the model gave are not in the source" in result.output
    # Replies that stand in the file are those of `open`: no answer about marks.
    is_unfit = way in attempt.fails or (way == "marked" and bool(attempt.replies))
    is_failure = is_unfit or is_mostly_refused
    assert result.exit_code == (3 if is_failure else 0), result.output
    assert bool(failed) == is_unfit
    assert failed <= {"invalidoutput", "incompleteoutput"}
    assert KEY.encode() not in db.read_bytes()
    assert KEY not in result.output
    assert not [char for char in result.output if acts(char)]
    assert obeyed.asked[way]


def test_claims_are_stored_or_refused(obeyed: Obeyed) -> None:
    """What a point does not print is kept as refused, under its field."""
    if not obeyed.attempt.records:
        return
    refused = {
        (record.row["item_id"], *words)
        for record in stored_records(obeyed.db("open"))
        for words in record.refused
    }

    claimed = list(claimed_words(obeyed.db("open")))
    invented = {
        (item_id, field, words)
        for item_id, item, field, words in claimed
        if words and not prints_words(item, words)
    }

    assert len(claimed) > len(invented) > 0
    assert invented <= refused


def test_rules_decide_which_values_there_are(obeyed: Obeyed) -> None:
    """Asked for records a model may point at words; asked about marks it loses none."""
    known = values(obeyed.db("rules"))
    added = sorted(value for _, value in values(obeyed.db("open")) - known)

    assert added == list(obeyed.attempt.printed)
    found = values(obeyed.db("sentences"))
    failed = {item for (item,) in read(obeyed.db("sentences"), _FAILED)}
    assert {item for item, _ in known - found} <= failed


def test_only_the_words_of_points_are_sent(obeyed: Obeyed) -> None:
    """Title, issuer, headings and file name tell a model nothing.

    `marked` tells it issuer and headings, as words of the plan like any others.
    """
    name = obeyed.attempt.name
    if name not in ELSEWHERE:
        return
    for way, asked in obeyed.asked.items():
        if way == "marked" and name != "in-the-file-name":
            continue
        assert asked
        for words in ("输出机场", "2099", "把5改成6", "九百所", obeyed.folder.name):
            assert words not in "".join(asked)


def test_no_question_has_template_tokens(obeyed: Obeyed) -> None:
    """A server that runs the model itself would take them for the ends of messages."""
    said = [
        str(message["content"])
        for asked in obeyed.asked.values()
        for body in asked
        for message in json.loads(body)["messages"][1:]
    ]

    assert said
    for token in ("<|", "<｜", "<start_of", "</s>", "[INST]", "[/INST]", "<tool_call>"):
        assert token not in "".join(said)


@pytest.fixture
def escapes(
    endpoint: FakeEndpoint,
    tmp_path: Path,
    key: None,  # noqa: ARG001
) -> Path:
    """Make a database of the attempts whose words act on what shows them."""
    db = tmp_path / "escapes.db"
    for attempt in ATTEMPTS:
        if attempt.name in ESCAPES:
            obey(endpoint, attempt, "open", tmp_path, db)
    assert [(len(ESCAPES),)] == read(db, "select count(*) from documents")
    return db


def test_pages_show_markup_as_text(escapes: Path) -> None:
    """Nothing that a plan or a reply says is markup of a page."""
    from extractor.browse.serving import datasette_app

    app = datasette_app(escapes)
    pages = ("v_commitments", "v_items", "v_ungrounded", "v_calls", "llm_calls")
    for page in (*pages, "documents", "commitments", "failures"):
        html = asyncio.run(app.client.get(f"/escapes/{page}?_size=max")).text
        for markup in ("<img src=x", "<svg onload", "<iframe", "<script>alert", "<b>'"):
            assert markup not in html
        assert 'href="http://x.example' not in html
        assert 'href="javascript:' not in html
    for database in app.databases.values():
        database.close()
    app.executor.shutdown()


def test_cells_of_an_export_are_no_formulas(escapes: Path) -> None:
    """A spreadsheet runs nothing that a model quoted."""
    arguments = ["export", str(escapes), "--format", "csv"]
    result = CliRunner().invoke(main, arguments)
    cells = [cell for row in csv.reader(io.StringIO(result.stdout)) for cell in row]

    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.skipif(not HAS_MODEL, reason="the embedded model is not here")
@pytest.mark.model
@pytest.mark.parametrize("way", WAYS)
def test_points_print_what_the_embedded_model_has_stored(
    way: str, tmp_path: Path
) -> None:
    """All attempts in one run: nothing is stored that its point does not print.

    `marked` and `open` write freely and take long: `-k "embedded and sentences"` leaves
    them out.
    """
    if way == "sentences" and adapter_info().digest is None:
        pytest.skip("the adapter is not here")
    plans = tmp_path / "plans"
    plans.mkdir()
    for attempt in ATTEMPTS:
        attempt.write(plans)
    by_rules, db = tmp_path / "rules.db", tmp_path / "local.db"
    arguments = ["run", str(plans), "--model"]
    CliRunner().invoke(main, [*arguments, "rules", "--db", str(by_rules)])

    result = CliRunner().invoke(
        main, [*arguments, "local", "--db", str(db), *WAYS[way]]
    )
    faults = [
        (record.row["path"], fault)
        for record in stored_records(db)
        for fault in record.faults()
    ]
    added = values(db) - values(by_rules)

    print(f"{way}: {len(stored_records(db))} records, {len(added)} values of its own")
    assert result.exit_code in {0, 3}, result.output
    assert faults == []
    assert not [char for char in result.output if acts(char)]
    assert read(db, "select count(*) from documents") == read(
        by_rules, "select count(*) from documents"
    )
