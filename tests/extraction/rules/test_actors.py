"""Actors: named subjects, partners."""

from __future__ import annotations

import pytest

from extractor.extraction.rules.notes import split_bodies
from tests.clause_cases import read_clause, words


@pytest.mark.parametrize(
    ("text", "actor", "source"),
    [
        ("各县（市、区）建成站点5处", "各县（市、区）", "stated"),
        ("每所高职院校打造3个专业群", "每所高职院校", "stated"),
        ("每所初中、高中配备教师不少于1名", "每所初中、高中", "stated"),
        ("由市数据局牵头建成平台2个", "市数据局", "stated"),
        ("市服务中心举办活动8场", "市服务中心", "stated"),
        ("甲县、乙县10月底前通过评估", "甲县、乙县", "stated"),
        ("指导甲江、乙山在年底前通过评估", "甲江、乙山", "stated"),
        ("市投资集团设立基金2支，年底前完成募资5亿元", "市投资集团", "stated"),
        ("指导各县建成站点5处", "各县", "stated"),
        ("市教育局要在9月底前新增学位500个", "市教育局", "stated"),
        ("云川市年底前将签约覆盖面扩大到65%", "云川市", "stated"),
        ("云陵、川望两市建成泵站3座", "云陵、川望两市", "stated"),
        ("市实验学校、市农学院每学期举办讲座5场", "市实验学校、市农学院", "stated"),
        ("牵头医院全年向成员单位派驻医师12名", "牵头医院", "stated"),
        ("市残联举办招聘会4场", "市残联", "stated"),
        ("县团委举办志愿服务20次", "县团委", "stated"),
        ("示范区新建水渠6公里", "-", "issuer"),
        ("茶叶种植区铺设管网3公里", "-", "issuer"),
        ("建成区新增公厕9座", "-", "issuer"),
        ("县城新建停车场2处", "-", "issuer"),
        ("农村社区建成站点5处", "-", "issuer"),
        ("新建车站5处", "-", "issuer"),
        ("农村生活污水治理率达到40%", "-", "issuer"),
    ],
)
def test_named_subject_is_the_actor(text: str, actor: str, source: str) -> None:
    """A body in front of the verb acts; the first word of an indicator does not."""
    draft = read_clause(text)[0]

    assert (words(draft.actor), draft.actor_source) == (actor, source)


def test_subject_governs_on_in_its_sentence() -> None:
    """A clause that begins with its verb inherits the actor, up to 。."""
    drafts = read_clause(
        "市投资集团设立基金2支，募集资金5亿元。新建车站3处", soft=False
    )

    assert [(words(d.actor), d.actor_source) for d in drafts] == [
        ("市投资集团", "stated"),
        ("市投资集团", "inherited"),
        ("-", "issuer"),
    ]


@pytest.mark.parametrize(
    ("text", "actor", "source"),
    [
        pytest.param(
            "市文旅局要抓好统筹，游客满意率达到95%",
            "市文旅局",
            "inherited",
            id="charged-body-governs-an-indicator",
        ),
        pytest.param(
            "由市水利局会同市住建局清理河道8条",
            "市水利局",
            "stated",
            id="body-behind-by",
        ),
        pytest.param(
            "市文旅局要抓好统筹。游客满意率达到95%", "-", "issuer", id="next-sentence"
        ),
        pytest.param(
            "推动市中医院三季度启用新院区，新增床位200张",
            "-",
            "issuer",
            id="guided-body-is-not-inherited",
        ),
        pytest.param(
            "城北医院6月底前建成，新增床位180张",
            "-",
            "issuer",
            id="what-is-built-is-not-inherited",
        ),
    ],
)
def test_body_of_an_earlier_clause_governs_on_where_it_acts(
    text: str, actor: str, source: str
) -> None:
    """Who is charged governs the sentence; who is guided or built does not."""
    draft = read_clause(text, soft=False)[-1]

    assert (words(draft.actor), draft.actor_source) == (actor, source)


@pytest.mark.parametrize(
    ("text", "partners"),
    [
        ("会同市公安局开展检查3次", ["市公安局"]),
        (
            "会同市住房和城乡建设局、市公安局每季度开展检查1次",
            ["市住房和城乡建设局", "市公安局"],
        ),
        ("联合市体育局等部门举办比赛2场", ["市体育局"]),
        ("与市科技局联合举办培训2期", ["市科技局"]),
        ("联合开展检查3次", []),
        ("深化与甲大学的合作", []),
        ("市数据局会同市财政局开展检查3次", ["市财政局"]),
        ("由市水利局会同市住建局清理河道8条", ["市住建局"]),
    ],
)
def test_partners_are_named_behind_a_joining_word(
    text: str, partners: list[str]
) -> None:
    """Who shares the work is a list of quotes."""
    assert [p.text for p in read_clause(text)[0].partners] == partners


def test_list_of_bodies_keeps_a_link_inside_a_name() -> None:
    """住房和城乡建设局 is one body, 甲局和乙局 are two."""
    words_ = "市住房和城乡建设局、市财政局和市审计局"

    assert [s.slice(words_) for s in split_bodies(words_, 0)] == [
        "市住房和城乡建设局",
        "市财政局",
        "市审计局",
    ]


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("云岭县应急管理局搬迁群众400户，适配辅具89件", ["云岭县应急管理局"] * 2),
        ("县教育局应对疫情培训教师30名，新建校舍5间", ["县教育局"] * 2),
        ("布局建设创新中心3个，培育企业20家", ["-", "-"]),
    ],
)
def test_inherited_actor_is_a_whole_name(text: str, actors: list[str]) -> None:
    """应急 and 应对 charge nobody, 布局 is no body."""
    assert [words(d.actor) for d in read_clause(text, soft=False)] == actors
