"""What a model answers about a marked text, as pydantic models under instructor.

Docstrings and descriptions are sent with the schema, so they are prompt text.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, field_validator

_NOTHING = frozenset(("", "null", "none", "无", "-", "—"))


class _Said(BaseModel):
    """The fields of a promise, as the model quotes them."""

    actor: str | None = Field(default=None, description="原文点名的行动者，照抄")
    partners: list[str] = Field(default_factory=list, description="会同、配合的单位")
    action: str | None = Field(default=None, description="动词，照抄，不带修饰语")
    object: str | None = Field(default=None, description="对象或指标，照抄，不带数字")
    deadline: str | None = Field(
        default=None, description="管住它的时间标记编号，如 t1；没有写 null"
    )

    @field_validator("actor", "action", "object", "deadline")
    @classmethod
    def nothing_is_none(cls, value: str | None) -> str | None:
        """Take a null that is written in words for one."""
        is_null = value is None or value.strip().casefold() in _NOTHING
        return None if is_null else value

    @field_validator("partners", mode="before")
    @classmethod
    def no_partners_are_none(cls, value: Any) -> Any:
        """Take null for no partners."""
        return [] if value is None else value


class NumberAnswer(_Said):
    """一个数字标记的含义。"""  # noqa: D415  prompt text

    n: int = Field(description="数字标记的编号")
    target: bool = Field(description="是目标写 true；不是写 false，其余栏 null")


class ActionAnswer(_Said):
    """一条没有数字的承诺。"""  # noqa: D415  prompt text


class UnmarkedAnswer(_Said):
    """一个没有标记、但确是目标的数字。"""  # noqa: D415  prompt text

    target: str = Field(description="数字连同比较词和单位，照抄")


class MarkedAnswer(BaseModel):
    """一个要点里全部标记的含义，和没有数字的承诺。"""  # noqa: D415  prompt text

    numbers: list[NumberAnswer]
    actions: list[ActionAnswer] = Field(default_factory=list)
    unmarked: list[UnmarkedAnswer] = Field(default_factory=list)
