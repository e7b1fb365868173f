"""What a unit measures: printed units that can be converted into each other.

公里 and 千米 are one length, 亩 and 公顷 one area; what is not listed measures itself.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

_MU = Fraction(2000, 3)
_SCALES: dict[str, dict[str, int | Fraction]] = {
    "length": {
        "米": 1, "公里": 1000, "千米": 1000, "km": 1000, "厘米": Fraction(1, 100),
        "cm": Fraction(1, 100), "毫米": Fraction(1, 1000), "mm": Fraction(1, 1000),
        "海里": 1852,
    },
    "area": {
        "平方米": 1, "m2": 1, "亩": _MU, "公顷": 10_000, "ha": 10_000,
        "平方公里": 1_000_000, "平方千米": 1_000_000, "km2": 1_000_000,
    },
    "volume": {
        "立方米": 1, "立方": 1, "方": 1, "m3": 1, "升": Fraction(1, 1000),
        "毫升": Fraction(1, 1_000_000),
    },
    "mass": {
        "克": 1, "公斤": 1000, "千克": 1000, "kg": 1000, "斤": 500, "担": 50_000,
        "吨": 1_000_000, "t": 1_000_000, "毫克": Fraction(1, 1000),
        "mg": Fraction(1, 1000), "微克": Fraction(1, 1_000_000),
        "μg": Fraction(1, 1_000_000), "ug": Fraction(1, 1_000_000),
    },
    "power": {
        "瓦": 1, "千瓦": 1000, "kW": 1000, "兆瓦": 10**6, "MW": 10**6, "吉瓦": 10**9,
        "GW": 10**9,
    },
    "energy": {
        "千瓦时": 1, "kWh": 1, "度电": 1, "兆瓦时": 1000, "吉瓦时": 10**6,
    },
    "apparent power": {"千伏安": 1, "kVA": 1, "兆伏安": 1000, "MVA": 1000},
    "voltage": {"千伏": 1, "kV": 1},
    "coal equivalent": {"吨标准煤": 1, "tce": 1},
    "time": {
        "秒": 1, "分钟": 60, "小时": 3600, "个小时": 3600, "天": 86_400,
    },
    "working days": {"工作日": 1, "个工作日": 1},
    "working hours": {"工作小时": 1, "个工作小时": 1},
    "containers": {"标准箱": 1, "标箱": 1, "个标准箱": 1, "TEU": 1},
    "data": {"MB": 1, "GB": 1000, "TB": 10**6, "PB": 10**9, "EB": 10**12},
    "bandwidth": {"Mbps": 1, "Gbps": 1000, "Tbps": 10**6},
    "share": {"%": 1, "‰": Fraction(1, 10), "‱": Fraction(1, 100)},
    "points": {"个百分点": 1, "百分点": 1, "个千分点": Fraction(1, 10)},
    "yuan": {"元": 1, "人民币": 1, "块钱": 1},
    "US dollars": {"美元": 1, "万美元": 10_000},
    "persons": {"人": 1, "名": 1, "位": 1, "员": 1},
    # These count the thing that is named, whichever is printed; 户, 场, 期, 套 and 次
    # may count something else than 人 or 个 of the same name.
    "things": dict.fromkeys(
        "个 家 所 座 处 项 条 件 台 辆 只 头 支 根 栋 幢 眼 口 盏 艘 架 棵 株 块 款"
        .split(),
        1,
    ),
}  # fmt: skip
_KNOWN = {
    unit: (dimension, Fraction(factor))
    for dimension, scale in _SCALES.items()
    for unit, factor in scale.items()
}


class Measure(NamedTuple):
    """What a unit measures, and how many of the dimension's own unit it is."""

    dimension: str
    factor: Fraction


@lru_cache(maxsize=1024)
def measure(unit: str) -> Measure:
    """Return what a unit measures.

    Args:
        unit: as `store.finding.search_text.clean_words` gives it, such as 公里 or
            元/人.
    """
    parts = [_KNOWN.get(part, (part, Fraction(1))) for part in unit.split("/")]
    factor = parts[0][1]
    for _, divisor in parts[1:]:
        factor /= divisor
    return Measure("/".join(name for name, _ in parts), factor)
