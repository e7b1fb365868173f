"""Reports: the figures of a result, escaped, the same bytes twice."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser

import pytest

from extractor.core.records import Mention
from extractor.evals.arms import export_arm, rules_arm
from extractor.evals.baselines import baseline_of
from extractor.evals.predictions import Arm
from extractor.evals.reports.html import html_report, pieces
from extractor.evals.reports.markdown import escape, markdown_report
from extractor.evals.reports.plots import plots
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
    assert "Not scored: sentences, marked, open" in text
    assert "| half | strict_f1 | ≥ 0.9 | 0.0000 | failed |" in text
    assert "- half: strict_f1 is 0.0000, below 0.9" in text
    assert "not enough gold to tell" in text
    assert "no. 1 1." in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param({}, "What was made with these documents is not said.", id="none"),
        pytest.param({"used": "rules"}, "Made with these documents: rules.", id="used"),
        pytest.param(
            {"unseen": True},
            "Unseen: nothing is made with these documents",
            id="unseen",
        ),
        pytest.param(
            {"unseen": True, "used": "scores"}, "Used for: scores.", id="unseen-for"
        ),
    ],
)
def test_use_is_said_before_any_score(result, said, shown):
    """Nobody sees a figure before what it is worth; then version, code and day."""
    changed = result.model_copy(update={**said, "day": "2032-05-06"})
    for text, title in (
        (markdown_report(changed), "# Eval small"),
        (html_report(changed), "<h1>Eval small</h1>"),
    ):
        head, rest = text.split(title)[1].split(shown)
        stamp = f"Version {result.product_version}, code {result.code}, 2032-05-06."

        assert not re.search(r"\d", re.sub("<[^>]*>", "", head))
        assert stamp in rest.partition("half")[0]


def test_only_gates_are_coloured(result):
    """Green and red are verdicts, and a score is none."""
    page = html_report(result).split("</style>")[1]
    passed = result.model_copy(update={"gates": ()})

    assert 2 == page.count('class="bad"') and 'class="good"' not in page
    assert not re.search('class="(good|bad)"', html_report(passed).split("</style>")[1])
    assert "No gate" in html_report(passed) and "No gate" in markdown_report(passed)
    assert not re.search("#2e9e6b|#1a7f37", page)


def test_axes_of_scores_begin_at_nothing(result):
    """A cut axis makes a small difference look large."""
    for plot in plots(result)[:3]:
        ticks = re.findall(r">(0\.\d|1\.0)</text>", plot.svg)

        assert ["0.0", "1.0"] == [ticks[0], ticks[-1]]


def test_soft_scores_stand_beside_hard(result):
    """Found and strict, soft found and soft, in one row."""
    text = markdown_report(result)

    assert "| rules | 1 | 4 | 1.000 | 1.000 | 2 | 1.000 | 1.000 |" in text
    assert "| silent | 1 | 4 | 0.000 | 0.000 | 2 | 0.000 | 0.000 |" in text


@pytest.fixture
def sure(tmp_path):
    """Score an arm that says who made each record and how likely it is."""
    task = load_task(write_task(tmp_path / "evals"))
    made = (
        {"method": "both", "likelihood": -0.01},
        {"method": "model", "likelihood": -1},
    )

    def predict(documents):
        found = rules_arm().predict(documents)
        claims = [
            claim.model_copy(update=made[index % 2])
            for index, claim in enumerate(found.claims["plan"])
        ]
        return found.model_copy(update={"claims": {"plan": tuple(claims)}})

    return score_task(task, [Arm("sure", predict), rules_arm()])


def test_methods_are_held_against_each_other(sure):
    """How many records each made, and the share that is right; `one` is not both."""
    text = markdown_report(sure).split("## Methods")[1].split("## ")[0]

    assert "| sure | both | 2 | 0.500 | 1.000 | 1 | 0.500 | 1.000 |" in text
    assert "| sure | one | 2 | 0.500 | 1.000 | 1 | 0.500 | 1.000 |" in text
    assert "| rules | rules | 4 | 1.000 | 1.000 | 2 | 1.000 | 1.000 |" in text
    assert "| rules | one |" not in text


def test_calibration_is_a_table_and_a_plot(sure, result):
    """What is stated beside what is right; nothing where nothing is stated."""
    text, page = markdown_report(sure), html_report(sure)

    assert "sure, hard records: expected calibration error 0.321" in text
    assert "| 0.368 | 0.368 | 2 | 0.368 | 1.000 (0.342 to 1.000) |" in text
    assert "mean stated probability" in page and 4 == page.count("<svg")
    assert "## Calibration" not in markdown_report(result)


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
