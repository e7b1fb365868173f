"""Reports: the figures of a result, escaped, the same bytes twice."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser

import pytest

from extractor.core.records import Mention
from extractor.evals.arms import export_arm, rules_arm
from extractor.evals.baselines import baseline_of
from extractor.evals.reports.html import html_report, pieces
from extractor.evals.reports.markdown import escape, markdown_report
from extractor.evals.reports.tables import sections
from extractor.evals.reports.wording import describe, error_kinds, worst_items
from extractor.evals.tasks import Gate, load_task
from extractor.extraction.strategy import drafts_by_rules
from tests.eval_samples import (
    PLAN,
    gold_lines,
    live_arm,
    score_task,
    silent,
    write_gold,
    write_task,
)

HOSTILE = '<script>alert("x")</script><img src=//evil.example onerror=alert(1)>'


def half(_name, view):
    """Find every second record, with a shorter object."""
    found = [draft for draft in drafts_by_rules(view) if draft.object]
    shorter = Mention(text=found[0].object.text[:-1])
    return [found[0].model_copy(update={"object": shorter})]


@pytest.fixture
def result(tmp_path):
    """Score three arms on the small plan, with a second reading and a gate."""
    task = load_task(write_task(tmp_path / "evals"))
    write_gold(task.gold[0] / "second", gold_lines())
    task = task.model_copy(
        update={"gates": (Gate(arm="half", thresholds={"strict_f1": 0.9}),)}
    )
    arms = [rules_arm(), live_arm("half", half), live_arm("silent", silent)]
    return score_task(task, arms, compare=[("rules", "half")])


def test_markdown_says_what_the_law_asks(result):
    """n, arms, human agreement, the missing arms, the verdict: all are there."""
    text = markdown_report(result)

    assert "1 documents, 3 items (1 labelled in full), 4 hard and 2 soft" in text
    assert "| second reader |" in text and "| second reader, no alternatives |" in text
    assert "two independent ones, and not against gold that was settled" in text
    assert "Not scored: open, closed" in text
    assert "- Gate of half: failed" in text and "strict_f1 is 0.0000" in text
    assert "not enough gold to tell" in text
    assert "no. 1 1." in text


def test_reports_are_the_same_twice(result):
    """Nothing of the hour or the machine is in a report."""
    assert markdown_report(result) == markdown_report(result)
    assert html_report(result) == html_report(result)


def test_every_table_is_rectangular(result):
    """A missing cell would shift figures under another heading."""
    tables = [table for section in sections(result) for table in section.tables]

    assert len(tables) > 10
    assert all(len(row) == len(t.head) for t in tables for row in t.rows)


def test_baseline_is_compared(result):
    """A change against the baseline is shown with its size."""
    baseline = baseline_of(result)
    arms = {**baseline.arms, "rules": {**baseline.arms["rules"], "strict": 0.5}}
    lower = baseline.model_copy(update={"arms": arms})

    text = markdown_report(result, lower)

    assert "## Baseline" in text and re.search(r"\| rules \| strict \| 0.500 ", text)


def test_errors_are_counted_by_kind_and_described(result):
    """A wrong object is told with both wordings."""
    arm = result.arm("half")
    told = [describe(error) for errors in worst_items(arm) for error in errors]

    assert 2 == error_kinds(arm)["wrong object"]
    assert any("object 公办幼儿园学 for 公办幼儿园学位" in line for line in told)
    assert any(line.startswith("missed 建成 普通高中 3至5所") for line in told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a|b", "a\\|b", id="cell"),
        pytest.param("<b>&", "&lt;b&gt;&amp;", id="markup"),
        pytest.param("@someone", "&#64;someone", id="mention"),
        pytest.param("https://a.example", "https&#58;//a.example", id="link"),
        pytest.param("[a](b)", "\\[a\\](b)", id="written-link"),
        pytest.param("line\nline", "line line", id="lines"),
        pytest.param("actor_source", "actor_source", id="word"),
    ],
)
def test_markdown_escapes(text, shown):
    """Text of a document makes no markup, link or mention."""
    assert shown == escape(text)


def test_pieces_are_the_sentence(result):
    """The marked pieces, joined, are the source's sentences, letter by letter."""
    for error in (error for arm in result.arms for error in arm.errors):
        cut = list(pieces(error))

        assert "".join(piece.text for piece in cut) == error.source.text
        assert error.source.text == error.source.span.slice(PLAN)
        for claim, mark in ((error.gold, "gold"), (error.predicted, "predicted")):
            marked = "".join(p.text for p in cut if p.mark in (mark, "both"))
            quotes = [q.text for _, q in claim.words()] if claim else []
            assert all(set(text) <= set(marked) for text in quotes)


class _Page(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self):
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.marks = 0
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.marks += tag == "mark"
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            is_own = (value or "").startswith("#")
            if name in ("src", "href", "xlink:href", "srcset", "data") and not is_own:
                self.loads.append(value)
            if name.startswith("on"):
                self.loads.append(name)


def _parsed(page: str) -> _Page:
    parser = _Page()
    parser.feed(page)
    return parser


def test_page_stands_alone(result):
    """No script, no address, a policy that forbids both, ids that are unique."""
    page = html_report(result)
    parsed = _parsed(page)

    assert parsed.loads == [] and "http://" not in page and "https://" not in page
    assert not {"script", "link", "iframe", "img", "object"} & set(parsed.tags)
    assert "default-src 'none'" in page and "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page
    assert 4 == parsed.tags.count("svg") == page.count("<figure")
    assert "currentColor" in page and "#010203" not in page and "url(#plot" in page
    assert len(parsed.ids) == len(set(parsed.ids))
    assert parsed.marks > 6


def test_hostile_document_is_shown_not_run(tmp_path):
    """A document, an arm and a label that hold markup are text in the page."""
    path = write_task(tmp_path / "evals")
    hostile = PLAN.replace("完善评价制度", f"完善评价制度{HOSTILE}")
    (path.parent / "documents" / "plan.txt").write_text(
        hostile, encoding="utf-8", newline=""
    )
    lines = gold_lines()
    for line in lines:
        line["doc_sha256"] = hashlib.sha256(hostile.encode()).hexdigest()
        line["label"] = HOSTILE
    lines[2]["item_span"][1] += len(HOSTILE)
    write_gold(path.parent / "gold", lines)
    result = score_task(load_task(path), [live_arm(f"_${HOSTILE}$", silent)])

    page, text = html_report(result), markdown_report(result)

    assert "alert(1)" in page and not {"script", "img"} & set(_parsed(page).tags)
    assert "<script" not in text and _parsed(page).loads == []


def test_other_tools_have_no_items(tmp_path):
    """An export without items or ledger is reported with dashes, not zeros."""
    task = load_task(write_task(tmp_path / "evals"))
    empty = tmp_path / "none.jsonl"
    empty.write_text("", encoding="utf-8")

    text = markdown_report(score_task(task, [export_arm("none", empty)]))

    assert re.search(r"\| items split as labelled, F1 \| – \|", text)
    assert "No ledger" in text
