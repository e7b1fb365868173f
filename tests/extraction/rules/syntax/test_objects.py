"""Objects: verbs and noun phrases of single clauses."""

from __future__ import annotations

import pytest

from extractor.core.spans import Span
from extractor.extraction.rules.syntax.lead_ins import strip_lead
from extractor.extraction.rules.syntax.objects import (
    clean_object,
    enumeration_head,
    read_after,
    read_indicator,
    split_list,
)
from extractor.extraction.rules.syntax.predicates import (
    chain,
    first_verb,
    inner_verb,
    is_chain,
    level_verb_before,
    skip_preposition,
    verb_at,
    verb_before,
)


def _all(text: str) -> Span:
    return Span(0, len(text))


def _words(text: str, span: Span | None) -> str | None:
    return span.slice(text) if span else None


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("新建、改扩建学校", "新建、改扩建"),
        ("编写出版地方志", "编写出版"),
        ("开展培训工作", "开展"),
        ("发放创业担保贷款", "发放"),
        ("新增上市公司", "新增"),
        ("建成覆盖城乡的网络", "建成"),
        ("出台优化环境方案", "出台"),
        ("制定实施行动方案", "制定实施"),
        ("控制新增债务", "控制"),
        ("新增和更新公交车", "新增和更新"),
        ("强化落实责任制", "强化落实"),
        ("完成竣工验收", "完成"),
        ("新增治理面积", "新增"),
        ("抢救性发掘", None),
        ("建成区绿地", None),
        ("牵头医院", None),
        ("美丽乡村", None),
    ],
)
def test_verb_at_takes_coordinated_verbs_only(text: str, verb: str | None) -> None:
    """A nominal verb behind a verb is its object."""
    assert _words(text, verb_at(text, 0, len(text))) == verb


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("大力推进城市更新", "推进"),
        ("确保新增岗位", "新增"),
        ("力争安全", "力争"),
        ("及时督办事件", "督办"),
        ("使用财政资金", "使用"),
        ("逐户核查台账", "核查"),
        ("9月底前完成整改", "完成"),
        ("全市", None),
    ],
)
def test_first_verb_is_behind_adverbs_times_and_wrappers(
    text: str, verb: str | None
) -> None:
    """Modifiers stay out, and a wrapper gives way to a more specific verb."""
    assert _words(text, first_verb(text, _all(text))) == verb


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("新建", "新建"),
        ("新建、改扩建", "新建、改扩建"),
        ("培育建设", "培育建设"),
        ("累计新增", "新增"),
        ("森林面积", None),
    ],
)
def test_verb_before_ends_right_in_front_of_the_number(
    text: str, verb: str | None
) -> None:
    """Auxiliaries between verb and number are skipped."""
    assert _words(text, verb_before(text, 0, len(text))) == verb


