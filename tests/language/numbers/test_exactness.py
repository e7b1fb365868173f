"""Exactness: a number is stored as it is or not at all; nothing odd is stored."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.language.numbers.exactness import is_exact
from extractor.store.rows import number
from tests.commands import RULES, refused, rows
from tests.store_samples import found_violations

NINES = "9" * 400


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        pytest.param("20", 20, id="integer"),
        pytest.param("20.0", 20, id="integer-with-a-point"),
        pytest.param("-3", -3, id="negative"),
        pytest.param("9.5", 9.5, id="decimal"),
        pytest.param("0.1", 0.1, id="no-binary-fraction"),
        pytest.param("9007199254740993", 9007199254740993, id="above-two-to-53"),
        pytest.param("9223372036854775807", 2**63 - 1, id="the-largest-integer"),
        pytest.param("9223372036854775808", None, id="one-more"),
        pytest.param("123456789.123456789", None, id="eighteen-digits"),
        pytest.param("3.14159265358979323846", None, id="a-long-fraction"),
        pytest.param("1E+30", None, id="a-large-round-number"),
        pytest.param(NINES, None, id="four-hundred-digits"),
        pytest.param("9" * 5000, None, id="five-thousand-digits"),
        pytest.param("Infinity", None, id="infinite"),
        pytest.param("NaN", None, id="no-number"),
    ],
)
def test_a_number_is_held_exactly_or_not_at_all(value: str, stored: Any) -> None:
    """Neither infinite nor rounded."""
    assert number(Decimal(value)) == stored
    assert is_exact(Decimal(value)) == (stored is not None)

    with closing(sqlite3.connect(":memory:")) as conn:
        (back,) = conn.execute("select ?", [number(Decimal(value))]).fetchone()
    assert back is None or Decimal(repr(back)) == Decimal(value)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(NINES, id="digits"),
        pytest.param("9" * 5000, id="more-digits-than-python-reads"),
        pytest.param("3.14159265358979323846", id="fraction"),
        pytest.param(f"3至{'9' * 30}", id="end-of-a-range"),
        pytest.param(f"{'9' * 17}亿", id="magnitude"),
        pytest.param("９" * 40, id="full-width"),
        pytest.param(f"9{',999' * 20}", id="grouped"),
    ],
)
def test_a_number_too_long_keeps_its_words_and_is_said(
    cli_runner: CliRunner, caplog: pytest.LogCaptureFixture, words: str
) -> None:
    """The record stays with its quote, without a value, and one line says so."""
    Path("plan.txt").write_text(
        f"某市2024年工作要点\n1.建成学校{words}所。\n2.建成桥梁5座。\n",
        encoding="utf-8",
    )

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES])

    said = [line for line in caplog.messages if "too long" in line]
    assert (result.exit_code, len(said)) == (0, 1)
    assert "item 1." in said[0]
    assert len(said[0]) < 200
    assert rows(
        "select target_quote, target_value, target_upper, status from v_commitments"
    ) == [(f"{words}所", None, None, "grounded"), ("5座", 5, None, "grounded")]
    exported = cli_runner.invoke(main, ["export", "x.db"]).stdout.splitlines()
    assert "Infinity" not in "".join(exported)
    assert [json.loads(line)["target_value"] for line in exported] == [None, 5]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("\x01", id="c0"),
        pytest.param("\x1b", id="escape"),
        pytest.param("\x7f", id="delete"),
        pytest.param("\x9b", id="c1"),
        pytest.param("\u202e", id="turns-the-direction"),
        pytest.param("\u2066", id="isolates"),
        pytest.param("\u061c", id="arabic-mark"),
        pytest.param("\ufeff", id="byte-order-mark"),
        pytest.param("\u200b", id="zero-width"),
        pytest.param("\ufe0f", id="variation-selector"),
        pytest.param("\U000e0041", id="tag"),
        pytest.param("\ufffe", id="no-character"),
        pytest.param("\uffff", id="no-character-either"),
        pytest.param("\U0010ffff", id="the-last-code-point"),
    ],
)
def test_an_invisible_character_is_cut_and_changes_no_value(
    cli_runner: CliRunner, odd: str
) -> None:
    """It stands in quotes as printed, never at their ends, and in no number."""
    Path("plan.txt").write_text(
        f"某市2024年工作要点\n1.{odd}建成学校{odd}2{odd}7{odd}所{odd}。\n2.建成桥梁5座。\n",
        encoding="utf-8",
    )

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES])

    assert result.exit_code == 0
    assert rows(
        "select action, object, target_quote, target_value, target_unit "
        "from v_commitments"
    ) == [
        ("建成", "学校", f"2{odd}7{odd}所", 27, "所"),
        ("建成", "桥梁", "5座", 5, "座"),
    ]
    assert found_violations("x.db") == []
    assert unicodedata.category(odd) == "Mn" or odd not in result.output
    reasons = {
        cut["reason"] for cut in json.loads(rows("select cuts from documents")[0][0])
    }
    assert reasons == {"control"}


NUL = "1.建成学校3\0所。\n2.建成桥梁5座。\n"


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        pytest.param(NUL.encode(), (), "NUL", id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + NUL.encode(), (), "NUL", id="utf-8-mark"),
        pytest.param(NUL.encode("utf-16"), (), "NUL", id="utf-16"),
        pytest.param(NUL.encode("utf-16-le"), (), "NUL", id="utf-16-unmarked"),
        pytest.param(NUL.encode("gb18030"), (), "NUL", id="gb18030"),
        pytest.param(
            NUL.encode("utf-8"), ("--encoding", "utf-8"), "NUL", id="utf-8-given"
        ),
        pytest.param(
            b"1.+2AA-\n", ("--encoding", "utf-7"), "half of a pair", id="surrogate"
        ),
        pytest.param(
            b"1.\\ud800\n",
            ("--encoding", "unicode_escape"),
            "half of a pair",
            id="escaped-surrogate",
        ),
    ],
)
def test_characters_that_no_text_has_are_refused(
    cli_runner: CliRunner, content: bytes, more: tuple[str, ...], words: str
) -> None:
    """One line whatever the encoding, and no database."""
    Path("plan.txt").write_bytes(content)

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES, *more])

    refused(result, "'plan.txt'", words)
    assert not Path("x.db").exists()


@pytest.mark.parametrize(
    "year",
    ["3000", "0", "-5", "20225", "true", '"2024"', "2024.0", "2024-01-01", "1948"],
)
def test_a_plan_year_out_of_range_is_refused(cli_runner: CliRunner, year: str) -> None:
    """A sidecar may say what --plan-year may say."""
    Path("plan.txt").write_text("1.建成学校3所。\n2.建成桥梁5座。\n", encoding="utf-8")
    Path("plan.txt.yaml").write_text(f"plan_year: {year}\n", encoding="utf-8")

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES])

    refused(result, "'plan.txt.yaml': plan_year must be a year from 1949 to 2100")


@pytest.mark.parametrize("value", ["2024-13-45", "9" * 5000, "[" * 5000, "\x07"])
def test_a_sidecar_that_yaml_chokes_on_is_refused(
    cli_runner: CliRunner, value: str
) -> None:
    """Not every error of the parser is one of its own."""
    Path("plan.txt").write_text("1.建成学校3所。\n2.建成桥梁5座。\n", encoding="utf-8")
    Path("plan.txt.yaml").write_text(f"plan_year: {value}\n", encoding="utf-8")

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES])

    refused(result, "'plan.txt.yaml'", "not readable as YAML")


@pytest.mark.parametrize("name", ["--title", "--issuer"])
def test_a_name_that_is_no_text_is_spelt_out(cli_runner: CliRunner, name: str) -> None:
    """Bytes of the command line that are no UTF-8 can be stored."""
    Path("plan.txt").write_text("1.建成学校3所。\n2.建成桥梁5座。\n", encoding="utf-8")

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES, name, "甲\udcff"])

    assert result.exit_code == 0, result.output
    assert rows(f"select distinct {name[2:]} from v_commitments") == [("甲\\udcff",)]
