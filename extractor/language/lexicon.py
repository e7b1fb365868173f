"""Word lists of official prose that the rules read clauses with.

The verbs are in `verbs`; the lists here say how other words behave around them.
"""

from __future__ import annotations

import re

from extractor.language.verbs import (
    LEVEL_VERBS,
    LIGHT_VERBS,
    MOVING_VERBS,
    NOMINAL_VERBS,
    PIVOTS,
    VERB_PATTERN,
    VERBS,
    WRAPPERS,
    words,
)

__all__ = [
    "ADVERBS",
    "BODY_END",
    "BY_WAY_OF",
    "INDICATOR_END",
    "LEVEL_VERBS",
    "LIGHT_VERBS",
    "MOVING_VERBS",
    "NOMINAL_VERBS",
    "PIVOTS",
    "SCOPE",
    "VERBS",
    "VERB_PATTERN",
    "WRAPPERS",
    "closing_verb",
    "has_predicate",
]

ADVERBS = words(
    """
    大力 积极 稳步 持续 深入 全面 进一步 有序 扎实 切实 着力 重点 全力 不断 继续 统筹
    科学 逐步 适时 稳妥 稳慎 高标准 高质量 高水平 精心 分级 分类 分批 分步 定期 常态化
    依法 严格 从严 同步 协同 联合 加快 加速 抓紧 尽快 及时 提前 如期 按期 按时 率先
    鼓励性 免费 新 再 又 已 将 要 应 须 需 必须 应当 拟 计划 预计 原则上 全年 年内
    累计 合计 共 共计 总计 集中 分别 均 都 各 全部 基本 初步 力争 努力 坚决 坚持
    因地制宜 多渠道 多途径 广泛 充分 主动 创新 优先 整体 系统 有效 有力 精准 规范
    规范化 优质 高效 就近 分层 统一 自主 争取 实际 平均 每年 每月 每季度 每周 每日
    每天 每半年 每学期 年均 新型 至少 最少 不少于 扎扎实实 滚动 梯次 加力 提速 提质
    扩面 靠前 带头 严肃 周密 高位 高起点 高规格 常态 定向 专项 单独 另行 相继 陆续
    依次 先后 深度 全域 全程 全链条 一体 一体化 综合 稳健 平稳 有条件 积极稳妥
    扎实有序 稳妥有序 有计划 分年度 分阶段 全面加强 全覆盖 足额 全额 从严从实 分期分批
    常态长效 持之以恒 突出 更大 更好 确实 务实 真正 真抓实干 全力以赴 多措并举 严厉
    严密 坚定 坚定不移 毫不动摇 牢牢 时刻 随时 全方位 多层次 深入细致 大幅 大幅度 负责
    重新 对外 先行 务必 务求 力促 全线 定点 全员 逐一 逐个 逐户 逐条 逐项 择优 按需
    限期 足量 常年 显著 明显 适度 适当 有针对性 超前 有机
"""
)
"""Words in front of a verb that are not part of it (大力推进 → 推进)."""

SCOPE = re.compile(
    r"(?:全市|全省|全县|全区|全州|全旗|全镇|全乡|我市|我省|我县|我区|本市|本省"
    r"|全行业|全系统)(?:的)?"
)
"""Scope in front of an indicator; stays out of the object (section 6)."""

BODY_END = (
    r"(?:局|委|委会|残联|妇联|工会|团委|红十字会|工商联|指挥部|专班|领导小组|幼儿园|党组|委员会|厅|办|办公室|中心|集团|公司|企业|医院|大学|学院|高校|小学|中学|学校|院校|街道|乡镇"
    r"|镇|乡|县|区|市|州|支队|大队|总队|研究院|研究所|政府|党委|协会|学会|联合会|合作社|园区"
    r"|部门|单位|机构|科|处|站|队|所|社区|村)"
)
"""How the name of a body that can act ends."""

BY_WAY_OF = (
    r"通过(?![^，。；]{0,16}(?:认定|验收|评审|评估|审核|考核|复核|复审|认证|审查|鉴定|检查"
    r"|督导|决算|备案|立项))"
)
"""通过 as a preposition; in 通过省级验收 it is the verb."""

INDICATOR_END = re.compile(
    r"(?:率|占比|比例|比重|比|总值|总额|总量|总数|总产值|产值|产量|规模|收入|面积|增速|指数|强度"
    r"|浓度|水平|标准|支出|投入|投资|余额|成本|时间|时长|时限|天数|人数|数量|数|量|额|值|度|幅度|[涨增降]幅"
    r"|价格|能力|里程|容量|装机|等级|均价|人口|人次|户数|家数|面|库容|缺口|年限|得分|排名|寿命"
    r"|负荷)$"
)
"""How the name of a measured indicator ends."""


def closing_verb(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the verb that `text[start:end]` ends with."""
    found = VERB_PATTERN.finditer(text, start, end)
    return next((verb for verb in found if verb.end() == end), None)


def has_predicate(words: str) -> bool:
    """Say whether words hold a verb that cannot be a noun."""
    return any(m.group() not in NOMINAL_VERBS for m in VERB_PATTERN.finditer(words))
