"""Names of bodies: every end, wherever such a name stands."""

from __future__ import annotations

import pytest

from extractor.core.records import Draft
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import drafts_by_rules
from extractor.language.bodies import _ENDINGS, endings
from extractor.language.names import TIME_MARK, marked, shielded

# What stands before the end in a name of this kind: 海棠县|教育|局.
STEMS = {
    "局": "教育",
    "厅": "省水利",
    "署": "省审计",
    "部": "海棠县委宣传",
    "委": "海棠县卫健",
    "委会": "海棠县经开区管",
    "委员会": "海棠县发展和改革",
    "法院": "海棠县人民",
    "检察院": "海棠县人民",
    "科": "基建",
    "处": "规划",
    "室": "县政府研究",
    "股": "审批",
    "组": "驻村工作",
    "社": "海棠县合作",
}
WORDS = sorted({word for words in _ENDINGS.values() for word in words.split()})
NAMES = [f"{STEMS.get(word, '海棠县')}{word}" for word in WORDS]


def one(text: str) -> Draft:
    """Return the record of a text that has one number."""
    (draft,) = (d for d in drafts_by_rules(ItemReader(text, 0, 2025)) if d.target)
    return draft


def said(draft: Draft) -> tuple[str | None, ...]:
    """Return verb, object and number."""
    fields = (draft.action, draft.object, draft.target)
    return tuple(field.text if field else None for field in fields)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("charge", ["要", "牵头", "负责"])
def test_body_that_is_charged_acts(name: str, charge: str) -> None:
    """In front of the verb, with what charges it."""
    draft = one(f"{name}{charge}在9月底前新增阅读点50个。")

    assert draft.actor
    assert draft.actor.text == name
    assert said(draft) == ("新增", "阅读点", "50个")


@pytest.mark.parametrize("name", NAMES)
def test_body_right_before_its_verb_acts(name: str) -> None:
    """Nothing stands between them."""
    draft = one(f"{name}新建泵站4座。")

    assert draft.actor
    assert draft.actor.text == name
    assert said(draft) == ("新建", "泵站", "4座")


@pytest.mark.parametrize("name", NAMES)
def test_body_that_is_met_with_shares_the_work(name: str) -> None:
    """Behind 会同."""
    draft = one(f"会同{name}新建泵站4座。")

    assert [partner.text for partner in draft.partners] == [name]
    assert said(draft) == ("新建", "泵站", "4座")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["（责任单位：{}）", "（{}牵头）"])
def test_body_in_a_note_acts(name: str, form: str) -> None:
    """A note charges it, too."""
    draft = one(f"新建泵站4座。{form.format(name)}")

    assert draft.actor
    assert draft.actor.text == name


_WORDED = (
    "国庆节前 春节前 暑假前 十月底前 9月底前 10月18日前 年底前 6月 上半年 "
    "三季度末 第三季度 2025年底前 十四五期间 秋季开学前 汛期前 入冬前 5月中旬 "
    "2026年3月底前 次年3月底前 教师节前 供暖季前 当年 年内 二○二五年底 二〇二五年 "
    "2025年 2025—2027年 元宵节前 端午节前 中秋节前 清明节前 除夕前 重阳前 五一前 "
    "“五一”前 “十五五”末 到2027年 本月底 每月10日前 节前 高考前 汛前 元旦春节前 "
    "提前一个季度 提前半年 2026年春节前 立冬前"
)
TIMES = [*_WORDED.split(), "2 0 2 5年", "2 0 2 5年底前"]


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("lead", ["", "在", "力争", "要在"])
def test_time_between_body_and_verb_is_no_part_of_either(time: str, lead: str) -> None:
    """However it is worded, the body acts and the verb governs."""
    draft = one(f"县教育局{lead}{time}新增学位500个。")

    assert draft.actor
    assert draft.actor.text == "县教育局"
    assert said(draft) == ("新增", "学位", "500个")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("市委宣传部要新增", "市委某某部要新增", id="department"),
        pytest.param("组建市场监管局。", "组建市场某某局。", id="verb-in-front"),
        pytest.param(
            "应急管理局、行政审批局牵头", "应急某某局、行政某某局牵头", id="list"
        ),
        pytest.param("县发展和改革委员会", "县某某和某某委员会", id="two-verbs"),
        pytest.param("完成局机关改造", "完成局机关改造", id="goes-on"),
        pytest.param("培训局机关干部50名", "培训局机关干部50名", id="verb-of-a-body"),
        pytest.param("6月底前培训干部100名", "6月底前培训干部100名", id="cadres"),
        pytest.param("宣传部署工作", "宣传部署工作", id="deploy"),
        pytest.param("县教育局组织培训", "县教育局组织培训", id="verb-behind"),
        pytest.param("将旧站房改造为展厅", "将旧站房改造为展厅", id="hall"),
        pytest.param("产业布局优化", "产业布局优化", id="layout"),
    ],
)
def test_verbs_of_names_are_shielded(text: str, expected: str) -> None:
    """What names a body acts nowhere, and nothing else is touched."""
    assert shielded(text) == expected


def test_times_are_one_mark() -> None:
    """One character for one; times that overlap are one stretch."""
    draft = ItemReader("县教育局国庆节前新增学位500个。", 0, 2025)

    assert draft.text == f"县教育局{TIME_MARK * 4}新增学位500个。"
    assert marked("甲乙丙丁", []) == "甲乙丙丁"
    spans = [draft.found.dates[0].span, draft.found.dates[0].span]
    assert marked(draft.words, spans) == draft.text


def test_endings_prefer_the_longer_name() -> None:
    """办公室 is no 室."""
    pattern = endings("organ", "section")

    assert pattern.index("办公室") < pattern.index("室(")
