"""Scoring: what is found, what is strictly right, and what became of each field."""

from __future__ import annotations

from decimal import Decimal
from math import exp

import pytest

from extractor.core.spans import Span
from extractor.evals.gold.records import Alternatives
from extractor.evals.results import SHARES
from extractor.evals.scoring.alignment import assign_to_items
from extractor.evals.scoring.calibration import Stated
from extractor.evals.scoring.counts import FieldCounts, Score, Share, Tally
from extractor.evals.scoring.fields import FIELDS, compare_field
from extractor.evals.scoring.sample_score import (
    METHODS,
    Sample,
    is_found,
    is_strict,
    score_sample,
    wrong_fields,
)
from tests import eval_samples
from tests.eval_samples import claim

TEXT = "各区2032年底前新增公办幼儿园学位1.5万个，甲局配合。推进课程建设"
GOLD = claim(
    TEXT,
    actor="各区",
    actor_source="stated",
    action="新增",
    object="公办幼儿园学位",
    target="1.5万个",
    value=15000,
    unit="个",
    deadline="2032年底前",
    date="2032-12-31",
    basis="absolute",
)
SOFT = claim(TEXT, action="推进", object="课程建设")


def score(gold, predicted, coverage="hard"):
    """Score claims about the text."""
    sample = Sample(
        document="plan",
        position=0,
        label="1.",
        span=Span(0, len(TEXT)),
        coverage=coverage,
        claims=tuple(gold),
    )
    return score_sample(sample, predicted, TEXT)


def changed(**fields):
    """Return the gold claim with other fields."""
    for name in ("actor", "action", "object"):
        if isinstance(fields.get(name), str):
            fields[name] = GOLD.action.model_copy(update={"text": fields[name]})
    return eval_samples.changed(GOLD, **fields)


# --- records --------------------------------------------------------------------


def test_a_perfect_record():
    """Everything right is found and strict, with no error."""
    result = score([GOLD], [GOLD])

    assert Tally(correct=1, predicted=1, gold=1) == result.score.tally("found")
    assert Tally(correct=1, predicted=1, gold=1) == result.score.tally("strict")
    assert () == result.errors


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"upper": Decimal(20000)}, "upper", id="upper"),
        pytest.param({"unit": "所"}, "unit", id="unit"),
        pytest.param({"comparator": "ge"}, "comparator", id="comparator"),
        pytest.param({"date": "2032-06-30"}, "date", id="date"),
        pytest.param({"date": None, "deadline": None}, "date", id="no-date"),
        pytest.param({"actor": None}, "actor", id="actor"),
        pytest.param({"action": "建成"}, "action", id="action"),
        pytest.param({"object": "幼儿园"}, "object", id="object"),
    ],
)
def test_each_strict_field_decides(fields, wrong):
    """One field that counts makes a found record wrong."""
    predicted = changed(**fields)

    assert is_found(GOLD, predicted)
    assert (wrong,) == wrong_fields(GOLD, predicted)
    assert not is_strict(GOLD, predicted)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"change": "increase"}, "change", id="change"),
        pytest.param({"baseline": Decimal(1)}, "baseline", id="baseline"),
        pytest.param({"actor_source": "inherited"}, "actor_source", id="actor-source"),
        pytest.param({"basis": "plan_year"}, "basis", id="basis"),
    ],
)
def test_other_fields_do_not_decide(fields, wrong):
    """Fields beside the strict ones are reported and decide nothing."""
    (error,) = score([GOLD], [changed(**fields)]).errors

    assert is_strict(GOLD, changed(**fields))
    assert ((wrong,), False) == (error.fields, error.decides)


def test_a_wrong_value_is_missed_and_spurious():
    """A record whose number is wrong counts on both sides."""
    result = score([GOLD], [changed(value=Decimal(15))])

    assert Tally(correct=0, predicted=1, gold=1) == result.score.tally("found")
    assert 1 == result.score.fields["value"].wrong
    assert "value" in result.errors[0].fields and result.errors[0].decides


def test_alternatives_are_right():
    """A listed alternative counts, an empty one allows an empty field."""
    gold = changed(alternatives=Alternatives(action=("增设", None), object=("学位",)))

    assert is_strict(gold, changed(action="增设", object="学位"))
    assert is_strict(gold, changed(action=None))
    assert "correct_null" == compare_field("action", gold, changed(action=None))
    assert not is_strict(gold, changed(object=None))


