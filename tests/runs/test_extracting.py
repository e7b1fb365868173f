"""`extract()`: one call gives the records that the command line stores."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor import Commitment, extract, load_document
from extractor.cli.main import main
from extractor.core.errors import ConfigError, DocumentError, LLMError
from extractor.model.embedded.adapter import SHIPPED, adapter_name
from extractor.model.endpoints import ModelConfig
from extractor.runs import extracting, session
from extractor.runs.session import ModelSource, run_config
from tests.cassette_io import CASSETTES
from tests.commands import hosted, rows
from tests.conftest import DOCUMENTS
from tests.fake_endpoint import FakeEndpoint, refusal

PLAN = DOCUMENTS / "minsheng-2023.txt"
PATHS = sorted(DOCUMENTS.glob("*.txt"))


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """Play what `tests/model/test_cassettes.py` recorded."""
    return {"match_on": ["method", "path", "body"]}


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(CASSETTES / "test_cassettes")


@pytest.fixture
def default_cassette_name() -> str:
    return PLAN.stem


def cells(records: list[Commitment]) -> list[tuple[Any, ...]]:
    """Return what the public table shows of records."""
    return [
        (
            record.action and record.action.text,
            record.object and record.object.text,
            record.target and record.target.text,
            record.due and record.due.date,
            record.actor and record.actor.text,
            record.method,
            record.clause.span.start,
        )
        for record in records
    ]


def stored() -> list[tuple[Any, ...]]:
    """Return the same of the table."""
    return rows(
        "select c.action, c.object, c.target_quote, c.deadline_date, c.actor, "
        'c.method, c."start" from commitments c join items i on i.id = c.item_id '
        'order by i."start", c.position'
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_rules_give_what_the_command_line_stores(
    cli_runner: CliRunner, path: Path
) -> None:
    """In a script, from a file, without a model."""
    command = ["run", str(path), "--model", "rules", "--db", "x.db", "--show", "0"]
    assert cli_runner.invoke(main, command).exit_code == 0

    assert cells(extract(path, model="rules")) == stored()


def test_hosted_model_gives_what_the_command_line_stores(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """With an endpoint and the open strategy."""
    assert cli_runner.invoke(main, hosted(endpoint)).exit_code == 0

    records = extract(PLAN, config=run_config("fake", base_url=endpoint.base_url))

    assert cells(records) == stored()
    assert {record.method for record in records} == {"model"}


@pytest.mark.vcr
@pytest.mark.parametrize("is_in_a_loop", [False, True], ids=["script", "notebook"])
def test_recorded_answers_give_what_the_command_line_stores(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch, vcr: Any, is_in_a_loop: bool
) -> None:
    """With the embedded model's own answers, recorded, whether a loop runs or not."""
    if not (CASSETTES / "test_cassettes" / f"{PLAN.stem}.yaml").is_file():
        pytest.skip("not recorded yet: make record")
    adapter = adapter_name(SHIPPED)
    served = ModelSource(
        "local", endpoint=ModelConfig("local", "http://127.0.0.1:9/v1", adapter=adapter)
    )
    for module in (session, extracting):
        monkeypatch.setattr(module, "find_model", lambda *_: served)
    assert cli_runner.invoke(main, ["run", str(PLAN), "--db", "x.db"]).exit_code == 0
    vcr.rewind()

    async def cell() -> list[Commitment]:
        return extract(PLAN)

    records = asyncio.run(cell()) if is_in_a_loop else extract(PLAN)

    assert cells(records) == stored()
    assert {record.method for record in records} & {"model", "both"}


def test_text_gives_what_its_file_gives() -> None:
    """The text itself, or the path of its file."""
    document = load_document(PLAN)

    assert cells(extract(document.source, model="rules")) == cells(
        extract(PLAN, model="rules")
    )


def test_it_may_be_called_where_a_loop_runs() -> None:
    """As in a notebook."""

    async def cell() -> list[Commitment]:
        return extract(PLAN, model="rules")

    assert cells(asyncio.run(cell())) == cells(extract(PLAN, model="rules"))


def test_plan_year_moves_relative_dates() -> None:
    """A year that is given is taken."""
    text = "某县教育局工作要点\n1.年底前新建学校3所。\n2.新建公园2个。\n"

    (record, _) = extract(text, model="rules", plan_year=2031)

    assert record.due is not None
    assert record.due.date == "2031-12-31"


def test_limit_is_kept() -> None:
    """What `extract run` can be told, this can."""
    config = replace(run_config("rules"), limit=1)

    assert 0 < len(extract(PLAN, config=config)) < len(extract(PLAN, model="rules"))


def test_text_without_points_is_refused() -> None:
    """There is nothing to make records of."""
    with pytest.raises(DocumentError, match="no numbered or headed points"):
        extract("你好。", model="rules")
    with pytest.raises(DocumentError, match="is empty"):
        extract(" \n", model="rules")


def test_hosted_model_needs_a_key() -> None:
    """Before anything is sent."""
    config = run_config("some-model", base_url="https://model.invalid/v1")

    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        extract(PLAN, config=config)


def test_failure_of_a_call_is_raised(endpoint: FakeEndpoint) -> None:
    """No database keeps it, so the caller hears of it."""
    endpoint.answer = lambda _body: refusal(401, "wrong key")
    config = run_config("fake", base_url=endpoint.base_url)

    with pytest.raises(LLMError, match="wrong key"):
        extract(PLAN, config=config)
