"""Partners: whole names only, whatever a name holds."""

from __future__ import annotations

import pytest

from tests.clause_cases import read_clause, words


@pytest.mark.parametrize(
    ("text", "actor", "partners"),
    [
        ("县商务局发放消费券13万2千张", "县商务局", []),
        ("临江县商务局发放消费券13万2千张", "临江县商务局", []),
        ("市残疾人联合会培训残疾人800人", "市残疾人联合会", []),
        ("临江县商贸流通服务中心建设网点40个", "临江县商贸流通服务中心", []),
        ("京津冀协同发展办公室推进项目16个", "京津冀协同发展办公室", []),
        ("县联合执法大队检查商户900家", "县联合执法大队", []),
        ("由临江县商务局牵头，举办展会3场", "临江县商务局", []),
        ("市供销合作联合社新建网点25个", None, []),
        ("县工商联走访企业120家", None, []),
        ("县商会引进项目5个", None, []),
        ("县教育局参与县级评选3次", "县教育局", []),
        ("县发改局商县财政局下达资金300万元", "县发改局", ["县财政局"]),
        ("县教育局联合体育局举办比赛12场", "县教育局", ["体育局"]),
        ("团县委联合县妇联、县总工会举办活动8场", "团县委", ["县妇联", "县总工会"]),
        (
            "县文旅局会同县委宣传部、县教育局开展巡演30场",
            "县文旅局",
            ["县委宣传部", "县教育局"],
        ),
        (
            "市社会组织联合会会同市民政局培训社工300人",
            "市社会组织联合会",
            ["市民政局"],
        ),
        (
            "县水利局协同县自然资源局、县农业农村局等部门治理河道36公里",
            "县水利局",
            ["县自然资源局", "县农业农村局"],
        ),
        ("联合公安、市场监管等部门开展检查6次", None, ["公安", "市场监管"]),
        ("省政府督查室会同有关部门开展督查4次", None, ["有关部门"]),
    ],
)
def test_partner_is_a_whole_name(
    text: str, actor: str | None, partners: list[str]
) -> None:
    """商务局 holds 商 and 联合会 holds 联合, and neither links two bodies."""
    (draft,) = read_clause(text, soft=False)

    assert [words(partner) for partner in draft.partners] == partners
    assert actor is None or words(draft.actor) == actor
