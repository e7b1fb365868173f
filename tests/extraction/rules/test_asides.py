"""What looks back, defines or scores promises nothing; what comes behind it does."""

from __future__ import annotations

import pytest

from extractor.core.records import Document
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from tests.decoys import count, marked_plans
from tests.eval_samples import rules_records

MOST_FALSE_ALARMS = 0.055
LEAST_RECALL = 0.95


def plan(prose: str) -> Document:
    return document_of_text(f"丁县民政局2024年工作要点\n一、重点任务\n1.{prose}")


def targets(prose: str) -> list[str]:
    """Return the targets that the rules record of a point of a plan for 2024."""
    document = plan(prose)
    (item,) = split_items(document)
    records = rules_records(document, item)
    return [record.target.text for record in records if record.target]


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("去年，全县新建敬老院21所，新增床位567张。今年新建敬老院18所。", ["18所"]),
        ("2023年，全县救助困难群众1.2万人次；发放资金300万元。", []),
        ("2023年底全县有敬老院12所，年底前再建3所。", ["3所"]),
        ("目前，持证社工占29.8%，要新建社工站5个。", ["5个"]),
        ("截至2023年底，入住老人1200名，确保今年入住率达到80%。", ["80%"]),
        ("“十三五”期间，累计建成养老服务站46个。新建养老服务站4个。", ["4个"]),
        ("全县9个乡镇均已设立服务站，126个村配备了信息员。新建服务站2个。", ["2个"]),
        ("近三年来，新建敬老院6所，改造9所。", []),
        ("自试点开展以来，有17人获评先进。今年新建敬老院2所。", ["2所"]),
        ("全面完成2023年度结转的12个项目。", ["12个"]),
        ("入住率较2023年提高5个百分点。", ["5个百分点"]),
        ("从2023年秋季开始试点，新建服务站2个。", ["2个"]),
        ("对现有46家机构开展评估，9月底前整改机构5家。", ["5家"]),
    ],
)
def test_what_looks_back_promises_nothing(prose: str, expected: list[str]) -> None:
    """Up to the words that turn ahead, or the end of the sentence."""
    assert targets(prose) == expected


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("特困人员是指月收入低于600元、财产不足2万元的人员。新建敬老院2所。", ["2所"]),
        ("较大事故指造成3人以上10人以下死亡的事故。", []),
        ("指导5个乡镇建成服务站5个。", ["5个"]),
    ],
)
def test_definitions_promise_nothing(prose: str, expected: list[str]) -> None:
    """X是指… and, where X is no verb, X指…."""
    assert targets(prose)[-1:] == expected


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("实行百分制考核，社会救助40分、养老服务25分。", []),
        ("每发现1例违规发放的扣2分，被省级通报的加3分。", []),
        ("总分90分以上的评定为优秀，低于60分的予以约谈。", []),
        ("群众满意度达到90分以上。", ["90分以上"]),
        ("目标达标情况占70分，被通报1次的，取消评优资格。", []),
        ("总得分800分以上且无否决项的方可推荐。", []),
        ("办事时间压缩到30分钟以内。", ["30分钟以内"]),
    ],
)
def test_points_of_an_assessment_are_no_targets(
    prose: str, expected: list[str]
) -> None:
    """A score to reach is one (guidelines, section 6)."""
    assert targets(prose) == expected


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("对年收入2000万元以上的企业优先扶持，新增企业5家。", ["5家"]),
        ("裁员率低于20%的，可以申请返还。", []),
        ("力争60%以上的敬老院达到三星级标准。", ["60%以上"]),
        ("县财政安排不低于800万元的专项资金。", ["不低于800万元"]),
        ("实现社会救助支出增长8%以上的目标。", ["8%以上"]),
        ("举办10场以上的公益活动。", ["10场以上"]),
        ("推进城南5万吨污水处理厂建设。", []),
    ],
)
def test_bounds_that_say_which_are_no_targets(prose: str, expected: list[str]) -> None:
    """A bound of a noun in front of it modifies; a share or an amount is a target."""
    assert targets(prose) == expected


def test_few_decoys_are_taken_for_targets() -> None:
    """Over eighteen marked plans, and the targets among them are still found."""
    found = count(marked_plans())

    assert found.marked.total() >= 1000
    assert found.false_alarms <= MOST_FALSE_ALARMS
    assert found.recall >= LEAST_RECALL


def test_what_looks_back_gives_no_soft_record_either() -> None:
    """去年推行… is no promise."""
    document = plan("去年，推行一站式服务，完善救助制度。今年深化改革试点。")
    (item,) = split_items(document)

    records = rules_records(document, item)

    assert [record.action.text for record in records if record.action] == ["深化"]
