"""Prompts: loading, rendering, and worked examples that the grounder would accept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import PromptError
from extractor.core.records import Draft, Mention
from extractor.core.spans import Span
from extractor.extraction.grounding import ground
from extractor.extraction.marked.answers import MarkedAnswer
from extractor.extraction.open import DraftCommitments
from extractor.model.prompts import (
    Example,
    Message,
    Prompt,
    load_prompt,
    prompts_dir,
)
from extractor.model.requests import estimate_tokens
from tests.conftest import ROOT
from tests.extraction.test_grounding import planted
from tests.snapshots_io import snapshot

PROMPTS = ROOT / "prompts"
LABELS = sorted(path.name.removesuffix(".md") for path in PROMPTS.glob("*.md"))
_MARK = re.compile(r"[【〔](t?\d+):([^】〕]*)[】〕]")
FIELDS = ("actor", "action", "object", "target", "deadline")


def claims(prompt: Prompt, example: Example) -> list[dict[str, list[str]]]:
    """Return the words an example's answer claims, by field, a dict a record."""
    if prompt.name == "marked":
        rows = _marked_rows(example)
    else:
        parsed = DraftCommitments.model_validate_json(example.answer)
        rows = [record.model_dump() for record in parsed.commitments]
    return [
        {
            field: words if isinstance(words, list) else [words]
            for field, words in row.items()
            if words
        }
        for row in rows
    ]


def _marked_rows(example: Example) -> list[dict[str, Any]]:
    """Return the claims of an answer about marks, their names replaced by words."""
    marks = dict(_MARK.findall(example.question))
    answer = MarkedAnswer.model_validate_json(example.answer)
    assert [str(one.n) for one in answer.numbers] == [n for n in marks if n.isdecimal()]
    rows: list[dict[str, Any]] = []
    for one in (*answer.numbers, *answer.actions, *answer.unmarked):
        row = one.model_dump()
        if name := row.pop("n", None):
            row["target"] = marks[str(name)] if row["target"] else None
        row["deadline"] = marks[row["deadline"]] if row["deadline"] else None
        rows.append(row)
    return rows


@pytest.mark.parametrize("label", LABELS)
def test_examples_ground_exactly(label: str) -> None:
    """Every field of every worked answer stands word for word in its question."""
    prompt = load_prompt(label)
    for example in prompt.examples:
        question = _MARK.sub(r"\g<2>", example.question)
        question = re.sub("[【】]", "", question)
        document, item = planted(question)
        for record in claims(prompt, example):
            mentions = {
                field: tuple(Mention(text=word) for word in words)
                for field, words in record.items()
            }
            draft = Draft(
                clause=Span(0, len(question)),
                method="model",
                partners=mentions.pop("partners", ()),
                **{field: one for field, (one,) in mentions.items()},
            )

            made = ground(draft, item, document, run_id="run", position=0)

            assert made.status == "grounded", made.ungrounded
            quotes = {field: getattr(made, field) for field in FIELDS}
            found = {field: [quote.text] for field, quote in quotes.items() if quote}
            if made.partners:
                found["partners"] = [quote.text for quote in made.partners]
            assert found == record


@pytest.mark.parametrize("label", LABELS)
def test_every_prompt_has_examples(label: str) -> None:
    """A small model follows examples, not instructions."""
    assert len(load_prompt(label).examples) >= 1


