"""Finding quotes: planted spans, folded forms, and digits that must never bend."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.spans import Span
from extractor.extraction.quoting import find_quote, find_quotes
from extractor.language.numbers.numerals import fold
from extractor.language.numbers.quantities import iter_quantities

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"

PLAN = (
    "新增 15所学校，占比不低于 94.5％，培训两万人、二〇二五年底建成，补助一点五万人；"
    "打造“15分钟”生活圈，30万人次，唯一一所，百分之八十以上，八成五，三分之一，"
    "1,000名，建设5－10个；另建15所，共2万5千户，達到３００個，三四个，第十四届。"
)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("15所", "15所"),
        ("１５所", "15所"),
        ("十五所", "15所"),
        ("新增15所学校", "新增 15所学校"),
        ("不低于94.5%", "不低于 94.5％"),
        ("不低於94.5%", "不低于 94.5％"),
        ("2万人", "两万人"),
        ("20000人", "两万人"),
        ("20,000人", "两万人"),
        ("2025年底", "二〇二五年底"),
        ("1.5万人", "一点五万人"),
        ("15000人", "一点五万人"),
        ('"15分钟"', "“15分钟”"),
        ("「15分钟」", "“15分钟”"),
        ("30万人次", "30万人次"),
        ("一所", "一所"),
        ("80%以上", "百分之八十以上"),
        ("85%", "八成五"),
        ("三分之一", "三分之一"),
        ("1000名", "1,000名"),
        ("1，000名", "1,000名"),
        ("5-10个", "5－10个"),
        ("5—10個", "5－10个"),
        ("25000户", "2万5千户"),
        ("300个", "３００個"),
        (" 达到300个 ", "達到３００個"),
        ("第14届", "第十四届"),
        ("三四个", "三四个"),
        ("所学校,占比", "所学校，占比"),
        ("新增的15所学校占比", "新增 15所学校，占比"),
    ],
)
def test_quote_is_found(quote: str, found: str) -> None:
    """Width, script, spacing and the way a number is written do not matter."""
    span = find_quote(quote, PLAN)

    assert span is not None
    assert found == span.slice(PLAN)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " ",
        "，",
        "5所",
        "1所学校",
        "16所",
        "115所",
        "94%",
        "4.5%",
        "94.5",
        "95.5%",
        "94.50%",
        "30",
        "30人次",
        "30万",
        "3万人次",
        "30亿人次",
        "1.5亿人",
        "1.6万人",
        "2万",
        "四个",
        "三个",
        "3个",
        "十届",
        "四届",
        "00名",
        "0名",
        "1000户",
        "5千户",
        "10所",
        "5个",
        "80以上",
        "百分之八",
        "三分之二",
        "5-100个",
        "没有的话",
        "2026年底",
    ],
)
def test_quote_is_refused(quote: str) -> None:
    """A number is matched whole and exactly, or not at all."""
    expected = {"94.5": "94.5", "30万": "30万", "2万": "两万"}.get(quote)

    span = find_quote(quote, PLAN)

    assert expected == (None if span is None else span.slice(PLAN))


def test_near_picks_the_nearest() -> None:
    """With a position the nearest occurrence is chosen, without one the first."""
    first, last = PLAN.index("15所"), PLAN.rindex("15所")

    assert find_quote("15所", PLAN) == Span(first, first + 3)
    assert find_quote("15所", PLAN, near=last - 4) == Span(last, last + 3)
    assert find_quote("15所", PLAN, near=0) == Span(first, first + 3)


def test_repeated_quotes_take_turns() -> None:
    """Mentions of the same words get successive places; the last serves again."""
    first, last = PLAN.index("15所"), PLAN.rindex("15所")

    spans = find_quotes(["15所", "16所", "十五所", "15所"], PLAN)

    assert spans == [
        Span(first, first + 3),
        None,
        Span(last, last + 3),
        Span(last, last + 3),
    ]


def test_tolerant_match_must_be_unambiguous() -> None:
    """Two places that differ from the quote only in marks are no place."""
    text = "建设，示范中心；建设、示范中心。"

    assert find_quote("建设的示范中心", text) is None
    assert find_quote("建设的示范中心", text[:8]) == Span(0, 7)


def test_marks_between_numbers_count() -> None:
    """A list of numbers is not a range or a ratio."""
    assert find_quote("分别建设3-5个中心", "分别建设3、5个中心") is None
    assert find_quote("分别建设3、5个中心", "分别建设3:5个中心") is None
    assert find_quote("分别建设35个中心", "分别建设3、5个中心") is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        pytest.param("3项", "3.项目建设全面提速", id="label"),
        pytest.param("6个", "编号为6。个别点位调整", id="sentence"),
        pytest.param("5所", "站点共计5，所需经费由财政保障", id="clause"),
        pytest.param("7处", "预计7、处置更快", id="list"),
        pytest.param("5所", "（共5）所有学校", id="bracket"),
        pytest.param("0所", "新建学校l0所", id="letter-for-a-digit"),
        pytest.param("0个", "新增学位1O0个", id="letter-in-a-number"),
        pytest.param("5%", "代码E5%9C", id="code"),
    ],
)
def test_numbers_have_no_words_of_others(quote: str, text: str) -> None:
    """What stands behind a mark is no unit, and a part of a code no number."""
    assert find_quote(quote, text) is None


def test_number_behind_a_word_of_letters_is_one() -> None:
    """GDP3% is 3% of GDP."""
    assert find_quote("3%以上", "研发投入占GDP3%以上") == Span(8, 12)
    assert find_quote("E5类", "代码E5类") == Span(2, 5)


def test_split_numbers_do_not_join() -> None:
    """White space inside a number is a different reading, refused."""
    assert find_quote("15所", "新增1 5所") is None
    assert find_quote("5所", "新增1\n5所") == Span(4, 6)


WORDS = st.text(
    alphabet="新增建设学校公办幼儿园达到提高以上不低于，。；的 ", max_size=30
)
NUMBERS = st.one_of(
    st.integers(1, 99999).map(str),
    st.decimals(0, 999, places=1, allow_nan=False).map(lambda value: f"{value}万"),
    st.integers(1, 99999).map(cn2an.an2cn),
)


@given(
    before=WORDS,
    number=NUMBERS,
    unit=st.sampled_from(["所", "名", "%", "个"]),
    after=WORDS,
)
def test_planted_quote_is_found_where_planted(
    before: str, number: str, unit: str, after: str
) -> None:
    """A quote planted at a known place is found there, to the character."""
    quote = f"{number}{unit}"
    text = f"{before}《{quote}》{after}"

    span = find_quote(quote, text)

    assert span == Span(len(before) + 1, len(before) + 1 + len(quote))


@given(
    before=WORDS,
    value=st.integers(1, 9999),
    unit=st.sampled_from("所名个"),
    data=st.data(),
)
def test_planted_number_with_a_digit_changed(
    before: str, value: int, unit: str, data: st.DataObject
) -> None:
    """A digit changed, added or dropped is never found."""
    digits = str(value)
    at = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(
        st.sampled_from("0123456789").filter(lambda char: char != digits[at])
    )
    changed = digits[:at] + wrong + digits[at + 1 :]
    text = f"{before}计划建设{digits}{unit}基地"

    for other in (
        changed,
        digits + wrong,
        "1" + digits,
        digits[:at] + digits[at + 1 :],
    ):
        if not other:
            continue
        assert find_quote(f"{other}{unit}", text) is None


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_text_is_safe(quote: str, text: str) -> None:
    """No text raises; a span lies in the text, without white space at its ends."""
    span = find_quote(quote, text)

    if span is not None:
        found = span.slice(text)
        assert found and found == found.strip()


# --- probes: real plans, one digit changed ---------------------------------------

MIN_PROBES = 1000
MIN_FOUND = 0.99


def _generated(seed: int) -> str:
    """Return a plan of invented sentences with numbers of every form."""
    pick = random.Random(seed)
    nouns = ["示范园", "实训基地", "社区驿站", "观测站", "口袋公园", "泵站"]
    units = ["所", "个", "名", "万人", "亿元", "%", "个百分点", "公里", "人次"]
    marks = ["不低于{}", "{}以上", "约{}", "{}左右", "超过{}", "{}", "提高到{}"]
    lines = []
    for number in range(60):
        value = str(pick.choice([pick.randint(2, 30), pick.randint(100, 9999)]))
        if pick.random() < 0.3:
            value += f".{pick.randint(1, 9)}"
        phrase = pick.choice(marks).format(value + pick.choice(units))
        lines.append(f"{number + 1}．推进{pick.choice(nouns)}建设，今年完成{phrase}；")
    return "\n".join(lines)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield the plans at hand, the generated ones always."""
    for path in sorted(CORPUS.glob("*.txt")):
        yield path.name, path.read_text(encoding="utf-8")
    for seed in range(12):
        yield f"generated-{seed}", _generated(seed)


