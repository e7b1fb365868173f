"""Gold: its form, the finder of files, and the checker."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from decimal import Decimal

import pytest

from extractor.core.errors import ConfigError
from extractor.evals.gold.checking import check_gold
from extractor.evals.gold.exceptions import load_exceptions
from extractor.evals.gold.records import by_document, load_gold
from extractor.evals.gold.sources import DocumentFinder
from extractor.evals.tasks import load_task
from tests.conftest import DEVELOPMENT, DOCUMENTS, ROOT, UNSEEN
from tests.eval_samples import PLAN, gold_lines, write_gold

EVALS = ROOT / "evals"
GOLD_OF = {
    DOCUMENTS: EVALS / "gold",
    DEVELOPMENT: EVALS / "development" / "gold",
    UNSEEN: EVALS / "unseen" / "gold",
}
"""Folder of documents to the folder of their gold."""


@pytest.fixture
def find(tmp_path):
    """Find the small plan by its digest."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "any name.txt").write_bytes(PLAN.encode())
    return DocumentFinder([tmp_path / "nowhere", tmp_path / "files"])


def problems(tmp_path, find, lines, exceptions=""):
    """Return the messages of a check of some gold lines."""
    write_gold(tmp_path / "gold", lines)
    (tmp_path / "gold" / "exceptions.toml").write_text(exceptions, encoding="utf-8")
    return [f"{p.field}: {p.message}" for p in check_gold(tmp_path / "gold", find)]


def test_clean_gold_has_no_problems(tmp_path, find):
    """Gold that quotes the file and agrees with the parsers passes."""
    assert [] == problems(tmp_path, find, gold_lines())


def test_values_are_read_exactly(tmp_path):
    """A decimal in the JSON stays the decimal that is printed."""
    lines = gold_lines()
    lines[0]["commitments"][0]["target"]["value"] = 0.1
    items = load_gold(write_gold(tmp_path, lines))

    assert items[0].commitments[0].quantity.value == Decimal("0.1")


def test_a_directory_is_read_without_readings(tmp_path):
    """Annotators are other gold, not more gold."""
    write_gold(tmp_path, gold_lines())
    write_gold(tmp_path / "first", gold_lines())
    write_gold(tmp_path / "second", gold_lines())

    assert 3 == len(load_gold(tmp_path))
    assert ["plan"] == list(by_document(load_gold(tmp_path)))


def with_record(**fields):
    """Return a line of gold whose first record has these fields, too."""
    line = gold_lines()[0]
    line["commitments"][0] |= fields
    return json.dumps(line)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "line 1 is no JSON object", id="no-json"),
        pytest.param('{"doc_id": 1}', "line 1: doc_id", id="no-gold"),
        pytest.param(
            json.dumps(gold_lines()[0] | {"mood": "good"}),
            "line 1: mood",
            id="extra-key",
        ),
        pytest.param(
            with_record(mood="good"), "mood: missing or unk", id="extra-field"
        ),
        pytest.param(
            with_record(target=gold_lines()[0]["commitments"][0]["deadline"]),
            "basis, change, comparator, date, unit, value: missing",
            id="another-s-values",
        ),
        pytest.param(
            with_record(deadline={"quote": "年底", "span": [0, 2], "date": None}),
            "basis, date: missing",
            id="no-value",
        ),
        pytest.param(with_record(actor="甲局"), "no JSON object", id="no-quote"),
    ],
)
def test_malformed_gold_is_refused_with_its_line(tmp_path, text, message):
    """A line that is no gold is named."""
    path = tmp_path / "plan.jsonl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=message):
        load_gold(path)


def test_missing_gold_is_refused(tmp_path):
    """A path without a file is the operator's mistake."""
    with pytest.raises(ConfigError, match="check the path"):
        load_gold(tmp_path / "none.jsonl")


def test_files_are_found_by_digest(find):
    """The name of a file does not matter, its bytes do."""
    document = find(gold_lines()[0]["doc_sha256"])

    assert document is not None and document.source == PLAN
    assert find(gold_lines()[0]["doc_sha256"]) is document
    assert find("0" * 64) is None


def drift(lines):
    lines[0]["doc_sha256"] = "0" * 64


def moved_quote(lines):
    lines[0]["commitments"][0]["action"]["span"][0] += 1


