"""The engine on workers in this process: the same rows, nothing lost or twice."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extractor.cli.main import main
from tests.cluster_runs import PLANS, stored_rows, written_files
from tests.commands import refused, rows
from tests.conftest import DOCUMENTS
from tests.fake_endpoint import FakeEndpoint, Reply, refusal
from tests.fake_ray import FakeRay, fake_ray
from tests.store_samples import found_violations

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRay]:
    """Run workers in this process."""
    with fake_ray(monkeypatch) as running:
        yield running


@pytest.fixture
def plans(cli_runner: CliRunner) -> Path:  # noqa: ARG001  (an empty directory)
    """Some plans, a copy of one, and a file that no plan can be read from."""
    folder = Path("plans")
    folder.mkdir()
    for name in PLANS:
        shutil.copy(DOCUMENTS / name, folder)
    shutil.copy(DOCUMENTS / PLANS[0], folder / "z-copy.txt")
    folder.joinpath("broken.pdf").write_bytes(b"%PDF-1.7 of nothing")
    return folder


def on_cluster(cli_runner: CliRunner, *more: str, out: str = "out") -> Result:
    """Run the plans on workers."""
    arguments = ["run", "plans", "--engine", "ray", "--out", out, *more]
    return cli_runner.invoke(main, arguments)


def asking(endpoint: FakeEndpoint, *more: str) -> list[str]:
    """Return the flags of a hosted model."""
    url = ["--model", "fake", "--base-url", endpoint.base_url]
    return [*url, "--strategy", "sentences", *more]


def in_turn(
    endpoint: FakeEndpoint, *replies: Reply | None
) -> Callable[[dict[str, Any]], Reply]:
    """Return what gives these replies first; None is a sensible one."""
    sensibly, left = endpoint.answer, list(replies)
    return lambda body: (left.pop(0) if left else None) or sensibly(body)


def loaded(cli_runner: CliRunner, out: str = "out", db: str = "loaded.db") -> Result:
    """Load what was written."""
    return cli_runner.invoke(main, ["load", out, "--db", db])


@pytest.mark.usefixtures("ray", "plans")
def test_rows_are_those_of_this_machine(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Whichever engine: the same rows, of calls and full text too; the laws hold."""
    flags = asking(endpoint)
    here = cli_runner.invoke(main, ["run", "plans", "--db", "here.db", *flags])

    there = on_cluster(cli_runner, *flags)

    assert (here.exit_code, there.exit_code) == (3, 3), there.output
    assert "'plans/broken.pdf' looks like a PDF but" in there.stderr
    assert loaded(cli_runner).exit_code == 3
    assert stored_rows(Path("here.db")) == stored_rows(Path("loaded.db"))
    assert found_violations("loaded.db") == []


@pytest.mark.usefixtures("ray", "plans")
def test_unreadable_file_is_an_error_row(cli_runner: CliRunner) -> None:
    """Nothing is dropped in silence: its row has the schema of the other failures."""
    parquet = pytest.importorskip("pyarrow.parquet")
    on_cluster(cli_runner, "--model", "rules")

    (found,) = Path("out/failures").rglob("refused-*.parquet")
    (row,) = parquet.read_table(found).to_pylist()
    schemas = {
        tuple(parquet.read_schema(file).names)
        for file in Path("out/failures").rglob("*.parquet")
    }

    assert (row["kind"], row["source_path"]) == ("document", "plans/broken.pdf")
    assert "damaged" in row["message"]
    assert len(schemas) == 1
    assert "broken.pdf" in loaded(cli_runner).stderr


