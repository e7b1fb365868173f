"""Grouping: the same groups whatever the order, and none that drifts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.store.across.grouping import Groups, grouped
from tests.pledge_samples import pledge

# Each is near the next one, the first and the last are not.
CHAIN = (
    "以乡镇为单位国家免疫规划疫苗接种率",
    "以乡镇为单位的国家免疫规划疫苗接种率",
    "以乡镇为单位的国家免疫规划疫苗全程接种率",
    "以乡镇为单位的国家免疫规划疫苗全程规范接种率",
    "以乡镇为单位的国家免疫规划疫苗儿童全程规范接种率",
)
NAMES = (
    *CHAIN,
    "全社会研发投入占比重",
    "全社会研发经费投入占比重",
    "接种率",
    "學位",
    "学位",
)
PLEDGES = [
    pledge(None, name, "80%", year=2020 + year)
    for place, name in enumerate(NAMES)
    for year in range(1 + place % 3)
]


def said(groups: Groups) -> list[tuple[str, list[str]]]:
    """Return the groups as their names and wordings."""
    return [(one.words, [m.words for m in one.members]) for one in groups.ordered]


@settings(deadline=None, max_examples=50)
@given(st.permutations(PLEDGES))
def test_order_does_not_matter(pledges: list) -> None:
    """Records in any order make the same groups with the same grounds."""
    assert grouped(PLEDGES) == grouped(pledges)


def test_chain_does_not_drift() -> None:
    """Who joins a group is like everyone in it."""
    groups = [names for _, names in said(grouped(PLEDGES))]
    longest, shortest = CHAIN[-1], CHAIN[0]

    assert any(len(set(CHAIN) & set(names)) > 1 for names in groups)
    assert not any({longest, shortest} <= set(names) for names in groups)


def test_members_carry_their_grounds() -> None:
    """Each wording says why it is in the group, and what folding did to it."""
    pledges = [
        pledge("新增", "公办学位", "300个", issuer="甲县"),
        pledge("新增", "公办学位", "400个", issuer="乙县"),
        pledge("新增", "公辦學位", "500个", issuer="丙县"),
    ]
    (group,) = grouped(pledges).ordered

    assert ("新增", "公办学位", "个") == (group.action, group.words, group.unit)
    assert {"甲县", "乙县", "丙县"} == group.bodies
    assert ["words", "folded"] == [one.grounds.ground for one in group.members]
    assert {"script"} == group.members[1].grounds.steps


def test_any_wording_finds_its_group() -> None:
    """An address that was written down stays good when another wording leads."""
    pledges = [
        pledge(None, "城乡居民医保财政补助", "600元"),
        pledge(None, "城乡居民医保财政补助标准", "700元"),
    ]
    groups = grouped(pledges)

    assert 1 == len(groups.ordered)
    assert 2 == len(groups.of_id)
    assert {groups.ordered[0].words} == {one.words for one in groups.of_id.values()}


def test_what_is_kept_apart_is_a_neighbour() -> None:
    """Near names that are not merged are shown beside each other, likest first."""
    groups = grouped(
        [
            pledge("新增", "公办学位", "300个"),
            pledge("提供", "公办学位", "300个"),
            pledge("新增", "农村公办学位", "300个"),
            pledge("新增", "养老床位", "300张"),
        ]
    )
    group = next(g for g in groups.ordered if g.indicator[:2] == ("公办学位", "新增"))
    found = [(one.words, like.ground) for one, like in groups.neighbours(group)]

    assert [("公办学位", "verb"), ("农村公办学位", "contained")] == found


def test_records_without_number_or_object_are_in_no_group() -> None:
    """Nothing is known of what they are of."""
    assert () == grouped([pledge("新增", None, "3个"), pledge("修订", "条例")]).ordered
