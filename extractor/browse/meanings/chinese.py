"""In Chinese: what tables, views and questions are called, and what is in them.

Their English stands with their columns in `dictionary`, and with their SQL in `canned`.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from extractor.browse.wording import Words


class InEnglish(Protocol):
    """A table, a view or a question."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def description(self) -> str:
        """What is in it."""


class Named(NamedTuple):
    """What a table, a view or a question is called, and what is in it."""

    title: Words
    description: Words


def named(name: str, english: InEnglish) -> Named:
    """Return the words of a table, a view or a question in both languages."""
    title, description = IN_CHINESE[name]
    return Named(Words(title, english.title), Words(description, english.description))


IN_CHINESE = {
    # Tables.
    "documents": (
        "文件",
        "每个版本的源文件一行：改动后的文件算另一个文件。旧版本保留，视图中不显示，"
        "见 v_versions。",
    ),
    "document_paths": ("文件位置", "每个文件及其所在位置一行。请看 v_versions。"),
    "document_sheets": (
        "文件摘要", "整份读过的文件一行：无事可做的文件不再重读。",
    ),
    "items": ("条目", "每个编号的工作要点一行。"),
    "runs": ("运行", "每次 extract run 一行；各项数字见 v_runs。"),
    "run_documents": ("运行中的文件", "一次运行中每个文件一行，附条目数。"),
    "run_items": ("条目结果", "一次运行中每个条目一行：得出了什么。"),
    "llm_calls": (
        "模型调用", "台账：每次 HTTP 请求一行，不论成败。v_calls 不含请求与回答全文。",
    ),
    "batches": (
        "批次", "交给服务商批量接口的每批请求一行：发送到哪一步、用的哪个文件。",
    ),
    "batch_requests": (
        "批次中的请求", "一批请求中的每个请求一行；回答记在 llm_calls。",
    ),
    "failures": ("失败", "每个失败的条目一行，直到续跑时完成。"),
    "commitments": (
        "所有运行的承诺",
        "每条承诺一行，含各字段在原文中的位置和所用规则。平时请看 v_commitments。",
    ),
    "left_out": (
        "所有运行的未入表数字",
        "条目中没有承诺引用的数字或日期，每个一行。请看 v_left_out。",
    ),
    "readings": (
        "所有运行的读法",
        "规则或模型对一个数字、一句无数字承诺的读法，每个一行。请看 v_readings。",
    ),
    "read_places": (
        "所有运行读过之处",
        "每个数字、每句无数字承诺一行：双方各怎么说。请看 v_readings。",
    ),
    "reviews": (
        "复核",
        "某人对一条承诺或一个条目说的每句话一行，不改不删；撤回另记一行，见 undoes。"
        "仍有效的见 v_reviews。",
    ),
    "eval_runs": (
        "评测", "每次对数据库做 extract eval 一行；结果相同的重做仍是同一行。"
        "各项得分见 eval_scores。",
    ),
    "eval_scores": (
        "所有评测的得分",
        "一种方法的每项得分一行。最近的主要得分并列于 v_eval_scores。",
    ),
    # Views.
    "v_commitments": (
        "承诺",
        "谁、做什么、多少、何时前：每个文件最新版本最近一次运行的承诺，每条一行。"
        "引文都是原文原字。",
    ),
    "v_commitments_reviewed": (
        "复核后的承诺",
        "人工复核后的表：判错的不列，改正的按改正，补上的列入。"
        "判断对以后运行中同一处的承诺"
        "仍有效；那里没有承诺时，改正与补充保留，认可与否决等待。",
    ),
    "v_items": (
        "条目及其结果",
        "每个文件最新版本的编号工作要点，每个一行，附最近一次运行的结果。",
    ),
    "v_runs": ("运行的数字", "每次运行一行：得出多少，花费多少。"),
    "v_ungrounded": (
        "未收的字段",
        "模型说了而原文查无的字段，每个一行；取每个文件最新版本的最近一次运行。",
    ),
    "v_left_out": (
        "未入表的数字",
        "条目中没有承诺引用的数字或日期，每个一行，附原因；"
        "取每个文件最新版本的最近一次运行。"
        "单独的年份不算。",
    ),
    "v_readings": (
        "规则与模型的读法",
        "每个数字、每句无数字承诺一行，规则与模型的读法并列；"
        "取每个文件最新版本的最近一次运行。",
    ),
    "v_reviews": (
        "有效的复核",
        "未撤回的复核，每条一行。一条承诺有几个判断时，不论谁给的，以最后一个为准；"
        "全部保留。",
    ),
    "v_calls": ("台账", "每次模型调用一行，不含全文。"),
    "v_provenance": (
        "依据", "任一运行的每条承诺一行：出自哪个模型、提示词、版本和规则。",
    ),
    "v_latest_runs": (
        "最近的运行", "每个文件一行：最后完成它的运行，没有则为最后开始的。",
    ),
    "v_versions": (
        "文件的版本",
        "每个文件及其位置一行。最新版本是运行完成过的版本中最后读到的；"
        "旧版本的承诺在 commitments 中。",
    ),
    "v_latest_documents": ("最新的文件", "每个属于最新版本的文件一行。"),
    "v_eval_scores": (
        "得分", "准不准：每项任务的每种方法一行，取最近一次给它打分的评测。"
        "只有同一份标注下的各行可以比较。",
    ),
    # Questions.
    "search": (
        "搜索承诺与条目",
        "中文全文搜索，简繁均可：任意长度的词，或须同时出现的几个词，在句子、引文、"
        "标题和发文"
        "机关中找。最相关的在前，承诺与条目各不超过五百。",
    ),
    "due_before": (
        "某日之前到期", "某日（如 2022-06-30）之前要做完的，最早的在前。",
    ),
    "targets_by_indicator": (
        "按指标看目标", "各计划对一个指标或对象（如学位）承诺的数字。",
    ),
    "by_actor": (
        "按责任单位", "某单位单独或共同要做的；没有写明责任单位的，按发文机关。",
    ),
    "ungrounded": (
        "拒收了什么", "模型说了而原文没有的字段，最常见的一类在前。",
    ),
    "in_no_record": (
        "哪些数字未入表",
        "条目中没有承诺引用的数字和日期；规则认为是目标或期限的在前，其余按原因。",
    ),
    "in_doubt": (
        "规则与模型哪里不一致",
        "规则与模型各自的读法，按存疑排列：先是读法不同的，再是只有一方读出的，"
        "然后是一致的；"
        "模型最没把握的在前。",
    ),
    "call_of_record": (
        "一条承诺出自哪次调用",
        "一个 commitment_id 背后的模型、提示词、请求与回答；规则读出的没有调用。",
    ),
    "items_without_records": (
        "没有承诺的条目", "最近运行中没有得出承诺、失败或尚未处理的条目。",
    ),
    "how_good_is_it": (
        "准不准",
        "与人工标注相比的得分：每项任务、每种方法最近一次评测，附 95% 区间和 n，"
        "先总后分。",
    ),
}  # fmt: skip
"""Name of a table, a view or a question: its title, and what is in it."""