@pytest.mark.parametrize(
    ("text", "verb"),
    [("覆盖率分别达到", "达到"), ("比例提高到", "提高到"), ("人数", None)],
)
def test_level_verb_stands_between_indicator_and_number(
    text: str, verb: str | None
) -> None:
    """率|达到|96%."""
    assert _words(text, level_verb_before(text, 0, len(text))) == verb


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("会同市公安局、市司法局开展检查", "开展检查"),
        ("为农村学校更新课桌", "更新课桌"),
        ("利用闲置校舍增设幼儿园", "增设幼儿园"),
        ("每所高校打造专业群", "打造专业群"),
        ("市中小企业服务中心举办活动", "举办活动"),
        ("轮训村党组织书记", "轮训村党组织书记"),
        ("布局建设充电站", "布局建设充电站"),
        ("在乡镇仓库储备编织袋", "储备编织袋"),
        ("为返乡农民工发放补贴", "发放补贴"),
        ("通过国家级复核认定", "通过国家级复核认定"),
    ],
)
def test_skip_preposition_leaves_the_predicate(text: str, left: str) -> None:
    """Partners, beneficiaries, means and named bodies stand in front of the verb."""
    assert skip_preposition(text, _all(text)).slice(text) == left


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("全市公办学校", "公办学校"),
        ("、绿道共", "绿道"),
        ("老旧电梯更新", "老旧电梯更新"),
        ("及格率", "及格率"),
        ("山区学校须于9月底前", "山区学校"),
        ("街道（社区", "街道"),
        ("二期管网并投入试运行", "二期管网"),
        ("配套园预计", "配套园"),
        ("年底前", None),
        ("的", None),
        ("与周边城市的合作", "与周边城市的合作"),
    ],
)
def test_clean_object_is_the_noun_phrase(text: str, noun: str | None) -> None:
    """Scope, links, auxiliaries, times and open brackets are cut off."""
    assert _words(text, clean_object(text, _all(text))) == noun


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("助听器、轮椅等科技辅具服务", "科技辅具服务"),
        ("道路、管网等工程", "道路、管网等工程"),
        ("绿色食品、有机产品", "绿色食品、有机产品"),
    ],
)
def test_enumeration_gives_its_head_where_that_says_what_it_is(
    text: str, head: str
) -> None:
    """…等工程 keeps the list (section 7)."""
    assert enumeration_head(text, _all(text)).slice(text) == head


def test_read_after_cuts_what_a_supported_party_does() -> None:
    """支持20所高中|改善条件: the object is the party."""
    text = "20所高中改善办学条件"

    assert _words(text, read_after(text, Span(0, 3), 12, pivot=True)) == "高中"
    assert _words(text, read_after(text, Span(0, 3), 5)) == "高中"


def test_read_after_skips_a_unit_in_brackets() -> None:
    """2400套（间） has no noun behind it."""
    text = "2400套（间）"

    assert read_after(text, Span(0, 5), len(text)) is None


@pytest.mark.parametrize(
    ("text", "has_level", "verb", "noun"),
    [
        ("保持普惠率", False, "保持", "普惠率"),
        ("培训覆盖率", True, None, "培训覆盖率"),
        ("培训农民", True, "培训", "农民"),
        ("参加医疗保险人数", True, None, "参加医疗保险人数"),
        ("通车里程", False, None, "通车里程"),
        ("检查检验结果互认项目", True, None, "检查检验结果互认项目"),
        ("治理水土流失面积", False, "治理", "水土流失面积"),
        ("将办理时限", True, None, "办理时限"),
    ],
)
def test_indicator_is_told_from_verb_and_object(
    text: str, has_level: bool, verb: str | None, noun: str
) -> None:
    """A verb at the head governs, or begins the indicator's name."""
    found = read_indicator(text, _all(text), has_level=has_level)

    assert (_words(text, found[0]), _words(text, found[1])) == (verb, noun)


def test_chains_of_verbs() -> None:
    """建成通车 is a predicate; 创业担保贷款 is none."""
    assert _words("全面建成通车", chain("全面建成通车", Span(0, 6))) == "建成通车"
    assert chain("建成车站", Span(0, 4)) is None
    assert is_chain("改造提升", Span(0, 4))
    assert not is_chain("发放创业担保贷款", Span(0, 8))


def test_inner_verb_stands_behind_a_short_subject() -> None:
    """城镇|新增|就业."""
    assert _words("城镇新增就业", inner_verb("城镇新增就业", Span(0, 6))) == "新增"
    assert inner_verb("城镇就业", Span(0, 4)) is None


def test_strip_lead_keeps_an_adverb_that_is_part_of_a_noun() -> None:
    """优质 in 优质学位 stays, in front of a verb it goes."""
    assert strip_lead("优质学位", Span(0, 4)) == Span(0, 4)
    assert strip_lead("优质建成", Span(0, 4)) == Span(2, 4)


def test_split_list_keeps_a_link_inside_a_word() -> None:
    """普及率 is one word."""
    text = "普及率、入园率和巩固率"

    assert [s.slice(text) for s in split_list(text, _all(text))] == [
        "普及率",
        "入园率",
        "巩固率",
    ]
