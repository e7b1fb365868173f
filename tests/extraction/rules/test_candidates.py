"""Candidates: every number and date is typed, and says why."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from extractor.core.spans import Span
from extractor.extraction.rules.candidates import COUNTING, find_candidates
from extractor.extraction.rules.decoys import inside_name
from tests.clause_cases import read_clause, words


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("救助70岁老人", "70岁", "eligibility"),
        ("暂停业务2天", "2天", "duration"),
        ("推进年产7万吨铝材项目", "7万吨", "size-in-name"),
        ("推进3000千伏工程", "3000千伏", "size-in-name"),
        ("巩固3个示范县成果", "3个", "existing"),
        ("围绕5条产业链开展招商", "5条", "existing"),
        ("加强与3个县的协作", "3个", "existing"),
        ("支持甲州、乙州和6个边境县", "6个", "existing"),
        ("现有校舍40栋", "40栋", "existing"),
        ("营业收入2000万元以上的企业占比达到60%", "2000万元以上", "threshold"),
        ("引进5亿元以上项目30个", "5亿元以上", "threshold"),
        ("按规模分3万元、2万元两档兑付", "3万元", "grade"),
        ("清理建筑垃圾等14类", "14类", "merely-counted"),
        ("推进三个试点区建设", "三个", "merely-counted"),
        ("工资由3000元提高到3200元", "3000元", "from-to"),
        ("在上年52%的基础上提高", "52%", "on-the-basis-of"),
        ("在去年25家企业的基础上再增5家", "25家", "on-the-basis-of"),
        ("补贴由900元调至980元", "900元", "from-to"),
        ("建设停车楼（地上5层）", "5层", "gloss"),
        ("去年建成泵房31间", "31间", "existing"),
        ("截至2024年底，入库企业90家", "90家", "past"),
        ("8名专家已经到岗", "8名", "existing"),
        ("补助标准仍为每亩80元", "每亩80元", "existing"),
        ("向4个县通报经验", "4个", "existing"),
        ("整治35千伏线路", "35千伏", "size-in-name"),
        ("查验30户以上自然村台账", "30户以上", "threshold"),
        ("走访营收超500万元的企业", "超500万元", "threshold"),
        ("推进三项攻坚战", "三项", "merely-counted"),
        ("落实片长、组长、户长三个岗位", "三个", "merely-counted"),
    ],
)
def test_number_that_is_no_target_says_why(text: str, number: str, reason: str) -> None:
    """A decoy or a baseline carries the name of its ruling."""
    found = {n.span.slice(text): n for n in find_candidates(text, 0, 2025).numbers}

    assert found[number].reason == reason
    assert found[number].role == (
        "baseline" if reason in {"from-to", "on-the-basis-of"} else "decoy"
    )


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("新增27所幼儿园", ["27所"]),
        ("普惠率不低于94%", ["不低于94%"]),
        ("召开两次联席会议", ["两次"]),
        ("组织应急演练两次", ["两次"]),
        ("轮岗人数不低于应交流人数的20%", ["不低于应交流人数的20%"]),
        ("标准提高到每人每月780元", ["每人每月780元"]),
        ("平均审理天数压缩到60天以内", ["60天以内"]),
        ("现有网点412个，其中公办187个", []),
        ("新建网点412个，其中公办187个", ["412个", "187个"]),
        ("用好现有泵车6台、清障车2台", []),
        ("新建校舍5栋（含食堂2栋）", ["5栋", "2栋"]),
        ("对4个县开展驻点指导", ["4个"]),
        ("新建书屋四座", ["四座"]),
        ("使用上年结转资金300万元", ["300万元"]),
        ("巩固提升农田3万亩", ["3万亩"]),
        ("抽检量超每千人5.2批次", ["超每千人5.2批次"]),
        ("床位达到每千名老人35张", ["每千名老人35张"]),
    ],
)
def test_targets_are_the_numbers_that_are_undertaken(
    text: str, targets: list[str]
) -> None:
    """What is to be reached, added, held or done is a target."""
    found = find_candidates(text, 0, 2025).targets

    assert [n.span.slice(text) for n in found] == targets


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("9月底前完成改造", ["9月底前"]),
        ("落实《2025年底前整改方案》", []),
        ("由2024年的41%提高到50%", []),
        ("2005年底前建成的小区", []),
        ("符合条件的企业5年内享受补贴", []),
        ("从2025年秋季学期开始实施", []),
        ("“十五五”期间翻一番", ["“十五五”期间"]),
        ("执行“十四五”期间用水限额", []),
        ("确保“十四五”期间水质稳定", ["“十四五”期间"]),
        ("走访3年内的新办企业", []),
    ],
)
def test_dates_are_times_by_which(text: str, dates: list[str]) -> None:
    """Titles, past years, relative clauses, rights and starts are no deadlines."""
    found = find_candidates(text, 0, 2025).dates

    assert [d.span.slice(text) for d in found] == dates


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("落实“三个5”行动", "brand"),
        ("印发《新增5万个车位方案》", "title"),
        ("落实“职工培训经费占工资总额的比例提高到5%的规定”要求", None),
        ("新增5个", None),
    ],
)
def test_number_inside_a_name_says_so(text: str, reason: str | None) -> None:
    """Brands and titles are names; a quoted requirement is none (section 3)."""
    at = text.index("5")

    assert inside_name(text, Span(at, at + 1)) == reason


def test_candidates_carry_what_they_say() -> None:
    """A number has its value and a time its last day from where they are found."""
    text = "到2026年1月底前，医保参保率从９０％提高到９５％以上"

    found = find_candidates(text, 0, 2025)

    (target,) = found.targets
    assert target.quantity is not None
    assert (target.quantity.value, target.quantity.unit) == (Decimal(95), "%")
    assert (target.quantity.baseline, target.quantity.comparator) == (Decimal(90), "ge")
    assert [d.due.date for d in found.dates if d.due] == ["2026-01-31"]


def test_bare_year_is_marked() -> None:
    """2025年 alone dates a number, 2025年底 makes a promise hard."""
    (bare,) = find_candidates("2025年占比达51%", 0, 2025).dates
    (end,) = find_candidates("2025年底占比达51%", 0, 2025).dates

    assert (bare.is_bare_year, end.is_bare_year) == (True, False)


def test_words_of_time_stand_without_a_plan_year() -> None:
    """A date that cannot be computed is still a candidate, without a last day."""
    (date,) = find_candidates("9月底前完成改造", 0, None).dates

    assert date.due is None


def test_numbers_in_front_of_the_start_are_left_out() -> None:
    """A label's numbers are no candidates."""
    assert not find_candidates("（3个）完成", 4, 2025).numbers


