"""Metadata: sidecar files, and rules that read a document's head."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.core.errors import DocumentError
from extractor.documents.cleaning.text import clean
from extractor.documents.metadata import Metadata, find_metadata, read_sidecar


def _found(source: str) -> Metadata:
    cleaned = clean(source)
    return find_metadata(source, cleaned.text, cleaned.offsets)


@pytest.mark.parametrize(
    ("source", "title", "issuer", "year"),
    [
        pytest.param(
            "杏川市教育局2024年工作要点\n一、办学。新建学校2所。\n",
            "杏川市教育局2024年工作要点",
            "杏川市教育局",
            2024,
            id="plain",
        ),
        pytest.param(
            "中共松省委教育工委 松省教育厅2023年工作要点\n1. 抓学习。\n",
            "中共松省委教育工委 松省教育厅2023年工作要点",
            "中共松省委教育工委 松省教育厅",
            2023,
            id="two-bodies",
        ),
        pytest.param(
            "聚焦五件大事…… 2022年杏川教育工作要点梳理\n"
            "3月2日,杏川市教育局发布了今年的工作要点,一共30项。\n关键词:校车\n",
            "聚焦五件大事…… 2022年杏川教育工作要点梳理",
            "杏川市教育局",
            2022,
            id="reported",
        ),
        pytest.param(
            "杏川市2025年政府工作报告\n各位代表：\n",
            "杏川市2025年政府工作报告",
            "杏川市人民政府",
            2025,
            id="report",
        ),
        pytest.param(
            "政府工作报告\n——2025年1月\n现在，我代表柏县人民政府，向大会报告工作。\n",
            "政府工作报告",
            "柏县人民政府",
            2025,
            id="report-without-place",
        ),
        pytest.param(
            "杏川市2024年十件民生实事\n1.修路。\n",
            "杏川市2024年十件民生实事",
            "杏川市人民政府",
            2024,
            id="livelihood",
        ),
        pytest.param(
            "杏川市民政局\n2024年重点任务分解\n一、养老\n",
            "杏川市民政局2024年重点任务分解",
            "杏川市民政局",
            2024,
            id="broken-title",
        ),
        pytest.param(
            "关于印发《杏川市水务局2024年工作计划》的通知\n各单位：\n",
            "关于印发《杏川市水务局2024年工作计划》的通知",
            "杏川市水务局",
            2024,
            id="notice",
        ),
        pytest.param(
            "杏川縣農業農村局2025年工作要點\n一、穩糧。糧食面積達到3萬畝。\n",
            "杏川縣農業農村局2025年工作要點",
            "杏川縣農業農村局",
            2025,
            id="traditional",
        ),
        pytest.param(
            "二〇二三年度工作安排\n柏县文化活动文件\n全年演出20场。\n来源：柏县文化局\n",
            "二〇二三年度工作安排",
            "柏县文化局",
            2023,
            id="origin",
        ),
        pytest.param(
            "2021年总结和2022年工作计划\n一、做好服务。\n",
            "2021年总结和2022年工作计划",
            None,
            2022,
            id="two-years",
        ),
        pytest.param("做好服务，提高效率。\n", None, None, None, id="nothing"),
        pytest.param(
            "今后的安排\n2024年做甲事。2024年做乙事，2023年已做丙事。\n",
            None,
            None,
            None,
            id="frequent-year",
        ),
        pytest.param(
            "杏川县林业局工作要点\n杏林发〔2018〕42号\n根据规划（杏政发〔2015〕3号），"
            "到2020年造林3万亩，到2020年育苗2万亩。\n",
            "杏川县林业局工作要点",
            "杏川县林业局",
            2018,
            id="document-number",
        ),
    ],
)
def test_rules_read_the_head(
    source: str, title: str | None, issuer: str | None, year: int | None
) -> None:
    """Title and issuer are quoted as printed; the year is the plan's."""
    assert Metadata(title, issuer, year) == _found(source)


def test_a_signature_names_the_issuer() -> None:
    """Without any other hint the body that signs is the issuer."""
    source = "明年打算\n一、做好服务。\n二、提高效率。\n柏县民政局\n2024年3月1日\n"

    assert _found(source).issuer == "柏县民政局"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("titel: 甲\n", "unknown key 'titel'", id="key"),
        pytest.param("plan_year: '2024'\n", "plan_year must be a year", id="year"),
        pytest.param("plan_year: true\n", "plan_year must be a year", id="bool"),
        pytest.param("title: 3\n", "title must be text", id="text"),
        pytest.param("- a\n", "must be a mapping", id="list"),
        pytest.param("a: [\n", "not readable as YAML", id="syntax"),
    ],
)
def test_a_malformed_sidecar_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    """A wrong key or type is the operator's mistake."""
    (tmp_path / "plan.txt.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError, match=message):
        read_sidecar(tmp_path / "plan.txt")


def test_an_empty_sidecar_says_nothing(tmp_path: Path) -> None:
    """An empty file and a missing one are the same."""
    (tmp_path / "plan.yaml").write_text("", encoding="utf-8")

    assert Metadata() == read_sidecar(tmp_path / "plan.txt")
    assert Metadata() == read_sidecar(tmp_path / "other.txt")


def test_a_yaml_source_is_not_its_own_sidecar(tmp_path: Path) -> None:
    """A source file with that suffix is not read as metadata."""
    (tmp_path / "plan.yaml").write_text("- 甲", encoding="utf-8")

    assert Metadata() == read_sidecar(tmp_path / "plan.yaml")
