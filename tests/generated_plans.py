"""Plans made by rule from a seed, with the numbers each one promises.

Invented places, the genre's turns, and what has led readers astray: amounts beside set
phrases and ranks, labels inside points, brackets, sentences that recur with other
numbers or names, numerals of every kind.
"""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

PLACES = "临江 望川 石桥 云岭 青浦塘 北屏 河湾 松林".split()
OFFICES = (
    "教育局 商务局 水利局 民政局 卫生健康局 住建局 农业农村局 残疾人联合会 "
    "妇联 林业局 交通运输局 文化广电旅游局 市场监管局 应急管理局"
).split()
STREETS = "城东街道 城西街道 南门镇 柳河乡 高新区 老街社区".split()
TASKS = (
    ("新建", "口袋公园", "个"), ("改造", "老旧小区", "个"), ("新增", "护理床位", "张"),
    ("培训", "农村教师", "人次"), ("整治", "河道", "公里"), ("造林", "", "亩"),
    ("建成", "便民服务站", "处"), ("发放", "消费券", "张"), ("搬迁", "群众", "户"),
    ("完成", "技改投资", "元"), ("适配", "辅具", "件"), ("举办", "招聘会", "场"),
    ("新增", "学前学位", "个"), ("检查", "企业", "家次"), ("修建", "农村公路", "公里"),
    ("帮扶", "困难家庭", "户"), ("配备", "急救箱", "套"), ("清理", "垃圾", "吨"),
)  # fmt: skip
DATES = "6月底前 9月底前 上半年 年底前 三季度末前 10月15日前 2026年底前".split()
DECOYS = (
    "落实“1+7+1”机制", "推行1户1档", "巩固全省前10名成果", "深化一校一策",
    "健全12345热线", "防治PM2.5污染", "实施“百千万”工程", "办好第3届技能大赛",
)  # fmt: skip
BOILERPLATE = (
    "各责任单位要压实工作责任、细化工作举措、强化督促检查，对照任务清单逐项销号管理，"
    "确保各项工作落到实处、见到实效，",
    "坚持问题导向、目标导向、结果导向相统一，建立一周一调度、一月一通报、一季一评估的"
    "工作推进机制，做到件件有着落、事事有回音，",
    "",
)
"""What many points of a plan repeat in front of a number of their own."""
CHINESE_DIGITS = "零一二三四五六七八九"


class Plan(NamedTuple):
    """A generated plan."""

    text: str
    targets: tuple[tuple[Decimal, str], ...]
    """(value, unit) of every number it promises, in reading order."""


def make_plan(seed: int) -> Plan:
    """Return the plan of a seed; the same seed, the same plan."""
    rng = random.Random(seed)
    targets: list[tuple[Decimal, str]] = []
    lines = [f"{rng.choice(PLACES)}县人民政府2025年工作要点"]
    shared = rng.choice(BOILERPLATE)
    for number in range(1, rng.randint(4, 9)):
        body = [sentence(rng, targets) for _ in range(rng.randint(1, 4))]
        if rng.random() < 0.3:
            value = rng.randint(2, 999)
            targets.append((Decimal(value), "处"))
            body.append(f"{shared}全年整改{value}处。")
        lines.append(f"{number}.{''.join(body)}")
    return Plan("\n".join(lines) + "\n", tuple(targets))


def write_plans(folder: Path, count: int) -> Path:
    """Write generated plans into a new folder."""
    folder.mkdir()
    for seed in range(count):
        (folder / f"plan-{seed}.txt").write_text(make_plan(seed).text)
    return folder


def sentence(rng: random.Random, targets: list[tuple[Decimal, str]]) -> str:
    clauses = [_clause(rng, targets) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.25:
        clauses.insert(rng.randrange(len(clauses) + 1), rng.choice(DECOYS))
    return "，".join(clauses) + rng.choice("。。；") if clauses else ""


def _clause(rng: random.Random, targets: list[tuple[Decimal, str]]) -> str:
    verb, noun, unit = rng.choice(TASKS)
    value, words = _number(rng)
    targets.append((value, unit))
    actor = ""
    if rng.random() < 0.5:
        actor = f"{rng.choice([*PLACES, ''])}县{rng.choice(OFFICES)}"
        actor = rng.choice([actor, rng.choice(STREETS)])
    date = rng.choice(DATES) if rng.random() < 0.3 else ""
    label = rng.choice(["（一）", "（1）", "①"]) if rng.random() < 0.1 else ""
    after = f"{words}{unit}"
    is_before = noun and rng.random() < 0.3
    core = f"{verb}{after}{noun}" if is_before else f"{verb}{noun}{after}"
    if noun and rng.random() < 0.15 and not is_before:
        people, printed = _number(rng)
        targets.append((people, "人"))
        core += f"（{printed}人）"
    return f"{label}{actor}{date}{core}"


def _number(rng: random.Random) -> tuple[Decimal, str]:
    """Return a value and how it is printed."""
    value = rng.choice([rng.randint(2, 99), rng.randint(100, 9999)])
    form = rng.randrange(6)
    if form == 0 and value > 1:
        return Decimal(value), chinese(value)
    if form == 1:
        tenths = rng.randint(11, 99)
        return Decimal(tenths) * 1000, f"{tenths // 10}.{tenths % 10}万"
    if form == 2:
        return Decimal(value), f"{value:,}"
    if form == 3:
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))
        return Decimal(value), wide
    if form == 4:
        return Decimal(value) * 10000 + 2000, f"{value}万2千"
    return Decimal(value), str(value)


def chinese(value: int) -> str:
    """Return a number below 10,000 in Chinese numerals, as people write it."""
    text = ""
    pending_zero = False
    for power, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, power)
        if digit == 0:
            pending_zero = bool(text)
            continue
        text += ("零" if pending_zero else "") + CHINESE_DIGITS[digit] + word
        pending_zero = False
    text = text.removeprefix("一") if text.startswith("一十") else text
    if text == "二":
        return "两"
    return text.replace("二千", "两千").replace("二百", "两百")