def test_found_without_target_is_by_date():
    """A promise that has only a date is found by its date."""
    gold, late = (
        claim(TEXT, action="新增", deadline="2032年底前", date=date)
        for date in ("2032-12-31", "2033-12-31")
    )

    assert is_found(gold, gold) and not is_found(gold, late)
    assert not is_found(gold, GOLD) and not is_found(
        gold, eval_samples.changed(gold, date=None)
    )


def test_missed_and_spurious_records():
    """Records without partner count their values against each field."""
    other = claim(TEXT, action="推进", object="课程建设", deadline="2032年底前")
    missed, spurious = score([GOLD], []), score([], [other])

    assert ["missed"] == [error.kind for error in missed.errors]
    assert ["spurious"] == [error.kind for error in spurious.errors]
    assert 1 == missed.score.fields["actor"].missed_records
    assert 0 == missed.score.fields["upper"].missed_records
    assert 1 == spurious.score.fields["action"].spurious_records
    assert 0.0 == missed.score.tally("found").recall
    assert missed.score.tally("found").precision is None


@pytest.mark.parametrize(
    ("field", "gold", "predicted", "outcome"),
    [
        pytest.param("upper", None, None, "correct_null", id="both-empty"),
        pytest.param("upper", 5, 5, "correct", id="right"),
        pytest.param("upper", 5, 6, "wrong", id="wrong"),
        pytest.param("upper", 5, None, "missed", id="missed"),
        pytest.param("upper", None, 5, "spurious", id="spurious"),
        pytest.param("unit", "％", "%", "correct", id="unit-width"),
        pytest.param("change", "level", "increase", "wrong", id="change"),
    ],
)
def test_outcome_of_a_field(field, gold, predicted, outcome):
    """Every field of a pair has one of five outcomes."""
    ours, theirs = (
        Decimal(value) if isinstance(value, int) else value
        for value in (gold, predicted)
    )

    assert outcome == compare_field(
        field, changed(**{field: ours}), changed(**{field: theirs})
    )


@pytest.mark.parametrize(
    ("gold", "predicted", "outcome"),
    [
        pytest.param((), (), "correct_null", id="none"),
        pytest.param(("甲局",), (), "missed", id="missed"),
        pytest.param((), ("甲局",), "spurious", id="spurious"),
        pytest.param(("甲局", "各区"), ("各区", "甲局"), "correct", id="any-order"),
        pytest.param(("甲局", "各区"), ("甲局",), "wrong", id="one-short"),
    ],
)
def test_partners_are_a_set(gold, predicted, outcome):
    """Partners are right when they are the same bodies."""
    quotes = {words: claim(TEXT, object=words).object for words in ("甲局", "各区")}
    ours, theirs = (
        changed(partners=tuple(quotes[words] for words in side))
        for side in (gold, predicted)
    )

    assert outcome == compare_field("partners", ours, theirs)


def test_comparator_and_unit_errors_are_listed_apart():
    """What was taken for what is counted, right ones are not."""
    result = score([GOLD], [changed(comparator="ge", unit="间")])

    assert {"eq → ge": 1} == result.score.confusions["comparator"]
    assert {"个 → 间": 1} == result.score.confusions["unit"]


def test_computed_fields_are_scored_given_the_quote():
    """The parsers answer only for quotes that are right."""
    wrong_quote = changed(value=Decimal(1), target=claim(TEXT, target="万个").target)

    assert (
        Share(part=0, whole=1)
        == score([GOLD], [changed(value=Decimal(1))]).score.given_quote["value"]
    )
    assert Share() == score([GOLD], [wrong_quote]).score.given_quote["value"]


def test_soft_records_of_hard_items_are_ignored():
    """Where soft records are not labelled, predicted ones are no false alarms."""
    result = score([GOLD], [GOLD, SOFT])

    assert Tally() == result.score.tally("soft") and () == result.errors


def test_soft_records_of_full_items():
    """Soft records are scored by clause and action, objects by overlap."""
    other = SOFT.model_copy(update={"action": claim(TEXT, action="新增").action})
    right, wrong = (score([SOFT], [one], "full") for one in (SOFT, other))
    nothing = score([SOFT], [], "full")

    assert 1 == right.score.tally("soft").correct
    assert (1, 0) == tuple(wrong.score.tally(n).correct for n in ("soft_found", "soft"))
    assert Share(part=1.0, whole=1) == wrong.score.share("soft_objects")
    assert ("wrong", True, ("action",)) == (
        wrong.errors[0].kind, wrong.errors[0].is_soft, wrong.errors[0].fields
    )  # fmt: skip
    assert "missed" == nothing.errors[0].kind


