"""Marks: an item in, the places where a reviewer's words most likely stand out.

They are what the rules see in the item before they read it.
In labelling mode, too: it is the same whatever was read, and says of no number whether
it is promised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.browse.review.chosen import Ground
from extractor.core.spans import Span
from extractor.extraction.rules.view import ItemView
from extractor.language.verbs import VERB_PATTERN


def marks(ground: Ground) -> dict[str, list[Span]]:
    """Return the numbers, times, bodies, verbs and clauses of an item, in their places.

    A clause in brackets and a title are none that a promise stands in alone.
    """
    item = ground.item
    view = ItemView(item.clean, item.prose_start, ground.plan_year, item.cells)
    verbs = [
        Span(*verb.span()) for verb in VERB_PATTERN.finditer(view.text, view.start)
    ]
    dates = [date.span for date in view.found.dates]
    found = {
        "number": [number.span for number in view.found.numbers],
        "time": [*dates, *(stop.span for stop in view.found.stops)],
        "body": list(_bodies(view, verbs)),
        "verb": verbs,
        "clause": [
            clause.span
            for clause in view.found.clauses
            if not clause.is_bracketed and not clause.is_title
        ],
    }
    return {
        kind: sorted({item.offsets.to_source(span) for span in spans})
        for kind, spans in found.items()
    }


def _bodies(view: ItemView, verbs: Sequence[Span]) -> Iterator[Span]:
    """Yield who is named: in notes, and as who would act wherever a verb stands."""
    for note in view.actors.notes:
        yield from filter(None, (note.lead, *note.partners))
    for clause in view.found.clauses:
        for verb in verbs:
            if clause.span.contains(verb):
                actor = view.actors.for_clause(clause.span, verb)
                yield from filter(None, (actor.span, *actor.partners))
