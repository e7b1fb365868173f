"""Folders of made plans with a known number of items."""

from __future__ import annotations

import random
from pathlib import Path

from tests.generated_plans import OFFICES, PLACES, STREETS, sentence

OF_A_DOCUMENT = 40
"""Items a document, about as many as a plan has."""
_PROSE = (
    "{0}会同{1}健全工作机制，完善配套政策，推动各项任务落地见效，让群众有更多获得感。",
    "坚持问题导向，围绕{1}重点难点深入调研，由{0}研究提出解决办法，及时总结推广经验。",
    "加强统筹协调和督促检查，压实{0}主体责任，严格项目管理，在{1}率先形成工作合力。",
)


def make_folder(folder: Path, items: int) -> Path:
    """Write plans with so many items, no two alike; what is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(0, items, OF_A_DOCUMENT):
        path = folder / f"plan-{number // OF_A_DOCUMENT:05}.txt"
        if not path.exists():
            count = min(OF_A_DOCUMENT, items - number)
            path.write_text(_plan(number, count), encoding="utf-8")
    return folder


def _plan(number: int, items: int) -> str:
    rng = random.Random(number)
    place = rng.choice(PLACES)
    lines = [f"{place}县人民政府2025年工作要点（第{number}号）"]
    for label in range(1, items + 1):
        where = rng.choice(OFFICES), rng.choice(STREETS)
        prose = rng.choice(_PROSE).format(*where)
        body = f"{prose}{sentence(rng, [])}{rng.choice(_PROSE).format(*where)}"
        # The number makes the point, and the question about it, one of its own.
        lines.append(f"{label}.{body}编号为{number + label}的工作按月调度。")
    return "\n".join(lines) + "\n"