def test_errors_show_their_sentence():
    """The window is the source's sentence, with spans that can be marked in it."""
    (error,) = score([GOLD], []).errors
    window, place = error.source, error.gold.target.span

    assert TEXT[: TEXT.index("推进")] == window.text == window.span.slice(TEXT)
    assert "1.5万个" == place.shift(-window.span.start).slice(window.text)


def test_ungrounded_records_are_counted():
    """A record with a refused field counts once."""
    refused = GOLD.model_copy(
        update={"ungrounded": (("actor", "甲"), ("object", "乙"))}
    )

    assert Share(part=1, whole=2) == score([GOLD], [GOLD, refused]).score.share(
        "ungrounded"
    )


def test_right_records_are_counted_by_who_made_them():
    """A strictly right record of the model counts for the model, a wrong one not."""
    by_model = GOLD.model_copy(update={"method": "model"})
    by_rules = changed(unit="间").model_copy(update={"method": "rules"})
    by_both = SOFT.model_copy(update={"method": "both"})

    counted = score([GOLD, SOFT], [by_model, by_rules, by_both], "full").score

    assert Share(part=1, whole=1) == counted.share("strict_by_model")
    assert Share(part=0, whole=1) == counted.share("strict_by_rules")
    assert Share(part=1, whole=2) == counted.share("strict_by_one")
    assert Share(part=1, whole=1) == counted.share("soft_by_both")
    assert Share() == counted.share("strict_by_both") == counted.share("soft_by_one")
    assert {f"{kind}_by_{name}" for kind in ("strict", "soft") for name in METHODS} == {
        name for name in SHARES if "_by_" in name
    }


def test_likelihoods_are_kept_with_what_is_right():
    """exp of the log-probability; soft records count in items labelled in full."""
    sure = GOLD.model_copy(update={"likelihood": 0.0})
    spurious = changed(unit="间").model_copy(update={"likelihood": -1.0})
    soft = SOFT.model_copy(update={"likelihood": -2.0})
    claims = [sure, spurious, soft, SOFT]

    assert score([GOLD, SOFT], claims, "full").stated == (
        Stated("hard", 1.0, is_right=True),
        Stated("hard", exp(-1), is_right=False),
        Stated("soft", exp(-2), is_right=True),
    )
    assert 2 == len(score([GOLD, SOFT], claims).stated)


# --- counts ---------------------------------------------------------------------


def test_scores_add_up():
    """The score of two items is the sum of theirs."""
    one, other = score([GOLD], [GOLD]).score, score([GOLD], [changed(unit="间")]).score
    both = one + other

    assert Tally(correct=1, predicted=2, gold=2) == both.tally("strict")
    assert {"个 → 间": 1} == both.confusions["unit"]
    assert (1, 1) == (both.fields["unit"].correct, both.fields["unit"].wrong)
    assert both == other + one and both == both + Score()


def test_figures_of_a_tally():
    """Precision, recall and F1 of counts, None of nothing."""
    tally = Tally(correct=3, predicted=4, gold=6)

    assert (0.75, 0.5, 0.6) == (tally.precision, tally.recall, tally.f1)
    assert Tally().f1 is None and Share().value is None


def test_field_counts_as_metric():
    """Empty fields do not count, values without a partner do."""
    counts = FieldCounts(
        correct=3, correct_null=9, wrong=1, missed=1, spurious=2, missed_records=1
    )

    assert Tally(correct=3, predicted=6, gold=6) == counts.tally
    assert Share(part=12, whole=16) == counts.right


def test_every_field_is_counted():
    """The field table has a row for each field."""
    assert set(FIELDS) == set(score([GOLD], [GOLD]).score.fields)


def test_claims_are_sorted_into_items():
    """Claims go where their number stands, the rest is outside."""
    spans = [Span(0, 10), Span(10, len(TEXT))]
    inside, outside = assign_to_items([GOLD, claim("别处", start=90)], spans)

    assert [0, 1] == [len(group) for group in inside] and 1 == len(outside)
