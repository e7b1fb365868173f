"""Plots of an evaluation's report: an `EvalResult` in, SVG elements out.

matplotlib draws, without a display.
Lines and words take the page's own colour, so a plot is legible in light and dark; the
elements stand on their own: no address, no style sheet, the same bytes each time.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from extractor.core.text import one_line
from extractor.evals.reports.parts import HEADLINES, rated
from extractor.evals.reports.wording import kinds_by_arm
from extractor.evals.results import EvalResult, Metric
from extractor.evals.scoring.fields import FIELDS

_INK = "#010203"
"""Stands for the page's own colour until the plot is written."""
_COLOURS = ("#3b82c4", "#d9822b", "#7f6bd6", "#b0559f", "#8a8a3a", "#8a8a8a")
"""Visible on white and on near black; no green and no red: a score is no verdict."""
_STYLE: dict[Any, Any] = {  # its keys are literals of each matplotlib version
    "svg.fonttype": "none",
    "svg.hashsalt": "extract eval",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.parse_math": False,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "legend.frameon": False,
}
_WIDTH = 4.6
"""Inches: the width of a phone, so that words are not shrunk there."""
_MOST_KINDS = 12


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn plot."""

    section: str
    """Title of the section that it stands in."""
    title: str
    svg: str
    """One `<svg>` element; every text in it is escaped."""


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    metrics: tuple[Metric, ...]
    """One a row."""


def plots(result: EvalResult) -> list[Plot]:
    """Return the report's plots: arms, calibration, fields, documents, error kinds.

    What nothing is known of has no plot.
    """
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # Chinese words are drawn by the browser; measuring them misses their font.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        drawn = [
            ("Scores", "F1 of the arms, with 95 % intervals", _arms(result)),
            ("Fields", "F1 by field, with 95 % intervals", _fields(result)),
            ("Documents", "Strict F1 by document", _documents(result)),
        ]
        if any(arm.calibrations for arm in result.arms):
            title = "Share that is right by stated probability, with 95 % intervals"
            drawn.append(("Calibration", title, _reliability(result)))
        if kinds_by_arm(result)[0]:
            drawn.append(("Errors", "Errors by kind", _errors(result)))
    return [
        Plot(section, title, _embedded(svg, f"plot{number}"))
        for number, (section, title, svg) in enumerate(drawn, start=1)
    ]


def _arms(result: EvalResult) -> str:
    shown = rated(result)
    series = [
        _Series(words, tuple(arm.metric(name) for _, arm in shown))
        for name, words in HEADLINES.items()
    ]
    return _dots([name for name, _ in shown], series)


def _fields(result: EvalResult) -> str:
    series = [
        _Series(name, tuple(arm.metric(f"field.{field}") for field in FIELDS))
        for name, arm in rated(result)[: len(result.arms) + 1]
    ]
    return _dots(FIELDS, series)


def _documents(result: EvalResult) -> str:
    series = [
        _Series(
            arm.name,
            tuple(document.metric("strict") for document in arm.documents),
        )
        for arm in result.arms
    ]
    return _dots([document.name for document in result.documents], series)


def _reliability(result: EvalResult) -> str:
    """Draw stated against right: calibrated is what lies on the diagonal."""
    figure = Figure(figsize=(_WIDTH, 0.75 * _WIDTH))
    axes = figure.add_subplot()
    axes.plot((0, 1), (0, 1), color=_INK, alpha=0.4, linewidth=0.8, linestyle="--")
    found = [(arm.name, one) for arm in result.arms for one in arm.calibrations]
    for index, (name, one) in enumerate(found):
        colour = _colour(index)
        for each in one.bins:
            ends = (each.interval.low, each.interval.high)
            axes.plot((each.stated, each.stated), ends, color=colour, linewidth=1.6)
        places = [each.stated for each in one.bins]
        axes.plot(
            places, [each.share for each in one.bins], marker="o", markersize=5,
            color=colour, linewidth=0.8, label=_name(f"{name}, {one.kind}"),
            clip_on=False,
        )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.grid(color=_INK, alpha=0.15, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("mean stated probability")
    axes.set_ylabel("share that is right")
    return _svg(figure, axes)


def _errors(result: EvalResult) -> str:
    kinds, counted = kinds_by_arm(result)
    kinds = kinds[:_MOST_KINDS]
    figure, axes = _canvas(kinds, len(counted))
    step = 0.8 / max(1, len(counted))
    for index, (name, numbers) in enumerate(counted.items()):
        places = [row - 0.4 + step * (index + 0.5) for row in range(len(kinds))]
        values = [numbers[kind] for kind in kinds]
        colour = _colour(index)
        axes.barh(places, values, height=step * 0.9, color=colour, label=_name(name))
        for place, value in zip(places, values, strict=True):
            axes.text(value, place, f" {value}", va="center", fontsize=8)
    axes.set_xlabel("records")
    return _svg(figure, axes)


def _dots(rows: Sequence[str], series: Sequence[_Series]) -> str:
    """Draw a point for each figure, with its interval as a line."""
    figure, axes = _canvas(rows, len(series))
    step = 0.7 / max(1, len(series))
    for index, one in enumerate(series):
        colour, is_labelled = _colour(index), False
        for row, metric in enumerate(one.metrics):
            if metric.value is None:
                continue
            place = row - 0.35 + step * (index + 0.5)
            if metric.interval:
                ends = (metric.interval.low, metric.interval.high)
                axes.plot(ends, (place, place), color=colour, linewidth=1.6)
            label = None if is_labelled else _name(one.name)
            axes.plot(
                [metric.value], [place], marker="o", markersize=5, color=colour,
                linestyle="none", label=label, clip_on=False,
            )  # fmt: skip
            is_labelled = True
    axes.set_xlim(0, 1)  # an axis that is cut makes a small difference look large
    axes.set_xlabel("F1")
    return _svg(figure, axes)


def _canvas(rows: Sequence[str], series: int) -> tuple[Figure, Axes]:
    height = 0.9 + max(1, len(rows)) * (0.16 + 0.11 * max(1, series))
    figure = Figure(figsize=(_WIDTH, height))
    axes = figure.add_subplot()
    axes.set_yticks(range(len(rows)), [_name(row) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=_INK, alpha=0.15, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def _name(text: str) -> str:
    """Return a label; one that begins with _ would be left out of the legend."""
    shown = one_line(text)
    return f" {shown}" if shown.startswith("_") else shown


def _svg(figure: Figure, axes: Axes) -> str:
    handles, _ = axes.get_legend_handles_labels()
    if handles:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
    stream = StringIO()
    figure.savefig(
        stream, format="svg", transparent=True, bbox_inches="tight",
        metadata={"Date": None, "Creator": None},
    )  # fmt: skip
    return stream.getvalue()


def _embedded(svg: str, prefix: str) -> str:
    """Return the drawing as an element of an HTML page, without any address."""
    element = svg[svg.index("<svg") :].strip()
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r'\sxmlns(?::\w+)?="[^"]*"', "", element)
    element = re.sub(r'(\sid=")', rf"\1{prefix}-", element)
    element = re.sub(r'(href="#|url\(#)', rf"\1{prefix}-", element)
    element = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 sans-serif", element)
    return element.replace(_INK, "currentColor")
