"""Wording: the closed sets of the database in words that people read.

Every text is there in Chinese and in English; what has no entry is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} {self.en}".strip()


FIELDS = {
    "actor": Words("谁", "who"),
    "partners": Words("共同", "with"),
    "action": Words("做", "does"),
    "object": Words("什么", "what"),
    "target": Words("多少", "how much"),
    "deadline": Words("何时前", "by when"),
}
"""The fields that quote the source, in the order a person asks."""

KINDS = {
    "hard": Words("硬承诺", "hard"),
    "soft": Words("软承诺", "soft"),
}
METHODS = {
    "both": Words("规则与模型一致", "rules and model agree"),
    "rules": Words("规则", "rules"),
    "model": Words("模型", "model"),
    "reviewer": Words("人工", "reviewer"),
}
ACTOR_SOURCES = {
    "issuer": Words("未点名，即发文机关", "not named: the issuer"),
    "stated": Words("句中点名", "named in the clause"),
    "inherited": Words("前文点名", "named before in the item"),
}
CHANGES = {
    "level": Words("达到", "to stand at"),
    "increase": Words("增加", "up by"),
    "decrease": Words("减少", "down by"),
}
COMPARATORS = {
    "eq": Words("等于", "equal to"),
    "ge": Words("不少于", "at least"),
    "le": Words("不多于", "at most"),
    "gt": Words("超过", "more than"),
    "lt": Words("少于", "less than"),
    "approx": Words("约", "about"),
    "range": Words("区间", "between"),
}
SIGNS = {"eq": "", "ge": "≥ ", "le": "≤ ", "gt": "> ", "lt": "< ", "approx": "≈ "}
"""The comparator in front of the number."""
CHOICES = ("ge", "le", "gt", "lt", "approx", "eq")
"""Comparators that a reviewer may set; a range is what two numbers say."""
BY_HAND = Words("复核人所定", "set by the reviewer")
BASES = {
    "absolute": Words("写明年份", "the year is printed"),
    "plan_year": Words("按计划年度推算", "counted in the plan's year"),
    "named_period": Words("规划期", "a plan period"),
}
CUTS = {
    "navigation": Words("网页导航", "navigation"),
    "furniture": Words("页眉页脚等", "page furniture"),
    "repeat": Words("重复", "repeated"),
    "advertising": Words("广告", "advertising"),
    "romanisation": Words("注音", "romanisation"),
    "control": Words("控制字符", "control characters"),
}
"""Why a stretch of the source was left out of what was read."""
REASONS = {
    "target": Words("规则认为是指标", "the rules take it for a target"),
    "deadline": Words("规则认为是期限", "the rules take it for a deadline"),
    "existing": Words("现有规模", "there already"),
    "on-the-basis-of": Words("原有基数", "what it starts from"),
    "from-to": Words("起始值", "a starting value"),
    "merely-counted": Words("只是计数", "merely counted"),
    "eligibility": Words("适用条件", "says who qualifies"),
    "entitlement": Words("待遇标准", "what somebody is entitled to"),
    "duration": Words("时长", "a duration"),
    "set-phrase": Words("固定说法", "part of a set phrase"),
    "name": Words("名称的一部分", "part of a name"),
    "title": Words("文件名的一部分", "part of a title"),
    "brand": Words("品牌名的一部分", "part of a brand"),
    "size-in-name": Words("名称中的规模", "a size inside a name"),
    "threshold": Words("门槛", "a bound that says which"),
    "points": Words("分值", "points of an assessment"),
    "condition": Words("假设条件", "a condition"),
    "grade": Words("分档", "a step of a scale"),
    "gloss": Words("括注说明", "a gloss in brackets"),
    "past": Words("过去的成绩", "the past"),
    "definition": Words("定义", "a definition"),
    "scoring": Words("评分办法", "a rule of scoring"),
    "damaged": Words("数字残缺", "a damaged number"),
    "item-title": Words("标题中", "in the item's title"),
    "other-time": Words("不是期限", "a time that is no deadline"),
}
"""Why a number or a date is in no record."""
OUTCOMES = {
    "records": Words("有承诺", "has promises"),
    "none": Words("无承诺", "no promise"),
    "failed": Words("失败", "failed"),
}
STATUSES = {
    "grounded": Words("每一字段都见于原文", "every field is in the source"),
    "ungrounded": Words("有字段原文查无", "a field is not in the source"),
}
VERDICTS = {
    "accept": Words("对", "accepted"),
    "correct": Words("改正", "corrected"),
    "reject": Words("错", "rejected"),
    "add": Words("补漏", "added"),
    "note": Words("附注", "note"),
    "done": Words("本条已毕", "done with the item"),
}
"""What reviewers say, as it is shown."""

COLUMNS = FIELDS | {
    "who": FIELDS["actor"],
    "actor": Words("谁（原文）", "who, as printed"),
    "unit": Words("单位", "unit"),
    "target_quote": FIELDS["target"],
    "deadline_quote": FIELDS["deadline"],
    "commitment_id": Words("承诺", "record"),
    "document_id": Words("文件", "document"),
    "item_id": Words("条目编号", "item id"),
    "run_id": Words("运行", "run"),
    "call_id": Words("调用", "call"),
    "target_value": Words("数值", "value"),
    "target_upper": Words("上限", "upper end"),
    "target_baseline": Words("基数", "starting value"),
    "target_unit": Words("单位（原文）", "unit, as printed"),
    "target_comparator": Words("比较", "comparison"),
    "target_change": Words("变化", "change"),
    "target_rule": Words("数值规则", "rule of the number"),
    "deadline_date": Words("截止日", "due date"),
    "deadline_basis": Words("日期依据", "basis of the date"),
    "deadline_rule": Words("日期规则", "rule of the date"),
    "actor_source": Words("主体来源", "how the actor is known"),
    "kind": Words("类别", "kind"),
    "review": Words("复核", "review"),
    "reviewer": Words("复核人", "reviewer"),
    "verdict": Words("结论", "verdict"),
    "with_rest": Words("随条目认可", "accepted with its item"),
    "strategy": Words("问法", "strategy"),
    "method": Words("读法", "read by"),
    "likelihood": Words("把握", "likelihood"),
    "clause": Words("原句", "clause"),
    "start": Words("起", "start"),
    "end": Words("止", "end"),
    "status": Words("状态", "status"),
    "title": Words("标题", "title"),
    "issuer": Words("发文机关", "issuer"),
    "plan_year": Words("年度", "plan year"),
    "source_path": Words("来源文件", "source file"),
    "page": Words("页", "page"),
    "locator": Words("位置", "place in the file"),
    "item_label": Words("条", "item"),
    "item_title": Words("条目标题", "item title"),
    "heading_path": Words("上级标题", "headings"),
    "outcome": Words("结果", "outcome"),
    "records": Words("承诺数", "records"),
    "text": Words("全文", "text"),
    "context": Words("上下文", "context"),
    "quote": Words("原文", "as printed"),
    "reason": Words("原因", "reason"),
    "field": Words("字段", "field"),
    "words": Words("模型所说", "the model's words"),
    "agree": Words("一致", "agree"),
    "taken": Words("采用", "taken"),
    "rules_says": Words("规则认为", "rules say"),
    "model_says": Words("模型认为", "model says"),
    "model": Words("模型", "model"),
    "cost_usd": Words("费用（美元）", "cost, US dollars"),
    "latency_s": Words("秒", "seconds"),
    "created_at": Words("开始于", "started"),
    "started_at": Words("开始于", "started"),
    "finished_at": Words("结束于", "finished"),
    "date": Words("日期", "date"),
    "indicator": Words("指标", "indicator"),
    "task": Words("评测任务", "task"),
    "found": Words("所见", "found"),
    "rules_action": Words("规则读的动词", "verb, rules"),
    "model_action": Words("模型读的动词", "verb, model"),
    "rules_object": Words("规则读的对象", "object, rules"),
    "model_object": Words("模型读的对象", "object, model"),
    "rules_actor": Words("规则读的主体", "actor, rules"),
    "model_actor": Words("模型读的主体", "actor, model"),
}
"""Columns of tables, views and queries as headers."""

VALUES: dict[str, Mapping[str, Words]] = {
    "kind": KINDS
    | {"number": Words("数字", "number"), "action": Words("行动", "action")}
    | {"date": Words("日期", "date")},
    "method": METHODS,
    "status": STATUSES,
    "actor_source": ACTOR_SOURCES,
    "target_change": CHANGES,
    "target_comparator": COMPARATORS,
    "deadline_basis": BASES,
    "outcome": OUTCOMES,
    "reason": REASONS,
    "reader": METHODS,
    "taken": METHODS,
    "rules_says": {
        "promise": Words("是承诺", "a promise"),
        "no promise": Words("不是承诺", "no promise"),
    },
    "model_says": {
        "promise": Words("是承诺", "a promise"),
        "no promise": Words("不是承诺", "no promise"),
    },
}
"""Values of columns that hold one of a closed set."""


def in_words(known: Mapping[str, Words], value: str) -> Words:
    """Return what a value of a closed set is in words, itself where it has none."""
    return known.get(value) or Words(value, "")


def header(column: str) -> Words:
    """Return a column's header; one that is not known is its name without marks."""
    return COLUMNS.get(column) or Words("", column.replace("_", " "))