def test_label_does_not_run_into_the_date_behind_it() -> None:
    """1．4月底前 is point 1, due at the end of April."""
    text = "1．4月底前完成清淤"

    (date,) = find_candidates(text, 2, 2025).dates

    assert date.span.slice(text) == "4月底前"


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("县教体局改扩建校舍两百间", ["两百间"]),
        ("走访困难家庭两千三百零六户", ["两千三百零六户"]),
        ("走访两千三百零六户困难家庭", ["两千三百零六户"]),
        ("整治河道十二公里", ["十二公里"]),
        ("适配辅具廿五件", ["廿五件"]),
        ("县残联适配辅具二百廿五件", ["二百廿五件"]),
        ("县民政局改造敬老院三所", ["三所"]),
        ("各镇组织志愿者卅名", ["卅名"]),
        ("县医院选派医师四十名下沉乡镇", ["四十名"]),
        ("县林业局造林三千五百亩", ["三千五百亩"]),
        ("落实二十项任务", []),
        ("围绕十二个方面抓落实", []),
        ("开展十大专项行动", []),
        ("抓好教育、卫生、养老三件大事", []),
    ],
)
def test_chinese_numerals_count_like_digits(text: str, targets: list[str]) -> None:
    """Whoever acts: only a list that is merely counted promises nothing."""
    found = find_candidates(text, 0, 2025)

    assert [n.span.slice(text) for n in found.targets] == targets


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("每3至5万人口设置1个社区卫生服务站", ["1个"]),
        ("每10万人配备急救车3辆", ["3辆"]),
        ("每5—8个村设置1个便民服务点", ["1个"]),
        ("每五百户配备网格员1名", ["1名"]),
        ("每30～50户划分1个网格", ["1个"]),
        ("常住人口10万以上的乡镇至少建成1所卫生院", ["1所"]),
        ("人口不足3万的乡镇建成养老院1所", ["1所"]),
        ("服务半径500米以内的小区新建托育点8个", ["8个"]),
        ("投资1000万元以上的项目全年开工15个", ["15个"]),
    ],
)
def test_condition_is_no_target(text: str, targets: list[str]) -> None:
    """How many there must be of what asks for one says who is meant."""
    found = find_candidates(text, 0, 2025)

    assert [n.span.slice(text) for n in found.targets] == targets


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("帮扶困难家庭1200户（3600人）", ["1200户", "3600人"]),
        ("帮扶1200户困难家庭（3600人）", ["1200户", "3600人"]),
        ("搬迁群众320户(共1280人)", ["320户", "1280人"]),
        ("培训教师560人次（28期）", ["560人次", "28期"]),
        ("资助学生一千二百名（三千六百人次）", ["一千二百名", "三千六百人次"]),
        ("救助残疾儿童180名（约400人次）", ["180名", "约400人次"]),
        ("新建公租房300套（2.4万平方米、投资1.2亿元）", ["300套", "2.4万平方米"]),
        ("改造危房45户（其中C级30户，D级15户）", ["45户", "30户", "15户"]),
        ("新建立体车楼（地上6层）", []),
        ("新建公路（境内31公里）", []),
    ],
)
def test_bracket_that_counts_again_is_a_target(text: str, targets: list[str]) -> None:
    """1200户（3600人） states two amounts; 车楼（地上6层） describes."""
    found = find_candidates(text, 0, 2025)

    assert [n.span.slice(text) for n in found.targets] == targets