@pytest.mark.usefixtures("ray", "plans")
def test_repeat_asks_nothing_and_changes_no_byte(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """A job that is done is done, whatever the number of workers."""
    flags = asking(endpoint)
    on_cluster(cli_runner, *flags)
    before, n_asked = written_files(Path("out")), len(endpoint.asked)

    again = on_cluster(cli_runner, *flags, "--workers", "2")

    assert again.exit_code == 3
    assert len(endpoint.asked) == n_asked > 0
    assert written_files(Path("out")) == before


@pytest.mark.usefixtures("ray")
def test_another_run_takes_the_answers_that_are_there(
    cli_runner: CliRunner, endpoint: FakeEndpoint, plans: Path
) -> None:
    """A file more is another run: only its own questions are asked."""
    flags = asking(endpoint)
    on_cluster(cli_runner, *flags)
    n_asked = len(endpoint.asked)
    shutil.copy(DOCUMENTS / "qinghe-2024.txt", plans)

    more = on_cluster(cli_runner, *flags)

    new = endpoint.asked[n_asked:]
    assert more.exit_code == 3, more.output
    assert new
    assert set(new).isdisjoint(endpoint.asked[:n_asked])


@pytest.mark.usefixtures("ray", "plans")
def test_failed_items_are_asked_again(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """What failed is tried by the same command, and only that."""
    flags = asking(endpoint, "--concurrency", "1")
    endpoint.answer = in_turn(endpoint, refusal(400, "not this one"))
    first = on_cluster(cli_runner, *flags)
    n_asked = len(endpoint.asked)

    second = on_cluster(cli_runner, *flags)

    assert "1 items failed" in first.output
    assert "items failed" not in second.output
    assert len(endpoint.asked) == n_asked + 1
    loaded(cli_runner)
    assert rows("select count(*) from failures", "loaded.db") == [(0,)]
    assert rows("select count(*) from llm_calls where status = 400", "loaded.db") == [
        (1,)
    ]


@pytest.mark.usefixtures("ray", "plans")
def test_wrong_key_ends_the_run_in_one_line(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """No block is begun after one that no call can do; what was paid is kept."""
    flags = asking(endpoint, "--concurrency", "1")
    sensibly = endpoint.answer
    endpoint.answer = in_turn(endpoint, *[None] * 5, *[refusal(401, "no key")] * 9)

    result = on_cluster(cli_runner, *flags)

    assert result.exit_code == 1
    assert "the same command goes on from there" in result.stderr
    n_asked = len(endpoint.asked)
    endpoint.answer = sensibly
    assert on_cluster(cli_runner, *flags).exit_code == 3
    assert set(endpoint.asked[:5]).isdisjoint(endpoint.asked[n_asked:])


@pytest.mark.usefixtures("ray", "plans")
def test_cap_on_money_is_of_the_whole_run(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Workers have one purse, and an earlier invocation's money is spent."""
    Path("prices.toml").write_text(
        "as_of = 2026-01-01\n[models.fake]\ninput = 100.0\noutput = 1000.0\n"
    )
    flags = asking(endpoint, "--prices", "prices.toml", "--concurrency", "2")

    first = on_cluster(cli_runner, *flags, "--max-cost", "1.0")
    n_asked = len(endpoint.asked)
    again = on_cluster(cli_runner, *flags, "--max-cost", "1.0")

    assert (first.exit_code, again.exit_code) == (1, 1)
    assert "--max-cost 1 is used up" in first.stderr
    assert 0 < n_asked == len(endpoint.asked)
    parquet = pytest.importorskip("pyarrow.parquet")
    spent = sum(
        sum(parquet.read_table(file)["cost_usd"].to_pylist())
        for file in Path("out/llm_calls").rglob("*.parquet")
    )
    assert 0 < spent <= 1.0


@pytest.mark.usefixtures("ray", "plans")
def test_addresses_are_read_and_written(cli_runner: CliRunner) -> None:
    """Object storage, here by file://, gives and takes what a folder does."""
    given, out = Path("plans").absolute().as_uri(), Path("out").absolute().as_uri()
    Path("plans", f"{PLANS[0]}.yaml").write_text("issuer: 甲市人民政府\n")

    result = cli_runner.invoke(
        main, ["run", given, "--engine", "ray", "--out", out, "--model", "rules"]
    )

    assert result.exit_code == 3, result.output
    assert loaded(cli_runner, out).exit_code == 3
    sql = "select path, issuer from documents order by path"
    paths = dict(rows(sql, "loaded.db"))
    assert sorted(paths) == sorted(f"{given}/{name}" for name in PLANS)
    assert paths[f"{given}/{PLANS[0]}"] == "甲市人民政府"
    places = rows("select place from document_paths order by place", "loaded.db")
    assert places == [(path,) for path in sorted(paths)]


@pytest.mark.usefixtures("plans")
def test_file_that_changes_meanwhile_is_an_error_row(
    cli_runner: CliRunner, ray: FakeRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are never of another text than the one that the run's id names."""
    started = ray.remote

    def change(kind: type) -> object:
        with Path("plans", PLANS[0]).open("ab") as file:
            file.write("\n（十）新增学位1万个。\n".encode())
        return started(kind)

    monkeypatch.setattr(ray, "remote", change)

    result = on_cluster(cli_runner, "--model", "rules")

    assert result.exit_code == 3
    assert "changed while the run went on" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--engine", "ray"], "needs --out", id="no-out"),
        pytest.param(["--out", "x"], "--engine ray", id="out-here"),
        pytest.param(["--workers", "2"], "--engine ray", id="workers-here"),
        pytest.param(
            ["--engine", "ray", "--out", "x", "--db", "y.db"],
            "--engine local",
            id="db-there",
        ),
        pytest.param(
            ["--engine", "ray", "--out", "x", "--dry-run"], "--engine local", id="dry"
        ),
        pytest.param(["s3://bucket/plans"], "--engine ray", id="address-here"),
    ],
)
@pytest.mark.usefixtures("plans")
def test_flags_that_say_nothing_together(
    cli_runner: CliRunner, arguments: list[str], words: str
) -> None:
    """Wrong usage is one line and exit 2."""
    command = ["run", "plans", "--model", "rules", *arguments]
    refused(cli_runner.invoke(main, command), words, code=2)


@pytest.mark.usefixtures("plans")
def test_missing_extra_is_said_with_the_way_out(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Ray there is one line, with what to type."""
    monkeypatch.setitem(sys.modules, "ray.data", None)
    monkeypatch.setitem(sys.modules, "ray", None)

    result = on_cluster(cli_runner, "--model", "rules")

    refused(result, "needs Ray", "pip install 'workplan-extract[ray]'")
    assert not Path("out").exists()


@pytest.mark.usefixtures("ray", "plans")
def test_address_of_nothing_is_one_line(cli_runner: CliRunner) -> None:
    """Neither an unknown kind of storage nor an empty prefix is a traceback."""
    empty = Path("nothing").absolute().as_uri()
    for path, words in (("nosuch://x/y", "no address"), (empty, "has no files")):
        command = ["run", path, "--engine", "ray", "--out", "out", "--model", "rules"]
        refused(cli_runner.invoke(main, command), words)