def _quotes(text: str) -> Iterator[Span]:
    """Yield number-bearing stretches of a text: bare, and with words around."""
    for span in iter_quantities(text):
        yield span
        for before, after in ((4, 0), (0, 4), (6, 6)):
            start, end = max(0, span.start - before), min(len(text), span.end + after)
            # A window must not cut a number of its own.
            if _cuts(text, start) or _cuts(text, end):
                continue
            wide = Span(start, end)
            if wide.slice(text) == wide.slice(text).strip():
                yield wide


_NUMERIC = "0-9０-９.．,，一二两三四五六七八九十百千万亿零〇點点分成"


def _cuts(text: str, at: int) -> bool:
    """Say whether a cut at `at` may go through a number."""
    around = text[max(0, at - 1) : at + 1]
    return bool(re.search(f"[{_NUMERIC}]", around))


def _altered(quote: str, text: str) -> Iterator[str]:
    """Yield the quote with one digit changed, where the new number is nowhere."""
    for match in re.finditer("[0-9]", quote):
        for digit in "0123456789":
            changed = quote[: match.start()] + digit + quote[match.end() :]
            if digit == match[0] or (match.start() == 0 and digit == "0"):
                continue
            number = next(
                word
                for word in re.finditer(r"[0-9]+(?:\.[0-9]+)?", changed)
                if word.start() <= match.start() < word.end()
            )
            in_words = cn2an.an2cn(number[0]).replace("二", "[二两]")
            written = rf"(?<![0-9.]){re.escape(number[0])}(?![0-9.])|{in_words}"
            if not re.search(written, fold(text)):
                yield changed


