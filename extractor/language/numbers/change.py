"""Whether a number is a level or an amount of movement, and what it moves from.

Reads the folded words in front of a number (guidelines, section 3, `change` and
`baseline`). Counts and rates differ: 新增27所 and 增加学位7080个 name how many there
are to be (`level`), 增长6% and 减少20家 how far it goes.
"""

from __future__ import annotations

import re
from decimal import Decimal

from extractor.core.records import Change
from extractor.language.numbers import units
from extractor.language.numbers.amounts import Amount, scan

_UP = "提高|提升|增长|增加|上升|上涨|扩大|新增|净增|递增|攀升|上浮|提速|增产|增收|增|升"
_DOWN = (
    "下降|降低|减少|压减|压降|缩减|削减|缩短|压缩|递减|"
    "下调|回落|精简|下浮|收窄|核减|减量|减排|减产|减|降"
)
_NOT_VERB = "率|值|点|极|量|速|幅|带|班|版|工程|行动|计划|能力|质量|水平|效"
_MOVE = re.compile(f"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?!{_NOT_VERB})")
_LEVEL = re.compile(
    "到|达|至|为|成(?![本品员果交人年效绩])|占|在|保持|稳定|维持|控制|实现|完成|建设|建成"
)
_MADE_BETTER = re.compile("(?:改造|优化|整治|升级|巩固|建设|美化|修缮)$")
"""In front of 提升: things are made better (改造提升3.2万亩), nothing moves."""
_REACHED = re.compile("^(?:达到?|保持在?|稳定在|不低于)")
_COMPARED = re.compile("[比较](?:上年|上一年|去年|同期|往年|上季|[前去]|\x00)")
_FILLER = re.compile(
    r"分别|各|年均|每年|平均|均|同比|环比|了|约|近|大约|幅度|比例|力争|再|又|左右|原则上|超过?|以上"
    rf"|不(?:低|少)于|至少|不超过|也|\s|、|和|及|{units.PREFIX_PLAIN}"
)
_AFTER = re.compile(
    "^(?:以上|左右|以内)?的(?:(增长|提升|提高|增幅)|(下降|降低|减少|降幅))(?!率|点)"
)
_FROM = re.compile("[从由]")
_ON_BASIS = re.compile("的?基础上")
_DOUBLING = re.compile(r"翻(?:了|上)?\s*$")
_MAX_OBJECT = 10
_FAR = 100
"""Characters in front of a number that its verb or starting value may stand off."""
# Verbs that put a measured level, not a set of things, higher: 提高0.5岁.
_MEASURED_UP = frozenset(
    ["提高", "提升", "增长", "上升", "上涨", "递增", "攀升", "上浮"]
)


def _fillers_only(gap: str) -> bool:
    """Say whether nothing but adverbs and coordinated numbers stands in `gap`."""
    if len(gap) > _FAR:
        return False
    for amount in reversed([item for item in scan(gap) if item is not None]):
        gap = gap[: amount.start] + gap[amount.end :]
    return not _FILLER.sub("", gap)


def find_change(clause: str, unit: str, after: str = "") -> Change:
    """Return how the number behind `clause` is meant.

    Args:
        clause: folded words in front of the number, its comparator left out.
        unit: the number's unit.
        after: folded words behind the number.
    """
    trailing = _AFTER.match(after)
    if unit in units.RELATIVE_UNITS:
        if trailing:
            return "increase" if trailing[1] else "decrease"
        if _DOUBLING.search(clause):
            return "increase"
    verbs = reversed(list(_MOVE.finditer(clause)))
    move = next((match for match in verbs if _is_verb(match, clause)), None)
    if move is None or not _moves_by(move, clause, unit):
        return "level"
    return "increase" if move["up"] else "decrease"


def _moves_by(move: re.Match[str], clause: str, unit: str) -> bool:
    """Say whether the number at the end of `clause` is how far the verb moves."""
    if unit in units.POINT_UNITS:
        return True
    gap = clause[move.end() :]
    # 增长达到6% grows by it; 提高达到 does not occur.
    if move[0] in ("增长", "递增", "下降", "上升"):
        gap = _REACHED.sub("", gap)
    if _LEVEL.search(re.sub("至少|至多", "", gap)):
        return False
    if unit not in units.RELATIVE_UNITS and _MADE_BETTER.search(clause[: move.start()]):
        return False
    if move["down"] and (unit not in units.RELATIVE_UNITS or _is_object(gap)):
        return True
    if unit in units.RELATIVE_UNITS:
        return _fillers_only(gap)
    # 新增27所 is a count; 提高0.5岁, 比上年增加200个 are movements.
    is_measured = move[0] in _MEASURED_UP
    is_compared = move[0] != "新增" and bool(_COMPARED.search(clause))
    return (is_measured or is_compared) and _fillers_only(gap)


def _is_object(gap: str) -> bool:
    """Say whether `gap` is a thing that is cut (压减一般性支出5%), not an indicator."""
    return len(gap) <= _MAX_OBJECT and not re.search("比|率|度|的", gap)


def _is_verb(match: re.Match[str], clause: str) -> bool:
    """Single characters (增, 降) move a number only right in front of it."""
    if len(match[0]) > 1:
        return True
    gap = clause[match.end() :]
    # 双减, 倍增: the second half of a compound.
    before = clause[match.start() - 1 : match.start()]
    return before not in ("双", "倍", "只") and (
        _fillers_only(gap) or bool(re.match("[至到为]", gap))
    )


def find_baseline(lead: str, unit: str) -> Decimal | None:
    """Return the starting value in 从77%提高到…, None when there is none.

    Args:
        lead: folded words in front of the target number, the starting value in them.
        unit: the target's unit; a starting value in another unit is another thing.
    """
    for amount in scan(lead):
        # 在上年51.6%的基础上提高…
        if amount and _ON_BASIS.match(lead, amount.end) and _is_start(amount, "", unit):
            return amount.value
    near = max(0, len(lead) - _FAR)
    for start in reversed([match.end() for match in _FROM.finditer(lead, near)]):
        tail = lead[start:]
        amounts = [amount for amount in scan(tail) if amount is not None]
        if len(amounts) != 1:
            continue
        amount = amounts[0]
        between = tail[amount.end :]
        if _is_start(amount, tail, unit) and _leads_on(between):
            return amount.value
    return None


def _is_start(amount: Amount, tail: str, unit: str) -> bool:
    """Say whether an amount can be what a number in `unit` starts from."""
    if len(tail[: amount.start]) > 14:
        return False
    same = amount.unit in ("", unit) or not unit
    return same or (amount.unit, unit) == ("%", "个百分点")


def _leads_on(between: str) -> bool:
    """Say whether the words after a starting value lead to where it goes."""
    if len(between) > 18:
        return False
    return bool(re.search("到|至|为", between) or _MOVE.search(between))