def test_every_examples_file_has_its_prompt() -> None:
    """An examples file whose prompt was renamed would be silently unused."""
    names = {path.name.partition(".examples")[0] for path in PROMPTS.glob("*.jsonl")}

    assert names <= set(LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_rendered_prompt_is_the_published_one(label: str) -> None:
    """A published prompt is never edited: a change is a new version."""
    prompt = load_prompt(label)
    text = "\n".join(f"[{m.role}]\n{m.content}\n" for m in prompt.render("问"))

    assert text == snapshot(f"{label}.txt", text)


def test_schema_that_the_model_sees_is_the_published_one() -> None:
    """Docstrings and descriptions of the response model are prompt text."""
    schema = DraftCommitments.model_json_schema()
    text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"

    assert text == snapshot("DraftCommitments.schema.json", text)


@pytest.mark.parametrize("label", LABELS)
def test_prefix_is_the_same_for_every_question(label: str) -> None:
    """Only the last message differs, so a prompt cache pays for the rest once."""
    prompt = load_prompt(label)

    first, second = prompt.render("甲"), prompt.render("乙")

    assert first[:-1] == second[:-1]
    assert first[-1] == Message("user", "甲")
    assert [message.role for message in first[:2]] == ["system", "user"]


def test_newest_version_is_loaded_unless_one_is_named(tmp_path: Path) -> None:
    """`marked` is the highest number, `marked.v2` is that one."""
    for version in (2, 9, 10):
        (tmp_path / f"marked.v{version}.md").write_text(f"第{version}版\n", "utf-8")

    newest = load_prompt("marked", tmp_path)
    named = load_prompt("marked.v2", tmp_path)

    assert (newest.label, newest.system) == ("marked.v10", "第10版")
    assert (named.label, named.system) == ("marked.v2", "第2版")


def test_digest_covers_instructions_and_examples(tmp_path: Path) -> None:
    """One changed word in either file is another prompt."""
    text = tmp_path / "a.v1.md"
    examples = tmp_path / "a.v1.examples.jsonl"
    digests = set()
    for words, line in (("甲", "{}"), ("乙", "{}"), ("甲", ""), ("甲", "x")):
        text.write_text(words, encoding="utf-8")
        answer = json.dumps({"question": "问", "answer": line})
        examples.write_text(answer if line else "", encoding="utf-8")
        digests.add(load_prompt("a", tmp_path).sha256)

    assert len(digests) == 4


def test_line_endings_do_not_make_another_prompt(tmp_path: Path) -> None:
    """A checkout on Windows asks the same questions."""
    path = tmp_path / "a.v1.md"
    path.write_bytes("甲\n乙\n".encode())
    unix = load_prompt("a", tmp_path)
    path.write_bytes("甲\r\n乙\r\n".encode())

    assert load_prompt("a", tmp_path) == unix


@pytest.mark.parametrize(
    ("line", "number"),
    [
        pytest.param("not json", 1, id="no-json"),
        pytest.param('{"question": "问"}', 1, id="no-answer"),
        pytest.param('["问", "答"]', 1, id="no-object"),
        pytest.param('{"question": "问", "answer": "答"}\n\n{', 3, id="third-line"),
    ],
)
def test_malformed_example_is_refused(tmp_path: Path, line: str, number: int) -> None:
    """The message names the file and the line, and shows the form."""
    (tmp_path / "a.v1.md").write_text("甲", encoding="utf-8")
    (tmp_path / "a.v1.examples.jsonl").write_text(line, encoding="utf-8")

    with pytest.raises(PromptError, match=rf"a\.v1\.examples\.jsonl' line {number} "):
        load_prompt("a", tmp_path)


def test_missing_prompt_is_refused(tmp_path: Path) -> None:
    """A folder without the prompt is named."""
    with pytest.raises(PromptError, match=re.escape(repr(str(tmp_path)))):
        load_prompt("marked", tmp_path)


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    """`--prompts` with a wrong path is the operator's mistake."""
    with pytest.raises(PromptError, match="no folder of prompts"):
        prompts_dir(tmp_path / "none")


def test_prompt_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """A prompt in another encoding is refused, not sent garbled."""
    (tmp_path / "a.v1.md").write_bytes("标注".encode("gb18030"))

    with pytest.raises(PromptError, match="UTF-8"):
        load_prompt("a", tmp_path)


def test_structured_answers_are_compact_json(tmp_path: Path) -> None:
    """An answer may be written as JSON; it is sent without spaces and escapes."""
    (tmp_path / "a.v1.md").write_text("甲", encoding="utf-8")
    line = '{"question": "问", "answer": {"动": ["一", null]}}'
    (tmp_path / "a.v1.examples.jsonl").write_text(line, encoding="utf-8")

    (example,) = load_prompt("a", tmp_path).examples

    assert example.answer == '{"动":["一",null]}'


def test_tokens_are_estimated() -> None:
    """Longer texts cost more, nothing costs nothing."""
    assert estimate_tokens("") == 0
    assert 50 < estimate_tokens("字" * 100) < 100