def _probe(texts: list[tuple[str, str]]) -> tuple[int, int, int, int, list[str]]:
    """Return tries and hits, unchanged then altered, and the first mistakes."""
    kept = found = altered = false = 0
    wrong: list[str] = []
    for name, text in texts:
        for span in _quotes(text):
            quote = span.slice(text)
            kept += 1
            hit = find_quote(quote, text, near=span.start)
            found += hit == span
            if hit != span:
                wrong.append(f"{name} {span} {quote!r} -> {hit}")
            for changed in _altered(quote, text):
                altered += 1
                if find_quote(changed, text) is not None:
                    false += 1
                    wrong.append(f"{name} {quote!r} altered to {changed!r} found")
    return kept, found, altered, false, wrong[:10]


@pytest.mark.parametrize("source", ["corpus", "generated"])
def test_probes(source: str) -> None:
    """Unchanged numbers are found where they stand, changed ones nowhere."""
    is_real = source == "corpus"
    texts = [pair for pair in _texts() if pair[0].startswith("generated") != is_real]
    if not texts:
        pytest.skip(f"no real plans at {CORPUS}")

    kept, found, altered, false, wrong = _probe(texts)

    print(f"{source}: unchanged {found}/{kept} found, altered {false}/{altered} found")
    assert kept + altered >= MIN_PROBES
    assert false == 0, wrong
    assert found >= MIN_FOUND * kept, wrong


def test_long_text_is_searched_quickly() -> None:
    """A quote is sought in a text of 30,000 characters in a few milliseconds."""
    text = "".join(_generated(seed) for seed in range(20))[:30000]
    find_quote("预热", text)

    start = time.perf_counter()
    for value in range(50):
        find_quote(f"建设{value}所", text + str(value % 2))
    elapsed = (time.perf_counter() - start) / 50

    # Typical is well under 1 ms with the text cached, 10 ms the first time.
    assert elapsed < 0.05
