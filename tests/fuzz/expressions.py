"""Numerals, amounts and times by grammar, and sentences with them damaged."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.given import Given
from tests.fuzz.mutation import KINDS, Mutation, mutated

LONG = 10_000
"""Characters that a repetition may fill: what is quadratic is seen at it."""

SPACES = ["", "", "", "", " ", "\u3000", "\u00a0", "\t", "\n", "\u2009"]
ODD = (
    "\x00 \x07 \x1c \x85 \u200b \u200f \u202e \u2066 \u2028 \ufeff � \ud800 "
    "\udc35 \ud83d\ude00 😀 𠀀 \U000e0041 \u0301 ² ³ ½ Ⅻ ① ㈠ ⒈ ㊿ \u0663 ४ 𝟛 ⼀ "
    "⽔ ㎡ ℃ ﹪ ％ ‰ º × ÷ ∞ √ \ufdfa İ ß ŉ ǰ"
).split(" ")
"""Characters that are not what they look like, or whose case, width or class is odd."""

# --- numbers --------------------------------------------------------------------

DIGIT = st.sampled_from("0123456789０１９零〇○一二两三四五六七八九十廿卅百千万亿壹贰")
SMALL = st.integers(0, 130).map(str)
ARABIC = st.one_of(
    SMALL,
    st.integers(0, 10**12).map(str),
    st.integers(10**20, 10**60).map(str),
    st.integers(0, 10**9).map("{:,}".format),
    st.decimals(0, 10**6, places=2).map(str),
    st.from_regex(r"\A[0-9]{1,3}([,. ][0-9]{1,4}){1,3}\Z"),
)
CHINESE = st.one_of(
    *[st.text(DIGIT, min_size=1, max_size=8)] * 4, st.text(DIGIT, max_size=60)
)
NUMERAL = st.one_of(
    ARABIC, CHINESE, st.tuples(CHINESE, st.just("点"), CHINESE).map("".join)
)
MAGNITUDE = st.sampled_from(
    ["", "", "", "十", "百", "千", "万", "亿", "万亿", "余万", "多", "余"]
)
UNIT = st.sampled_from(
    (
        "个 % ％ 元 万元 亿元 公里 人 人次 户 家 平方米 ㎡ 吨 亩 个百分点 年 天 小时 "
        "所 条 成 倍 番 级 级以上 千瓦 千瓦时 ℃ 立方米/日 元/人 km2 kWh 批次 分钟 名 "
        "位 张 多元 以上"
    ).split()
)
COMPARATOR = st.sampled_from(
    (
        "不低于 不少于 至少 超过 达到 达到至少 控制在 约 近 上 逾 突破 提高到 从 由 "
        "力争 最低 降至 比上年增长 下降 同比 增长 每 第 前 ≥ ≤ > 大于等于 "
        "不超过在校生规模的"
    ).split()
)
SUFFIX = st.sampled_from(
    "以上 以下 以内 内 左右 及以上 上下 之间 不等 起 多 余 几".split()
)
RANGE = st.sampled_from(
    ["-", "—", "~", "至", "到", "－", "–", "、", ":", "：", "比", "/", "分之", "×", "±"]
)


def _optional(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), words)


def _joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Join parts, sometimes with a space of some kind between them."""
    spaced = [piece for part in parts for piece in (part, st.sampled_from(SPACES))]
    return st.tuples(*spaced).map("".join)


AMOUNT = _joined(
    _optional(COMPARATOR),
    st.one_of(
        NUMERAL, st.sampled_from(["百分之", "千分之", "三分之", "2/", "一半", "七成"])
    ),
    MAGNITUDE,
    _optional(st.tuples(RANGE, NUMERAL, MAGNITUDE).map("".join)),
    _optional(UNIT),
    _optional(SUFFIX),
)

# --- times ----------------------------------------------------------------------