def test_bracket_takes_verb_object_and_actor_of_what_it_counts() -> None:
    """The second amount is of the same promise."""
    records = read_clause("县残联救助残疾儿童180名（约400人次）", soft=False)

    assert [(words(d.actor), words(d.action), words(d.object)) for d in records] == [
        ("县残联", "救助", "残疾儿童")
    ] * 2


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("适配七件辅具", ["七件"]),
        ("帮扶两户困难家庭", ["两户"]),
        ("新增学前学位五个（32人）", ["五个", "32人"]),
        ("新增学前学位8个（九人）", ["8个", "九人"]),
        ("建成服务站三十三处（2,643人）", ["三十三处", "2,643人"]),
        ("加固小（二）型水库6座", ["6座"]),
        ("不让一名孩子掉队", []),
        ("落实三项任务", []),
        ("抓好四个环节", []),
    ],
)
def test_small_numerals_count_things_and_not_lists(
    text: str, targets: list[str]
) -> None:
    """七件 of a thing behind its verb is an amount, 三项任务 a list."""
    found = find_candidates(text, 0, 2025)

    assert [n.span.slice(text) for n in found.targets] == targets


def test_words_that_lead_to_an_amount_are_read_one_way() -> None:
    """共计 is 共 and 计; a row of it was split in every way."""
    started = time.process_time()

    assert COUNTING.fullmatch("共计" * 60)
    assert COUNTING.fullmatch("共计" * 60 + "甲") is None
    assert time.process_time() - started < 0.5
