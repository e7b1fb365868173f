"""HTML report of an evaluation: an `EvalResult` in, one self-contained page out.

Nothing is loaded from anywhere, no script runs, and every text of a document is
escaped by the template.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from extractor.core.records import Claim
from extractor.core.spans import Span
from extractor.core.text import plain
from extractor.evals.baselines import Baseline
from extractor.evals.reports.first_screen import (
    data_line,
    gates_table,
    stamp_line,
    use_line,
)
from extractor.evals.reports.plots import Plot, plots
from extractor.evals.reports.tables import sections
from extractor.evals.reports.wording import NOTHING, item_name, shown, summary
from extractor.evals.results import ArmResult, EvalResult
from extractor.evals.scoring.fields import FIELDS
from extractor.evals.scoring.sample_score import ErrorCase


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the source and who quotes it."""

    text: str
    mark: str
    """"" for nobody, gold, predicted or both."""
    title: str
    """The fields it belongs to."""


@dataclass(frozen=True, slots=True)
class ShownError:
    """One error, ready to be shown."""

    place: str
    kind: str
    summary: str
    is_minor: bool
    """It decides nothing of *strict*."""
    fields: tuple[tuple[str, str, str], ...]
    """Field, gold, predicted."""
    pieces: tuple[Piece, ...]
    note: str


def html_report(result: EvalResult, baseline: Baseline | None = None) -> str:
    """Return the page, the same bytes for the same result."""
    environment = Environment(
        loader=PackageLoader("extractor.evals.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    drawn = {plot.section: plot for plot in plots(result)}
    parts = [
        (section, _plot(drawn.get(section.title)))
        for section in sections(result, baseline)
    ]
    return environment.get_template("report.html").render(
        result=result,
        use=use_line(result),
        data=data_line(result),
        stamp=stamp_line(result),
        gates=gates_table(result),
        parts=parts,
        arms=[(arm.name, len(arm.errors), list(_by_document(arm)))
              for arm in result.arms],
    )  # fmt: skip


def _plot(plot: Plot | None) -> tuple[str, Markup] | None:
    if plot is None:
        return None
    return plot.title, Markup(plot.svg)  # noqa: S704 (matplotlib escapes its texts)


def _by_document(arm: ArmResult) -> Iterator[tuple[str, list[ShownError]]]:
    for document in arm.documents:
        own = [error for error in arm.errors if error.document == document.name]
        if own:
            yield document.name, [_shown(error) for error in own]


def _shown(error: ErrorCase) -> ShownError:
    gold, predicted = error.gold, error.predicted
    claim = gold or predicted
    fields = error.fields or tuple(
        field
        for field in FIELDS
        if claim and shown(field, claim) != NOTHING and field != "actor_source"
    )
    kind = f"{'soft ' if error.is_soft else ''}{error.kind}"
    return ShownError(
        place=item_name(error.item, error.label),
        kind=f"{kind} {', '.join(error.fields)}".strip(),
        summary=summary(claim) if claim else "",
        is_minor=not error.decides,
        fields=tuple(
            (
                field,
                shown(field, gold) if gold else "",
                shown(field, predicted) if predicted else "",
            )
            for field in fields
        ),
        pieces=tuple(pieces(error)),
        note=(gold.note or "") if gold else "",
    )


def pieces(error: ErrorCase) -> Iterator[Piece]:
    """Cut the error's sentences where a quote of gold or prediction begins or ends."""
    base, text = error.source.span.start, error.source.text
    quotes = [
        *(("gold", field, span) for field, span in _spans(error.gold)),
        *(("predicted", field, span) for field, span in _spans(error.predicted)),
    ]
    inside = [(who, field, span.shift(-base)) for who, field, span in quotes]
    ends = {0, len(text)}
    for _, _, span in inside:
        ends |= {min(max(place, 0), len(text)) for place in span}
    cuts = sorted(ends)
    for start, end in pairwise(cuts):
        over = [
            (w, f) for w, f, span in inside if span.start < end and start < span.end
        ]
        sides = {who for who, _ in over}
        mark = "both" if len(sides) == 2 else next(iter(sides), "")
        title = ", ".join(f"{who}: {field}" for who, field in over)
        yield Piece(text[start:end], mark, title)


def _spans(claim: Claim | None) -> Iterator[tuple[str, Span]]:
    if claim:
        yield from ((field, quote.span) for field, quote in claim.words())
