"""Names of public bodies: how each kind of name ends, written down once.

A name is told by its end (县|教育局, 市委|组织部); what stands before it is free. The
words of a kind are data; who needs a pattern asks for the kinds that fit.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "organ", "task", "section", "branch", "people", "firm", "school", "place"
]

_ENDINGS: dict[Kind, str] = {
    # Of state and party.
    "organ": """局 厅 署 部 委 委会 委员会 工委 管委会 党委 党组 团委 政府 法院 检察院
        办公室 办公厅 办事处""",
    # What they set up for a task, and what stands for any of them.
    "task": "办 指挥部 领导小组 联席会议 专班 中心 部门 单位 机构",
    # Parts of a body.
    "section": "科 处 室 股 组",
    # What carries out its work in a field or on the spot.
    "branch": "队 支队 大队 总队 站 所 博物馆 图书馆 文化馆 档案馆 美术馆",
    "people": "残联 妇联 工会 红十字会 工商联 协会 学会 联合会 社",
    "firm": "集团 公司 企业",
    "school": """大学 学院 高校 小学 中学 学校 院校 幼儿园 医院 院 研究所""",
    "place": "镇 乡 县 区 市 州 旗 街道 乡镇 园区 社区 村",
}
# What an end is followed by where it is none: 部|分, 委|托, 组|织.
_GOES_ON = {
    "局": "面部限势",
    "署": "名",
    "部": "分门署位件落级委省",
    "委": "托派",
    "室": "内外",
    "股": "份权东金骨",
    "组": "织建团合成",
    "院": "士内校线前落感区子墙",
    "社": "会区保交团科",
    "旗": "舰帜",
    "集团": "化",
}
# What makes an end one of another word: 全|部, 内|部.
_ENDS_OTHERS = {
    "厅": "展大餐客舞乐歌",
    "部": "东西南北中全内外总分局底头顶干乐",
    "组": "分小重",
}


def endings(*kinds: Kind) -> str:
    """Return a pattern of how names of these kinds end, of all when none is named."""
    words = {word for kind in kinds or _ENDINGS for word in _ENDINGS[kind].split()}
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(map(_ending, ordered)) + ")"


def _ending(word: str) -> str:
    before, behind = _ENDS_OTHERS.get(word), _GOES_ON.get(word)
    return (
        (f"(?<![{before}])" if before else "")
        + word
        + (f"(?![{behind}])" if behind else "")
    )


OFFICES: tuple[Kind, ...] = (
    "organ", "task", "section", "branch", "people", "firm", "school",
)  # fmt: skip
"""All that is no place."""
ISSUERS: tuple[Kind, ...] = ("organ", "task", "branch", "people", "firm", "school")
"""Who publishes plans and signs them."""
BODY_END = endings()
"""How the name of a body that can act ends."""
