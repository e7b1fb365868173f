"""Cleaning: what is cut, what stays, and that both add up to the source."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.records import CutReason
from extractor.core.spans import Span
from extractor.documents.cleaning.advertising import find_advertising
from extractor.documents.cleaning.repeats import find_repeats
from extractor.documents.cleaning.text import (
    clean,
    is_syllable,
    is_traditional,
    simplify,
)

PLAN = (
    "杏川市水务局2024年工作计划\n"
    "一、整治河道。清淤河道12公里，拆除旧闸3座，沿岸补种柳树一千棵。\n"
    "二、保障供水。更换老旧水表8000只，漏损率降到9%以下，夜间巡线不断档。\n"
    "三、节约用水。评选节水小区20个，学校里办节水课堂，农田改用滴灌。\n"
    "四、防御洪涝。汛前检修泵站5座，备足沙袋和冲锋舟，值守电话有人应答。\n"
)


def _cuts(source: str, reason: CutReason) -> list[str]:
    return [cut.text.strip() for cut in clean(source).cuts if cut.reason == reason]


def _assert_adds_up(source: str) -> None:
    """Assert that cleaned text and cuts cover the source exactly once."""
    cleaned = clean(source)
    kept = cleaned.offsets.pieces(Span(0, len(cleaned.text)))
    spans = sorted([*kept, *(cut.span for cut in cleaned.cuts)])
    assert "".join(span.slice(source) for span in spans) == source
    assert all(cut.text == cut.span.slice(source) for cut in cleaned.cuts)
    assert len(cleaned.text) == len(cleaned.offsets)


@given(
    st.text(
        alphabet="一二甲乙。，、\n\r 1.(（）)•-<p>&nbsp;發fā_页12日\u200b", max_size=80
    )
)
def test_nothing_is_silently_gone(source: str) -> None:
    """Whatever the text, cleaned text and cuts make up the source."""
    _assert_adds_up(source)


@pytest.mark.parametrize(
    "line",
    [
        "当前位置: 首页 > 政务公开 > 正文",
        "首页 >> 信息公开 >> 规划计划",
        "水务在线 > 民生频道 > 正文",
        "首页　|　时政　|　县区　|　专题　|　视频",
        "【字体：大 中 小】 打印 关闭",
        "- 上一篇:某局召开会议",
        "下一篇：没有了",
        "返回顶部",
        "分享到：微信 微博",
        "扫一扫在手机打开当前页",
        ["水务动态", "新闻中心"][1],
    ],
)
def test_navigation_lines_are_cut(line: str) -> None:
    """Menus, breadcrumbs and share buttons are navigation."""
    assert line in _cuts(f"{line}\n{PLAN}", "navigation")
    assert line in _cuts(f"{PLAN}{line}\n", "navigation")


@pytest.mark.parametrize(
    "line",
    [
        "来源:杏川市水务局",
        "2024-03-25 14:18:51",
        "2024-03-05 09:12　来源：水务在线　点击：77次",
        "责任编辑：张三　审核：李四",
        "本报记者 王五",
        "浏览次数：123",
        "版权所有：杏川市水务局　某ICP备00000号",
        "（此件公开发布）",
        "杏川市水务局办公室2024年2月17日印发",
    ],
)
def test_furniture_lines_are_cut(line: str) -> None:
    """Sources, dates, bylines and rights are furniture."""
    assert line in _cuts(f"{PLAN}{line}\n", "furniture")


def test_a_menu_of_bullets_is_cut() -> None:
    """Short bulleted lines under a breadcrumb belong to it."""
    source = f"当前位置:\n  • 首页\n  • /\n  • 民生\n  • 水务类\n\n{PLAN}"

    assert clean(source).text.lstrip() == PLAN


def test_bulleted_points_are_kept() -> None:
    """A bullet alone makes no menu."""
    source = "• 新建水厂1座，日供水能力达到5万吨。\n• 新建泵站\n"

    assert source == clean(source).text


def test_links_to_other_pages_are_cut() -> None:
    """Titles under 相关阅读 are links."""
    source = f"{PLAN}相关阅读：\n某局部署春灌工作\n某县办水展\n"

    assert clean(source).text == PLAN


def test_a_signature_and_its_date_are_cut() -> None:
    """The body that signs and the date are no part of the last point."""
    source = f"{PLAN}杏川市水务局\n二〇二四年三月一日\n"

    assert clean(source).text == PLAN


def test_cells_of_a_table_are_no_signature() -> None:
    """Bodies and dates in the rows of a flattened table stay."""
    rows = "".join(
        f"{n}\n新建泵站{n}座\n市水务局\n2024年{n}月3日\n" for n in range(1, 5)
    )

    assert rows == clean(rows).text


def test_page_numbers_and_running_heads_leave_the_sentence_whole() -> None:
    """A page break in mid-sentence disappears with its line breaks."""
    head = "杏川市水务局2024年工作计划"
    source = (
        f"{head}\n一、整治河道。清淤河道12公里，拆除旧\n- 3 -\n{head}\n"
        "闸3座，沿岸补种柳树。\n二、其他工作，照常推进。\n"
    )

    assert "拆除旧闸3座" in clean(source).text
    _assert_adds_up(source)


def test_hard_wrapped_lines_are_joined() -> None:
    """Line breaks at a fixed width are not paragraph ends; labels begin new ones."""
    body = "一、整治河道。" + "清淤河道十二公里，拆除旧闸三座，沿岸补种柳树一千棵，" * 4
    wrapped = "\n".join(body[at : at + 30] for at in range(0, len(body), 30))

    assert f"{body}\n二、保障供水。" == clean(f"{wrapped}\n二、保障供水。").text


def test_a_table_of_contents_is_cut() -> None:
    """Headings listed before the text are navigation, the text itself stays."""
    body = "一、整治河道\n清淤12公里。\n二、保障供水\n好。\n"
    plain = f"目 录\n一、整治河道\n二、保障供水\n{body}"
    dotted = "一、整治河道……………3\n"

    assert clean(plain).text == "一、整治河道\n清淤12公里。\n二、保障供水\n好。\n"
    assert clean(dotted + PLAN).text == PLAN


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(PLAN, id="same"),
        pytest.param(PLAN.replace("\n", ""), id="one-line"),
        pytest.param(PLAN.replace("，", ",\n"), id="wrapped"),
        pytest.param("\n\n".join(PLAN.splitlines()), id="spaced"),
        pytest.param(PLAN + PLAN, id="twice"),
    ],
)
def test_a_second_copy_is_cut_whatever_its_layout(copy: str) -> None:
    """A second copy goes, the first one stays."""
    cleaned = clean(f"{PLAN}\n{copy}")

    assert PLAN.strip() == cleaned.text.strip()
    assert {"repeat"} == {cut.reason for cut in cleaned.cuts}


def test_a_quoted_paragraph_is_no_copy() -> None:
    """A lead that quotes one point does not make the point a repeat."""
    lead = "近日，杏川市水务局公布计划，提到：" + PLAN.splitlines()[2] + "\n"

    assert find_repeats(lead + PLAN + "五、再添新事。" * 3) == []


@pytest.mark.parametrize(
    ("before", "spam", "after"),
    [
        ("各地对标", "777bet官网体育_777bet提款时间_777bet最新技巧", "深化改革"),
        ("帮助人员再就业", "银狐棋牌_银狐棋牌官方入口_银狐棋牌手机版", "1800人"),
        ("推动参保", "9k体育官网_9k体育手机版_2021最新版", "率稳定"),
        ("扶持青年", "赤羽电竞_赤羽电竞app官网_注册", "创业"),
        ("办好", "【赤羽娱乐】www.ab123-xx.example 首充翻倍", "人才会"),
        ("做好", "亚博体育app下载", "服务"),
        ("完善设施,", "(本文来源于某文库 www.ab.com)", "健全机制"),
        ("详情见", "https://spam.vip/a?b=1", "，谢谢"),
        ("实现覆盖", "加微信abc12345领取", "。"),
    ],
)
def test_advertising_is_cut_out_of_the_sentence(
    before: str, spam: str, after: str
) -> None:
    """Injected search words go; the words around them stay."""
    cleaned = clean(f"一、整治河道。{before}{spam}{after}")

    assert f"一、整治河道。{before}{after}" == cleaned.text
    assert [spam] == [cut.text for cut in cleaned.cuts if cut.reason == "advertising"]


@pytest.mark.parametrize(
    "text",
    [
        "实施5G+信息技术赋能项目",
        "围绕“1+7+1”产业布局",
        "开展STEAM教育和互联网+明厨亮灶",
        "建设5+N个平台，推广3.0版、12345热线平台",
        "登录www.some-city.gov.cn查询",
        "整治棋牌娱乐场所，打击网络赌博和非法彩票",
        "开发公共服务平台、手机客户端和官方网站",
        "文件名为plan_2024，编号A_1",
        "姓名____电话____",
        "推广BIM(建筑信息模型)技术",
    ],
)
def test_legitimate_names_are_not_advertising(text: str) -> None:
    """Names with digits, Latin letters and marks stay."""
    assert find_advertising(text) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("完成投资1,200km平台建设", id="grouped-number-before"),
        pytest.param("里程1.200km平台建设", id="decimal-before"),
        pytest.param("投入3,500.com平台", id="grouped-number-of-an-address"),
        pytest.param("彩虹棋牌_彩虹棋牌官网_彩虹棋牌大厅1800人", id="behind-a-chain"),
        pytest.param("彩虹棋牌官网_乐园棋牌官网_大厅两千三百户", id="han"),
        pytest.param("加微信abc12345领取1,800元，", id="behind-a-lure"),
        pytest.param("覆盖9.2024年最新版app下载", id="a-version"),
    ],
)
def test_advertising_ends_at_no_place_inside_a_number(text: str) -> None:
    """A number is left whole or cut whole."""
    numbers = [*re.finditer("[0-9]+(?:[.,][0-9]+)*|[一二三千百两]+", text)]
    for span in find_advertising(text):
        for found in numbers:
            inside = range(found.start() + 1, found.end())
            assert span.start not in inside
            assert span.end not in inside


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("新建学校 | 3所 | 教育局 | 年底前", id="row-of-a-table"),
        pytest.param("新建学校｜３所｜教育局｜年底前", id="full-width-row"),
        pytest.param("学校|十二所|教育局|年底前", id="han-number"),
        pytest.param("覆盖率50%→60%→70%", id="steps"),
        pytest.param("由12个 > 15个 > 20个", id="steps-with-angles"),
        pytest.param("12", id="number-alone-on-a-line"),
    ],
)
def test_a_line_with_an_amount_is_no_menu(line: str) -> None:
    """Cells with a number may be a promise; links have none but a year."""
    source = f"{PLAN}{line}\n五、其他工作，照常推进。\n"

    assert source == clean(source).text
    menu = "首页 > 2024年 > 正文"
    assert [menu] == _cuts(f"{PLAN}{menu}\n", "navigation")


def test_numbers_that_count_pages_are_cut() -> None:
    """Bare numbers far apart that count up are the pages'; others are cells."""
    pages = "".join(f"{PLAN * 3}{number}\n" for number in (1, 2, 4))
    cells = "".join(f"{PLAN * 3}{number}\n" for number in (12, 3, 700))

    assert ["1", "2", "4"] == _cuts(pages.replace("整治", "治理", 1), "furniture")
    assert _cuts(cells.replace("整治", "治理", 1), "furniture") == []


