"""Texts that look like plans, and plans that were damaged."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from tests.conftest import DEVELOPMENT, DOCUMENTS
from tests.format_samples import plain_text
from tests.fuzz.expressions import AMOUNT, ODD, TIME
from tests.fuzz.given import Given
from tests.fuzz.mutation import KINDS, Mutation, mutated
from tests.generated_plans import make_plan

LONG = 20_000
"""Characters of a text at most."""
LABELS = (
    "一、 二、 十二、 （一） （二） （十） (三) 1. 2. 3、 12. 999. 1000. 1． ２． "
    "1.1 1.2.3 （1） （2） 1） ① ② ⑳ ⑴ ⒈ ● • - — * 第一章 第二节 第三条 一是 二是 "
    "首先 A. a) Ⅰ. 甲、 一． 1,"
).split()
HEADS = (
    "2024年工作要点 工作回顾 2023年工作总结 一、总体要求 主要目标 名词解释 附件： "
    "附件：任务清单 目录 责任单位：市教育局 "
    "（牵头单位：市水利局；配合单位：市财政局） 完成时限：12月底前 各位代表： "
    "特此通知。 杏川市水务局 2024年3月5日 过去一年，我们 某县人民政府文件 "
    "〔2024〕3号 关键词： 序号\t任务\t责任单位\t时限 首页 > 政务公开 > 正文 相关阅读 "
    "责任编辑：张三 打印本页 【字体：大 中 小】 扫一扫 - 3 - 第 2 页 共 5 页"
).split(" ")
BODIES = (
    "新建学校3所。 整治河道12公里，6月底前完成。 （市教育局牵头，市财政局配合） "
    "漏损率降到8%以下； 坚持稳中求进。 其中改造5座， 到2025年底前， "
    "建成污水处理厂1座，铺设管网45公里。 力争增长6.5%左右。 发(fā)展 "
    "3\t整治河道\t水利局\t9月底 4\t\t\t 深入贯彻落实，"
).split(" ")
MARKUP = (
    "<p> </p> <br> <table> <td> <script> </script> <!-- --> <style> &nbsp; &#38; "
    "&amp;lt; &#0; &#xD800; &#99999999; <a href='x'> http://a.cn/b?c=1 加微信 "
    "亚博官网 www.x.com | ** # > ` \\n \\r\\n"
).split(" ")
BREAKS = [
    "\n", "\n", "\n", "\n\n", "\r\n", "\r", "\u3000\u3000", "\n\u3000\u3000", " ",
    "\t", "\x0b", "\x0c", "\x85", "\u2028",
]  # fmt: skip

_words = st.one_of(
    st.sampled_from(LABELS), st.sampled_from(LABELS), st.sampled_from(HEADS),
    st.sampled_from(BODIES), st.sampled_from(BODIES), st.sampled_from(BREAKS),
    st.sampled_from(BREAKS), st.sampled_from(MARKUP), st.sampled_from(ODD),
    AMOUNT, TIME, st.text(max_size=6),
)  # fmt: skip
_point = st.tuples(
    st.sampled_from(LABELS), st.sampled_from(HEADS + BODIES), st.sampled_from(BREAKS)
).map("".join)
_stretch = st.lists(st.one_of(_words, _point, _point), min_size=1, max_size=15).map(
    "".join
)
_counted = st.builds(
    lambda form, words, n: "".join(f"{form.format(i)}{words}" for i in range(1, n + 1)),
    st.sampled_from(["{}.", "{}、", "（{}）", "\n{}.", "\n（{}）", "\n第{}条 "]),
    st.lists(_words, min_size=1, max_size=3).map("".join),
    st.integers(2, 60),
)
_filled = st.builds(
    lambda words, n: (words * n)[:LONG],
    st.lists(_words, min_size=1, max_size=3).map("".join),
    st.one_of(*[st.integers(2, 40)] * 15, st.integers(40, LONG)),
)
_damage = st.builds(
    Mutation, st.sampled_from(KINDS), st.floats(0, 1), st.integers(0, 300),
    st.one_of(_words, _filled), st.integers(1, 4),
)  # fmt: skip
_made = st.lists(st.one_of(_stretch, _stretch, _counted, _filled), max_size=5)


def _seeds() -> list[str]:
    paths = sorted([*DOCUMENTS.glob("*.txt"), *DEVELOPMENT.glob("*.txt")])
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    return [plain_text(), *(text for text in texts if len(text) <= LONG)]


_PLANS = _seeds()
_plan = st.one_of(
    st.integers(0, 200).map(lambda seed: make_plan(seed).text),
    st.sampled_from(range(len(_PLANS))).map(lambda at: _PLANS[at]),
)
TEXTS = st.one_of(
    st.builds(lambda parts: Given.of_text("".join(parts)[:LONG]), _made),
    st.builds(
        lambda text, damages: Given.of_text(mutated(text, damages)[:LONG]),
        _plan,
        st.lists(_damage, max_size=6),
    ),
)
"""Texts of at most `LONG` characters."""


def seeds() -> Iterable[Given]:
    """Return plans that are whole."""
    return map(Given.of_text, _PLANS)