def outside_quote(lines):
    lines[1]["commitments"][0]["object"] = deepcopy(
        lines[0]["commitments"][0]["object"]
    )


def wrong_value(lines):
    lines[0]["commitments"][0]["target"]["value"] = 1.5


def wrong_date(lines):
    lines[0]["commitments"][0]["deadline"]["date"] = "2032-12-30"


def actor_without_source(lines):
    lines[1]["commitments"][1]["actor_source"] = "issuer"


def actor_behind(lines):
    lines[1]["commitments"][0]["actor"] = lines[1]["commitments"][1]["actor"]
    lines[1]["commitments"][0]["actor_source"] = "inherited"


def twice(lines):
    lines[0]["commitments"].append(lines[0]["commitments"][0])


def soft_in_hard(lines):
    lines[2]["coverage"] = "hard"


def cut_item(lines):
    lines[2]["item_span"][1] -= 1


def wrong_label(lines):
    lines[2]["label"] = "4."


def missing_item(lines):
    del lines[2]


def foreign_alternative(lines):
    lines[0]["commitments"][0]["alternatives"] = {"action": ["增设"]}


def idle_alternative(lines):
    lines[0]["commitments"][0]["alternatives"] = {"object": ["公办幼儿园学位"]}


def other_name(lines):
    for line in lines:
        line["doc_id"] = "another"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(drift, "no file has the digest 000", id="digest"),
        pytest.param(moved_quote, "action: '新增', but the source has '增'", id="span"),
        pytest.param(outside_quote, "is not inside the item", id="outside"),
        pytest.param(wrong_value, "value: 1.5 labelled, 15000 read", id="value"),
        pytest.param(wrong_date, "date: 2032-12-30 labelled", id="date"),
        pytest.param(
            actor_without_source, "actor_source: 'issuer' with actor", id="actor"
        ),
        pytest.param(actor_behind, "inherited, but named behind", id="inherited"),
        pytest.param(twice, "record: the same as record 1", id="duplicate"),
        pytest.param(soft_in_hard, "coverage: a soft record", id="coverage"),
        pytest.param(cut_item, "no item of the splitter", id="item"),
        pytest.param(wrong_label, "label: printed is '3.'", id="label"),
        pytest.param(missing_item, "is not labelled", id="unlabelled"),
        pytest.param(
            foreign_alternative, "'增设' is not in the item", id="alternative"
        ),
        pytest.param(idle_alternative, "is the reading itself", id="idle"),
        pytest.param(other_name, "doc_id: 'another'", id="name"),
    ],
)
def test_each_fault_is_a_problem(tmp_path, find, change, message):
    """What is not as it should be is said, with the field."""
    lines = gold_lines()
    change(lines)

    assert any(message in problem for problem in problems(tmp_path, find, lines))


EXCEPTION = """
[[exception]]
doc_id = "plan"
span = {span}
field = "{field}"
reason = "a test"
"""


def test_an_exception_allows_a_difference(tmp_path, find):
    """A value with a listed reason may differ from the parsers'."""
    lines = gold_lines()
    wrong_value(lines)
    span = lines[0]["commitments"][0]["target"]["span"]

    assert [] == problems(
        tmp_path, find, lines, EXCEPTION.format(span=span, field="value")
    )


def test_an_exception_that_is_not_needed_is_a_problem(tmp_path, find):
    """Exceptions do not outlive the difference they explain."""
    lines = gold_lines()
    span = lines[0]["commitments"][0]["target"]["span"]
    text = EXCEPTION.format(span=span, field="value")

    assert [f"value: plan {span} is not needed"] == problems(
        tmp_path, find, lines, text
    )


def test_an_exception_of_a_reading_is_needed(tmp_path, find):
    """One list serves the gold and both readings; a reading alone may need it."""
    lines = gold_lines()
    wrong_value(lines)
    span = lines[0]["commitments"][0]["target"]["span"]
    text = EXCEPTION.format(span=span, field="value")
    write_gold(tmp_path / "gold" / "second", lines)

    assert [] == problems(tmp_path, find, gold_lines(), text)


def test_an_exception_of_no_document_is_a_problem(tmp_path, find):
    """An exception whose document has no gold cannot be needed."""
    text = EXCEPTION.format(span=[1, 2], field="value").replace("plan", "plam")

    assert ["value: plam [1, 2] is not needed"] == problems(
        tmp_path, find, gold_lines(), text
    )