def test_romanisation_is_cut_and_script_simplified() -> None:
    """A reading in brackets goes; the text is simplified one for one."""
    cleaned = clean("發(fā)展農(nóng)業(yè)，穩(wěn)定產(chǎn)量（liàng），們(men)")

    assert cleaned.text == "发展农业，稳定产量，们"
    assert sum(cut.reason == "romanisation" for cut in cleaned.cuts) == 7


@pytest.mark.parametrize(
    "text", ["应用模型(bim)", "经济合作组织(oecd)", "分两步:(a)先(an)后"]
)
def test_other_brackets_are_no_romanisation(text: str) -> None:
    """Abbreviations and list labels stay."""
    assert text == clean(text).text


@pytest.mark.parametrize("letters", ["fā", "zhuàng", "lǜ", "ér", "qiong", "ɡuó", "ń"])
def test_syllables(letters: str) -> None:
    """Pinyin with or without tone marks is a syllable."""
    assert is_syllable(letters)


@pytest.mark.parametrize("letters", ["bim", "oecd", "app", "str", "zzz"])
def test_not_syllables(letters: str) -> None:
    """Other letters are not."""
    assert not is_syllable(letters)


def test_script_is_told_by_the_majority() -> None:
    """Simplified text with one traditional name stays as it is."""
    assert is_traditional("新聞資訊與發展")
    assert not is_traditional("新闻资讯与发展，題")
    assert len(simplify("乾隆年間的計畫")) == 7


def test_control_and_zero_width_characters_are_cut() -> None:
    """Invisible characters are no text; a form feed still breaks a line."""
    assert clean("新\u200b增\ufeff学\u00ad位\f20\x00个").text == "新增学位\f20个"


def test_markup_is_cut_and_entities_are_read() -> None:
    """Tags go, block tags break lines, an entity leaves the character it means."""
    source = (
        "<html><head><title>甲</title></head><body><p>一、抓&ldquo;双减&rdquo;。</p>"
        "<p>&nbsp;二、<strong>新增</strong>学位&#50;0个&unknown;。<br/>完。</p></body>"
    )

    text = clean(source).text

    assert text.strip() == "一、抓“双减”。\n\n\xa0二、新增学位20个&unknown;。\n完。"
    _assert_adds_up(source)


def test_the_text_is_never_unicode_normalised() -> None:
    """Full-width digits and compatibility characters stay as printed."""
    source = "新增学位２０㎡，占比５０％。"

    assert source == clean(source).text