YEAR = st.one_of(
    st.integers(1890, 2110).map("{}年".format),
    st.integers(0, 99999).map("{}年".format),
    st.integers(20, 30).map("{}年".format),
    st.sampled_from(
        (
            "二〇二五年 二○二四年 2 0 2 5年 今年 明年 次年 翌年 本年度 当年 去年 "
            "上年度 下一年度 “十四五” 十五五 “十三五”末 2024－2025学年 2024—2026年 "
            "三年 五年内 两年时间 2025 年"
        ).split(" ")
    ),
)
MONTH = st.one_of(
    st.integers(0, 13).map("{}月".format),
    st.integers(0, 99).map("{}月份".format),
    st.sampled_from(
        "一月 十二月 十三月 三个月内 每月 当月 1至3月 3-5月 六月 首月".split()
    ),
)
DAY = st.one_of(
    st.integers(0, 32).map("{}日".format),
    st.sampled_from("上旬 中旬 下旬 底 初 末 31号 三十日 二十九日 月底 中".split()),
)
PERIOD = st.sampled_from(
    (
        "一季度 四季度 第三季度 第五季度 前三季度 上半年 下半年 年底 年中 年内 年末 "
        "岁末 全年 春节 国庆节 中秋 元旦 五一 清明 端午 “七一” 除夕 元宵节 冬至 立春 "
        "惊蛰 汛期 暑期 寒假 秋季开学 春季学期 学年末 本学期 采暖季 入冬 高考 两会 "
        "换届 近期 适时 长期 届 期末"
    ).split()
)
EDGE = st.sampled_from(
    (
        "前 之前 以前 底前 末前 内 止 起 后 以后 以来 开始 期间 为止 前后 左右 的 "
        "完成 以内"
    ).split()
)
LEAD = st.sampled_from(
    "到 至 于 在 从 自 力争 争取 确保 赶在 截至 每 较 比 不迟于 最迟".split()
)
TIME = _joined(
    _optional(LEAD), _optional(YEAR), _optional(st.one_of(MONTH, PERIOD)),
    _optional(DAY), _optional(EDGE),
)  # fmt: skip

# --- sentences ------------------------------------------------------------------

PROSE = st.sampled_from(
    (
        "新建 改造 整治 实现 完成 学校 老旧小区 覆盖率 河道 其中 ， 。 ； 、 （ ） “ "
        "” 《 》 ： : , . - / 的 和 与 统一 一网通办 PM2.5 1+7+1 12345热线 第三届 5G "
        "3.1公里 市教育局 牵头 每 各县 数十家 若干 几百 百余 近万 第 号 版 "
        "〔2024〕3号 ISO9001 10:30 1:15 A4 x86 3D"
    ).split()
)
STRANGE = st.one_of(st.sampled_from(ODD), st.characters(), st.text(max_size=4))


def _repeated(unit: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Repeat some words, seldom often enough to fill `LONG`."""
    times = st.one_of(*[st.integers(2, 20)] * 20, st.integers(20, LONG))
    return st.builds(lambda words, n: (words * n)[:LONG], unit, times)


def _sentences(*kinds: st.SearchStrategy[str]) -> st.SearchStrategy[Given]:
    piece = st.one_of(*kinds, *kinds, PROSE, PROSE, STRANGE, st.sampled_from(SPACES))
    joined = st.lists(piece, min_size=2, max_size=12).map("".join)
    repeated = _repeated(st.lists(piece, min_size=1, max_size=4).map("".join))
    around = st.tuples(joined, repeated, joined).map("".join)
    text = st.one_of(*kinds, joined, joined, joined, repeated, around)
    damage = st.builds(
        Mutation, st.sampled_from(KINDS), st.floats(0, 1), st.integers(0, 12),
        piece, st.integers(1, 3),
    )  # fmt: skip
    return st.builds(
        lambda words, damages: Given.of_text(mutated(words, damages)[:LONG]),
        text,
        st.lists(damage, max_size=3),
    )


QUANTITIES = _sentences(AMOUNT, AMOUNT, NUMERAL)
DATES = _sentences(TIME, TIME, st.one_of(YEAR, MONTH, PERIOD))
QUANTITY_SEEDS = (
    "新建学校3所，", "力争达到94.5%以上", "从77%提高到80%", "控制在2‰以内", "5—8%",
    "2亿3000万元", "十万零五百人", "三万五", "百分之八十五", "三分之二", "七至八成",
    "1:15", "不少于1,234.5万平方米", "近万名", "一点五万亿元", "提高5个百分点",
    "翻一番", "20至30家",
)  # fmt: skip
DATE_SEEDS = (
    "到2025年底前", "9月底前", "“十四五”期间", "二〇二五年10月18日前", "三季度末",
    "春节前", "2024—2025学年", "次年3月底前", "秋季开学前", "三年内", "每年6月",
    "从9月起", "上半年", "2 0 2 5年", "汛期前", "6月底前开工、12月底前完工",
    "其中今年建成1个，到2027年",
)  # fmt: skip