def test_readings_without_counterpart_are_problems(tmp_path, find):
    """A reading needs its gold, a first reading its second."""
    write_gold(tmp_path / "gold" / "first", gold_lines())
    other = [line | {"doc_id": "other"} for line in gold_lines()]
    write_gold(tmp_path / "gold" / "second", other, "other")

    assert [
        "items: a reading of a document without gold",
        "items: a first reading without a second",
    ] == problems(tmp_path, find, gold_lines())


def test_documents_can_be_checked_alone(tmp_path, find):
    """A task checks its own documents; no gold at all is refused."""
    write_gold(tmp_path / "gold", gold_lines())
    broken = [line | {"doc_sha256": "0" * 64} for line in gold_lines()]
    write_gold(tmp_path / "gold", broken, "broken")

    assert [] == check_gold(tmp_path / "gold", find, ["plan"])
    assert check_gold(tmp_path / "gold", find)
    with pytest.raises(ConfigError, match="no gold in"):
        check_gold(tmp_path / "none", find)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(EXCEPTION.format(span=[1, 2], field="colour"), id="field"),
        pytest.param(
            EXCEPTION.format(span=[1, 2], field="value").replace("a test", " "),
            id="reason",
        ),
        pytest.param("[[exception]]\n", id="empty"),
        pytest.param("[[", id="no-toml"),
    ],
)
def test_malformed_exceptions_are_refused(tmp_path, text):
    """An exception needs place, field and reason."""
    path = tmp_path / "exceptions.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError):
        load_exceptions(path)


def test_problems_name_their_place(tmp_path, find):
    """A problem prints as file, line, label, record and field."""
    lines = gold_lines()
    wrong_value(lines)
    path = write_gold(tmp_path / "gold", lines)
    (problem,) = check_gold(tmp_path / "gold", find)

    assert str(problem).startswith(f"{path}:1 1. record 1: value: 1.5 labelled")


@pytest.mark.parametrize(
    "path",
    [path for gold in GOLD_OF.values() for path in sorted(gold.rglob("*.jsonl"))],
    ids=lambda path: str(path.relative_to(EVALS)),
)
def test_shipped_gold_is_of_the_form_of_the_guidelines(path):
    """Every committed gold file loads, names itself and is written as it was read."""
    items = load_gold(path)
    lines = map(json.loads, path.read_text("utf-8").splitlines())

    assert {path.stem} == {item.doc_id for item in items}
    for item, line in zip(items, lines, strict=True):
        made = json.loads(json.dumps(item.model_dump()["commitments"], default=float))
        assert made == [
            record
            | {"alternatives": {"action": [], "object": []} | record["alternatives"]}
            for record in (
                {"alternatives": {}} | found for found in line["commitments"]
            )
        ]


@pytest.mark.parametrize("name", ["commitments", "written", "unseen"])
def test_gold_of_shipped_documents_is_clean(name):
    """Gold and readings quote the files; what no parser derives has its reason."""
    task = load_task(EVALS / f"{name}.toml")
    find = DocumentFinder(task.corpus)

    assert [] == [
        str(p) for d in task.gold for p in check_gold(d, find, task.documents)
    ]


@pytest.mark.parametrize(
    ("documents", "gold"), GOLD_OF.items(), ids=lambda path: path.parent.name
)
def test_every_document_is_found_by_its_gold(documents, gold):
    """No document has drifted from its digest, and none lies there without gold."""
    find = DocumentFinder([documents])
    names = {path.stem for path in documents.glob("*.txt")}
    labelled = by_document(load_gold(gold))

    assert names
    assert all(find(labelled[name][0].doc_sha256) for name in names)


def test_no_document_is_both_development_and_unseen():
    """What gives scores is nothing that rules and prompts are made with."""
    unseen, development = (
        {digest for name in names for digest in digests(EVALS / name)}
        for names in (["unseen.toml"], ["development.toml", "plans.toml"])
    )

    assert unseen and development
    assert unseen.isdisjoint(development)


def digests(path):
    """Return the digests of a task's documents, and of what lies in its folders."""
    task = load_task(path)
    files = [file for folder in task.corpus for file in folder.glob("*.txt")]
    labelled = {item.doc_sha256 for d in task.gold for item in load_gold(d)}
    return labelled | {hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
