"""The dataset: what an evaluation needs is read once, whoever needs it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from extractor.cli.main import main
from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.extraction.rules.targets import ItemReader
from extractor.runs import session
from extractor.runs.works import load_works
from tests.conftest import DOCUMENTS, ROOT
from tests.eval_samples import gold_lines, write_gold, write_task
from tests.made_cassettes import write_cassette

NAMES = ("minsheng-2023", "qinghe-2024")


@pytest.fixture
def count(monkeypatch):
    """Count the calls of a function by its first argument, wherever it is imported."""

    def start(function, key):
        calls: Counter[object] = Counter()

        def counting(first, *rest, **named):
            calls[key(first)] += 1
            return function(first, *rest, **named)

        for name, module in list(sys.modules.items()):
            if name.startswith("extractor."):
                for attribute, value in list(vars(module).items()):
                    if value is function:
                        monkeypatch.setattr(module, attribute, counting)
        return calls

    return start


@pytest.fixture
def shipped_task(tmp_path, adapter, monkeypatch):
    """Write a task of two shipped documents with recorded replies."""
    monkeypatch.setattr(session, "SHIPPED", adapter)
    config = session.run_config("local")
    for name in NAMES:
        works = load_works([DOCUMENTS / f"{name}.txt"], config).works
        write_cassette(tmp_path / f"{name}.yaml", works, config)
    path = tmp_path / "task.toml"
    path.write_text(
        f'name = "two"\n[data]\ngold = "{ROOT / "evals" / "gold"}"\n'
        f'documents = ["{NAMES[0]}", "{NAMES[1]}"]\ncorpus = "{DOCUMENTS}"\n'
        '[arms.rules]\nstrategy = "rules"\n[arms.sentences]\nstrategy = "sentences"\n'
        'cassettes = "."\n',
        encoding="utf-8",
    )
    return path


def test_documents_and_gold_are_read_once(
    cli_runner, shipped_task, endpoint, count, monkeypatch
):
    """Rules, replay, live run, agreement, numbers and rows share what was loaded."""
    loaded = count(load_document, lambda path: path.stem)
    split = count(split_items, lambda document: document.id)
    read: Counter[Path] = Counter()
    read_text = Path.read_text

    def counting(path, *rest, **named):
        read[path] += path.suffix == ".jsonl" and path.stem in NAMES
        return read_text(path, *rest, **named)

    monkeypatch.setattr(Path, "read_text", counting)
    command = ["eval", str(shipped_task), "--model", "fake", "--db", "x.db",
               "--base-url", endpoint.base_url, "--json", "x.json"]  # fmt: skip

    result = cli_runner.invoke(main, command)

    assert result.exit_code == 0, result.output
    assert all(
        f"| {arm} | 2 |" in result.stdout for arm in ("rules", "sentences", "marked")
    )
    assert "| second reader | 2 |" in result.stdout
    assert dict.fromkeys(NAMES, 1) == loaded
    assert [1, 1] == list(split.values())
    assert [1] * 6 == [times for times in read.values() if times]


def test_the_rules_read_an_item_once(cli_runner, tmp_path, monkeypatch):
    """Their arm and every account of numbers use one reading of each item."""
    path = write_task(tmp_path / "evals", '[arms.again]\nstrategy = "rules"\n')
    write_gold(path.parent / "gold" / "second", gold_lines())
    read: Counter[str] = Counter()
    make = ItemReader.__init__

    def counting(reader, text, *rest):
        read[text] += 1
        make(reader, text, *rest)

    monkeypatch.setattr(ItemReader, "__init__", counting)

    result = cli_runner.invoke(main, ["eval", str(path)])

    assert result.exit_code == 0, result.output
    assert [1, 1, 1] == list(read.values())
