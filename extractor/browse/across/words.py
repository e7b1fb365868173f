"""Words of what is compared: verdicts, grounds, and what a number means."""

from __future__ import annotations

from fractions import Fraction

from extractor.browse.wording import CHANGES, Words
from extractor.store.across.likeness import Likeness
from extractor.store.across.verdicts import Found, Verdict

SENSES = {
    "level": Words("水平", "level"),
    "done": Words("期内完成", "to be done in the period"),
    "up": CHANGES["increase"],
    "down": CHANGES["decrease"],
}
VERDICTS = {
    Verdict.RAISED: Words("提高要求", "asks for more"),
    Verdict.LOWERED: Words("降低要求", "asks for less"),
    Verdict.CHANGED: Words("有变化", "changed"),
    Verdict.POSTPONED: Words("推迟", "postponed"),
    Verdict.BROUGHT_FORWARD: Words("提前", "brought forward"),
    Verdict.KEPT: Words("不变", "promised again"),
    Verdict.DROPPED: Words("未到期而不再提", "dropped before it was due"),
    Verdict.LAPSED: Words("到期后不再提", "no longer mentioned after its deadline"),
    Verdict.NEW: Words("新提", "new"),
    Verdict.UNCLEAR: Words("无法对应", "cannot be told apart"),
    Verdict.AGAIN: Words("再次提出", "said again"),
    Verdict.UNMENTIONED: Words("未再提", "not mentioned"),
}
"""What became of a promise, in the order in which a reader asks."""
MEANINGS = {
    Verdict.LAPSED: Words(
        "结果如何，计划里看不出", "the plans do not say what came of it"
    ),
    Verdict.UNCLEAR: Words(
        "同样的话不止一处，或没有对象",
        "the same words stand more than once, or no object",
    ),
}
"""What a verdict does not say."""
STEPS = {
    "script": Words("繁简、全半角、残损", "script, width, damage"),
    "marks": Words("标点、引号、括号", "marks, quotes, brackets"),
    "year": Words("年份", "the year"),
    "scope": Words("全市、各类等", "全市, 各类 and the like"),
    "verb": Words("动词在后", "the verb stands behind"),
}
GROUNDS = {
    "words": Words("用词相同", "the same words"),
    "folded": Words("折叠后相同", "the same after folding"),
    "glue": Words("只差“的、和、及”", "the same but for 的, 和, 及"),
    "order": Words("同样的字，次序不同", "the same characters in another order"),
    "measure": Words("后面多出所量之名", "names behind what is measured"),
    "inside": Words("中间多出几个字", "has more words inside"),
    "contained": Words("一个包含另一个", "one is contained in the other"),
    "alike": Words("用字相近", "alike"),
    "verb": Words("对象相同，动词不同", "the same object, another verb"),
    "unit": Words("对象相同，单位或“每…”不同", "the same object, another unit or 每…"),
    "sense": Words("对象相同，意思不同", "the same object, meant otherwise"),
    "body": Words("点名的单位不同", "another body is named"),
}
SHORT = Words(
    "名称很短，所指可能不同，请看原句",
    "a short name that may stand for several things: see the clauses",
)
_SHARED = frozenset({"glue", "order", "measure", "inside", "contained", "alike"})


def grounds(like: Likeness) -> Words:
    """Return why two wordings are, or perhaps are, one indicator."""
    said = GROUNDS[like.ground]
    if like.steps:
        done = [STEPS[step] for step in STEPS if step in like.steps]
        zh, en = "；".join(one.zh for one in done), "; ".join(one.en for one in done)
        return Words(f"{said.zh}（{zh}）", f"{said.en} ({en})")
    if like.ground in _SHARED:
        share = f"{like.share:.2f}"
        return Words(
            f"{said.zh}，双字组相同 {share}",
            f"{said.en}; {share} of the two-character pieces in common",
        )
    return said


def time_of(found: Found) -> Words | None:
    """Return how the deadline of a promise has moved, None where it has not.

    Where that is the verdict, only how it was compared is left to say.
    """
    if found.time is Verdict.KEPT:
        return None
    moved = VERDICTS[found.time] if found.time is not found.verdict else Words("", "")
    if not found.is_rolled:
        return moved if moved.zh else None
    return Words(
        f"{moved.zh}（各按本年度）", f"{moved.en} (each within its own year)".strip()
    )


def rates_of(found: Found, unit: str) -> Words | None:
    """Return how amounts of several years were compared, None if they were not.

    Args:
        found: what was compared.
        unit: that of the earlier promise.
    """
    if not found.rates or not found.years or found.years == (1, 1):
        return None
    own, its = (f"{number(rate)}{unit}" for rate in found.rates)
    years = " / ".join(map(str, found.years))
    return Words(
        f"按每年比较：{own} → {its}（年数 {years}）",
        f"compared by the year: {own} → {its} (years: {years})",
    )


def number(value: Fraction) -> str:
    """Return a number with thousands parted, to four digits behind the point."""
    # Not by float: a plan may print a number of four hundred digits.
    whole, part = divmod(round(abs(value) * 10_000), 10_000)
    sign = "-" if value < 0 and (whole or part) else ""
    return f"{sign}{whole:,}.{part:04}".rstrip("0").rstrip(".")


def plain(value: Fraction) -> str:
    """Return a number as programs read it."""
    return number(value).replace(",", "")
