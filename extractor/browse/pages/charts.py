"""Charts: counts and figures as points, each with the rows behind it.

A template puts a chart into a `<figure data-chart>` with its data as JSON, over a table
that says the same; `static/charts.js` draws it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Drawing = Literal["columns", "rows", "lines"]
"""Stacked columns, stacked bars that lie, or lines over years."""


@dataclass(frozen=True)
class Point:
    """One number that is drawn."""

    x: str | int
    """Name of the column or bar it is part of, or the year."""
    y: float
    label: str
    """How the number is said."""
    href: str
    """Where the rows behind it are."""


@dataclass(frozen=True)
class Series:
    """The points that share a colour."""

    name: str
    points: tuple[Point, ...]
    is_rest: bool = False
    """What has no colour of its own: all the others."""


@dataclass(frozen=True)
class Chart:
    """What one picture shows."""

    draw: Drawing
    series: tuple[Series, ...]
    xs: tuple[str, ...] = ()
    """Every column or bar in order, empty ones too."""
    unit: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """Return what the script is given."""
        return {
            "series": [
                {
                    "name": series.name,
                    "is_rest": series.is_rest,
                    "points": [vars(point) for point in series.points],
                }
                for series in self.series
            ],
            "xs": self.xs,
            "unit": self.unit,
        }
