"""Items: every layout splits into the points a reader would see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extractor.core.records import Document, Item, content_id
from extractor.documents.cleaning.text import simplify
from extractor.documents.items import split, split_items
from extractor.documents.loading import document_of_text, load_document
from extractor.language.labels import Label, Rank, find_label

CORPUS = Path(
    os.environ.get("EXTRACT_CORPUS")
    or Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
)
HAN = "一二三四五六七八九十"
CORPUS_PLANS = {
    "guiyang-2022": (38, "(一)", "(三十八)", "贵阳市教育局", 2022),
    "heyuan-2021": (55, "1.", "55.", "河源市教育局", 2021),
    "yunnan-2023": (30, "1.", "30.", "云南省教育廳", 2023),
    "chengdu-2022": (16, None, None, "成都市教育局", 2022),
}


def _split(tmp_path: Path, source: str) -> tuple[Document, tuple[Item, ...]]:
    path = tmp_path / "plan.txt"
    path.write_bytes(source.encode())
    document = load_document(path)
    items = split_items(document)
    _assert_invariants(document, items)
    return document, items


def _assert_invariants(document: Document, items: tuple[Item, ...]) -> None:
    """Assert what holds for the items of any document."""
    end = 0
    for position, item in enumerate(items):
        assert item.position == position
        assert item.span.start >= end
        assert item.text == item.span.slice(document.source) == item.text.strip()
        assert item.id == content_id(document.id, item.span.start, item.text)
        assert len(item.clean) == len(item.offsets)
        assert item.label is None or item.clean.startswith(simplify(item.label)[0])
        end = item.span.end
    for cut in document.cuts:
        for item in items:
            kept = item.offsets.to_clean(cut.span)
            assert kept is None, cut


def _shape(items: tuple[Item, ...]) -> list[tuple[str | None, str | None]]:
    return [(item.label, item.title) for item in items]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、甲", Label(Rank.NUMERAL, 1, 2)),
        ("十二．甲", Label(Rank.NUMERAL, 12, 3)),
        ("（二十一）甲", Label(Rank.NUMERAL_IN_BRACKETS, 21, 5)),
        ("(三)甲", Label(Rank.NUMERAL_IN_BRACKETS, 3, 3)),
        ("㈠甲", Label(Rank.NUMERAL_IN_BRACKETS, 1, 1)),
        ("1.甲", Label(Rank.DIGITS, 1, 2)),
        ("１２．甲", Label(Rank.DIGITS, 12, 3)),
        ("3、甲", Label(Rank.DIGITS, 3, 2)),
        ("1.2024年底前", Label(Rank.DIGITS, 1, 2)),
        ("1．4月底前", Label(Rank.DIGITS, 1, 2)),
        ("3.6月中旬", Label(Rank.DIGITS, 3, 2)),
        ("12.10月底前", Label(Rank.DIGITS, 12, 3)),
        ("2.1推进", Label(Rank.DECIMAL, 1, 3)),
        ("★1.甲", Label(Rank.DIGITS, 1, 3)),
        ("(4)甲", Label(Rank.DIGITS_IN_BRACKETS, 4, 3)),
        ("5）甲", Label(Rank.DIGITS_IN_BRACKETS, 5, 2)),
        ("⑵甲", Label(Rank.DIGITS_IN_BRACKETS, 2, 1)),
        ("③甲", Label(Rank.CIRCLED, 3, 1)),
        ("2.1 甲", Label(Rank.DECIMAL, 1, 3)),
        ("第三条 甲", Label(Rank.ARTICLE, 3, 3)),
        ("第一章 甲", Label(Rank.CHAPTER, 1, 3)),
        ("第二部分：甲", Label(Rank.PART, 2, 5)),
        ("实事3：甲", Label(Rank.NAMED, 3, 4)),
        ("第一百零五条 甲", Label(Rank.ARTICLE, 105, 6)),
        ("★甲乙", Label(Rank.BULLET, 0, 1)),
        ("7", Label(Rank.DIGITS, 7, 1, is_weak=True)),
        ("3.0版系统", None),
        ("1.5万人", None),
        ("第一节课", None),
        ("第二条道路", None),
        ("2024年", None),
        ("一是甲", None),
        ("", None),
    ],
)
def test_labels(text: str, expected: Label | None) -> None:
    """A label is told from a number inside prose."""
    assert expected == find_label(text)


def test_points_run_on_across_headings(tmp_path: Path) -> None:
    """Items are the innermost points; headings are their path."""
    _, items = _split(
        tmp_path,
        "杏川市2024年工作计划\n全市要稳中求进。\n一、修路\n1.改线。改造公路3公里。\n"
        "2. 护桥。加固桥梁2座。 3.清障。清理路障9处。\n二、治水\n4.清淤。清淤1次。\n",
    )

    assert (_shape(items)) == [
        ("1.", "改线。"),
        ("2.", "护桥。"),
        ("3.", "清障。"),
        ("4.", "清淤。"),
    ]
    assert [i.heading_path for i in items] == [("一、修路",)] * 3 + [("二、治水",)]


def test_three_levels_with_restarts(tmp_path: Path) -> None:
    """Numbering that restarts under every heading keeps its path."""
    _, items = _split(
        tmp_path,
        "一、农业\n（一）种植\n1．种稻。种稻3万亩。\n2．种茶。种茶1万亩。\n"
        "（二）养殖\n1．养鱼。养鱼2千亩。\n二、工业\n（一）纺织\n1．技改。技改5家。\n",
    )

    assert [item.label for item in items] == ["1．", "2．", "1．", "1．"]
    assert items[2].heading_path == ("一、农业", "（二）养殖")
    assert items[3].heading_path == ("二、工业", "（一）纺织")


def test_prose_under_a_heading_is_a_point_of_its_own(tmp_path: Path) -> None:
    """Promises between a heading and its points are not lost."""
    _, items = _split(
        tmp_path,
        "一、养老\n全年新增床位300张，投资2亿元。\n（一）建房。建房2栋。\n"
        "（二）请人。请护工9名。\n二、托育\n重点抓好以下工作：\n（一）托位。新增80个。\n",
    )

    assert [item.label for item in items] == ["一、", "（一）", "（二）", "（一）"]
    assert items[0].title == "养老"
    assert items[0].heading_path == ()


def test_short_subpoints_stay_in_their_point(tmp_path: Path) -> None:
    """(1), ① and announced lists are parts of a point, on lines or not."""
    _, items = _split(
        tmp_path,
        "1.就业。\n(1)新增就业900人；\n(2)培训80人。\n2.社保。\n①参保8万人。\n②发卡2万张。\n"
        "3.救助。包括：(1)甲；(2)乙。\n",
    )

    assert [item.label for item in items] == ["1.", "2.", "3."]
    assert items[1].text.endswith("②发卡2万张。")


def test_announced_list_stays_with_its_note(tmp_path: Path) -> None:
    """A short list after a colon and the responsibility note belong to the point."""
    _, items = _split(
        tmp_path,
        "一、人才\n（一）育才。培养工匠20名。\n（二）引才。引进人才9名。其中：\n"
        "1.硕士8名；\n2.博士1名。\n（责任单位：人事科）\n（三）留才。建公寓30套。\n",
    )

    assert [item.label for item in items] == ["（一）", "（二）", "（三）"]
    assert items[1].text.endswith("（责任单位：人事科）")


def test_preamble_review_glossary_and_annex_hold_no_points(tmp_path: Path) -> None:
    """总体要求, 工作回顾, 名词解释 and 附件 are not work points."""
    _, items = _split(
        tmp_path,
        "一、2023年工作回顾\n1.建成公路9公里。\n二、总体要求\n坚持稳中求进。\n三、重点工作\n"
        "（一）修路。修路3公里。\n（二）架桥。架桥1座。\n各单位要抓好落实。\n附件：1.清单\n"
        "2.名单\n名词解释\n1.甲：指每年9家企业。\n",
    )

    assert _shape(items) == [("（一）", "修路。"), ("（二）", "架桥。")]
    assert items[1].text.endswith("架桥1座。")


def test_a_plan_in_the_annex_of_a_numbered_letter(tmp_path: Path) -> None:
    """An annex that is itself a task list is split."""
    _, items = _split(
        tmp_path,
        "一、请认真学习。\n二、请按时报送。\n附件1\n2024年重点任务清单\n1.修路3公里。\n2.架桥1座。\n",
    )

    assert [item.label for item in items] == ["一、", "二、", "1.", "2."]


def test_unnumbered_headings_above_points(tmp_path: Path) -> None:
    """Bracketed or plain headings above running numbers are the path."""
    _, items = _split(
        tmp_path,
        "杏川市工信局2026年工作要点\n【稳运行】\n1、稳增长。规上工业增长百分之六，派专员。\n"
        "2、育企业。新增规上企业60户，培育链主企业2家。\n【促创新】\n"
        "3、搭平台。建设中试平台4个，突破关键技术10项。\n",
    )

    assert [item.heading_path for item in items] == [
        ("【稳运行】",),
        ("【稳运行】",),
        ("【促创新】",),
    ]


def test_headed_paragraphs(tmp_path: Path) -> None:
    """Without numbers each paragraph under a heading is an item."""
    paragraph = "扩建泵站。" + "改造泵站3座，铺设管网20公里，让老城不再看海。" * 2
    source = (
        "杏川市2024年政府工作报告\n今年工作安排\n"
        "各位代表！新的一年要稳字当头，统筹发展和安全，办好民生事，干出新样子。\n"
        f"办好实事\n    {paragraph}\n    {paragraph.replace('泵站', '水厂')}\n"
        f"建设人民满意政府\n    {paragraph.replace('泵站', '大厅')}\n"
        "各位代表！蓝图已经绘就，奋进正当其时，让我们同心协力、拼搏实干，不负重托！\n"
        "名词解释\n1.甲：指乙。\n2.丙：指丁。\n"
    )
    _, items = _split(tmp_path, source)

    assert (_shape(items)) == [
        (None, "扩建泵站。"),
        (None, "扩建水厂。"),
        (None, "扩建大厅。"),
    ]
    assert items[2].heading_path == ("建设人民满意政府",)


def test_keyword_headings(tmp_path: Path) -> None:
    """关键词 lines head the paragraphs of a press report; the lead is no item."""
    _, items = _split(
        tmp_path,
        "2024年杏川水务看点\n3月2日,市水务局发布了工作要点,记者整理如下,一起来看看有哪些变化。\n"
        "关键词:供水\n换表不停水。更换老旧水表八千只,漏损率降到百分之九以下,夜间巡线。\n"
        "关键词:防洪\n泵站早检修。汛前检修泵站五座,备足沙袋和冲锋舟,值守电话有人应答。\n",
    )

    assert [item.heading_path for item in items] == [("关键词:供水",), ("关键词:防洪",)]
    assert all(item.label is None for item in items)


def test_paragraphs_with_a_title_sentence(tmp_path: Path) -> None:
    """Without headings, paragraphs that open with a title sentence are items."""
    _, items = _split(
        tmp_path,
        "全市水务工作要抓重点、补短板、强弱项，努力让人民群众喝上更好的水，用上更稳的水。\n"
        "整治河道不停步。清淤河道十二公里，拆除旧闸三座，沿岸补种柳树一千棵。\n"
        "保障供水不断档。更换老旧水表八千只，漏损率降到百分之九以下，夜间巡线。\n",
    )

    assert [item.title for item in items] == ["整治河道不停步。", "保障供水不断档。"]


def test_sections_of_paragraphs(tmp_path: Path) -> None:
    """A top-level heading over several paragraphs gives one item each."""
    paragraph = (
        "做强工业。" + "实施亿元项目30个，完成投资20亿元，新增规上企业15家。" * 2
    )
    _, items = _split(
        tmp_path,
        f"一、产业升级\n    {paragraph}\n    {paragraph.replace('工业', '农业')}\n"
        "二、民生改善\n    新建学校2所。\n三、作风建设\n    精简会议三成。\n",
    )

    assert [item.label for item in items] == [None, None, "二、", "三、"]
    assert items[1].heading_path == ("一、产业升级",)


def test_flattened_table(tmp_path: Path) -> None:
    """Rows labelled by bare numbers are items with their cells."""
    rows = "".join(
        f"{n}\n新建泵站{n}座，改造管网\n市水务局\n2024年{n + 6}月底\n"
        for n in range(1, 5)
    )
    _, items = _split(tmp_path, f"杏川市2024年民生实事\n序号\n项目\n单位\n时限\n{rows}")

    assert [item.label for item in items] == ["1", "2", "3", "4"]
    assert items[3].text.endswith("2024年10月底")


def test_stars_and_articles(tmp_path: Path) -> None:
    """Starred lines and numbered articles are items."""
    _, stars = _split(tmp_path, "★加装电梯20部。\n★新建公园3个。\n★培训80人。\n")
    _, articles = _split(
        tmp_path,
        "第一章 任务\n第一条 全年培训4次。\n第二条 6月底前完成清理。\n"
        "第二章 附则\n第三条 报送1次。\n",
    )

    assert [item.label for item in stars] == ["★"] * 3
    assert [item.label for item in articles] == ["第一条", "第二条", "第三条"]
    assert articles[2].heading_path == ("第二章 附则",)


def test_numbers_inside_prose_are_no_labels(tmp_path: Path) -> None:
    """Decimals, versions and 一是…二是 stay inside their point."""
    _, items = _split(
        tmp_path,
        "1.上线系统，\n3.0版覆盖全市。\n2.补助。一是发放1.5万元。二是3.5万人受益。\n"
        "3.修路，\n12.6公里绿道建成。\n",
    )

    assert [item.label for item in items] == ["1.", "2.", "3."]


def test_an_outline_whose_line_breaks_were_lost(tmp_path: Path) -> None:
    """A whole plan on one line still splits at its labels."""
    filler = "，".join(
        f"{a}{b}村办实事{7 * i + 3}件"
        for i, (a, b) in enumerate((a, b) for a in "东南西北中" for b in "山水林田湖草")
    )
    _, items = _split(
        tmp_path,
        f"一、产业。新建大棚30座。（一）种植。种稻3万亩。（二）养殖。养鱼2千亩。二、民生。{filler}。",
    )

    assert [item.label for item in items] == ["一、", "（一）", "（二）", "二、"]


@pytest.mark.parametrize(
    "source", ["杏川市2024年工作计划\n全市要稳中求进。\n", "甲", "1.\n"]
)
def test_documents_without_points_have_no_items(tmp_path: Path, source: str) -> None:
    """No points, no items."""
    assert _split(tmp_path, source)[1] == ()


def test_damage_inside_an_item(tmp_path: Path) -> None:
    """Labels, titles and paths are printed without what was cut."""
    _, items = _split(
        tmp_path,
        "一、發(fā)展產(chǎn)業(yè)\n1.穩(wěn)糧。糧食面積達到３萬畝，8k体育官网_8k体育下载好。\n"
        "2.興農(nóng)。新建倉庫２座。\n",
    )

    assert items[0].heading_path == ("一、發展產業",)
    assert items[0].title == "穩糧。"
    assert items[0].clean == "1.稳粮。粮食面积达到３万亩，好。"
    assert _prose(items[0]) == "粮食面积达到３万亩，好。"


def _prose(item: Item) -> str:
    return item.clean[item.prose_start :]


@pytest.mark.parametrize(
    ("title", "prose"),
    [
        pytest.param("强化队伍建设。", "新建泵站4座。", id="no-promise"),
        pytest.param("新增学位900个。", "新增学位900个。新建泵站4座。", id="amount"),
        pytest.param("", "新建泵站4座。", id="none"),
    ],
)
def test_prose_begins_behind_label_and_title(
    tmp_path: Path, title: str, prose: str
) -> None:
    """A title has a verb and promises nothing, unless it states an amount."""
    _, items = _split(tmp_path, f"1. {title}新建泵站4座。\n2.开展演练。\n")

    assert _prose(items[0]).strip() == prose


def test_headed_paragraph_is_read_whole(tmp_path: Path) -> None:
    """It has no label, and its prose begins with it."""
    prose = "新建泵站4座，加固沿河堤防，补种两岸的柳树，疏通老城区所有的排水管道。"

    _, items = _split(tmp_path, f"扩大供给\n{prose}\n")

    assert [item.prose_start for item in items] == [0]


@pytest.mark.parametrize("name", CORPUS_PLANS)
def test_real_plans(name: str) -> None:
    """Each real plan has its points, labelled in order, and its metadata."""
    path = CORPUS / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"no corpus at {CORPUS}")
    count, first, last, issuer, year = CORPUS_PLANS[name]
    document = load_document(path)
    items = split_items(document)

    _assert_invariants(document, items)
    assert count == len(items)
    assert (first, last) == (items[0].label, items[-1].label)
    assert year == document.plan_year
    assert str(document.issuer).endswith(issuer)
    assert document.title is not None
    assert all(item.text[-1] == "。" for item in items)
    for item in items:
        source = "".join(
            document.source[item.offsets.source_position(at)]
            for at in range(len(item.clean))
        )
        assert item.clean in {source, simplify(source)}


GOALS = (
    "某市打赢蓝天保卫战行动计划（2018—2020年）\n一、总体要求\n"
    "（一）指导思想。坚持新发展理念，聚焦3个重点领域。\n"
    "（二）{name}。到2020年，二氧化硫排放总量下降20%。\n二、重点任务\n"
    "（一）治理工业污染。完成改造12台。\n（二）治理扬尘。整治工地30个。\n"
)


@pytest.mark.parametrize("name", ["目标指标", "主要目标", "总体目标", "工作目标"])
def test_goals_under_the_preambles_heading_are_a_point(name: str) -> None:
    """What is aimed at promises, wherever it stands; the leading thought does not."""
    document = document_of_text(GOALS.format(name=name))

    items, rest = split(document)

    assert [item.label for item in items] == ["（二）", "（一）", "（二）"]
    assert items[0].heading_path == ("一、总体要求",)
    reasons = {line.span.slice(document.clean)[:7]: line.reason for line in rest}
    assert reasons["（一）指导思想"] == "preamble"


@pytest.mark.parametrize(
    ("title", "rows", "count"),
    [
        (
            "附件：2024年审计项目计划表",
            "序号\u3000项目名称\u3000责任股室\u3000完成时间",
            2,
        ),
        ("附：2024年重点任务分工表", "序号；任务；牵头科室；完成时限", 2),
        ("附表：2024年重点项目清单", "序号｜项目名称｜责任科室｜完成时限", 2),
        ("附件：任务清单", "", 0),
        ("附件：1.任务清单", "2.责任清单", 0),
    ],
)
def test_attached_list_of_tasks_is_read(title: str, rows: str, count: int) -> None:
    """Its rows are items with who acts and by when; a list of attachments has none."""
    mark = next((mark for mark in "\u3000；｜" if mark in rows), "")
    cells = (
        ("1", "审计扶贫资金", "财政股", "6月底"),
        ("2", "审计体育中心", "投资股", "9月底"),
    )
    listed = [mark.join(row) for row in cells] if mark else []
    head = (
        "某县审计局2024年工作计划\n一、做好审计。开展审计3项。\n"
        "二、抓好整改。整改问题9个。\n各股室要抓好落实。"
    )
    text = "\n".join([head, title, rows, *listed])
    document = document_of_text(text)

    items = [item for item in split(document).items if item.cells]

    assert len(items) == count
    for item in items:
        assert [cell.role for cell in item.cells] == ["lead", "due"]
        assert item.text == item.span.slice(document.source)


def test_columns_of_prose_are_no_table() -> None:
    """Semicolons part the sentences of a point, too."""
    text = (
        "某县2024年工作要点\n1.做好工作；落实责任；按时完成；加强督查。\n"
        "2.新建学校3所；改造厕所20座；培训教师100名；开展活动5场。\n"
    )
    document = document_of_text(text)

    assert document.clean == text
