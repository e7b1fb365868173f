"""Where the words of an answer stand: beside their mark, by the clauses of the item."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from extractor.core.records import Mention
from extractor.core.spans import Span
from extractor.extraction.quoting import find_places
from extractor.extraction.rules.drafting import mention, mentions
from extractor.extraction.rules.targets import ItemReader
from extractor.language.clauses import clause_at


class Placing:
    """Finds quotes of an item.

    Args:
        view: the rules' view of the item.
    """

    def __init__(self, view: ItemReader) -> None:
        self.view = view
        self._places = lru_cache(maxsize=None)(
            lambda words: find_places(words, view.printed)
        )

    def clause_of(self, place: Span) -> Span:
        """Return the clause a place begins in, the place itself outside of all."""
        clauses = self.view.found.clauses
        index = clause_at(clauses, place.start)
        return place if index is None else clauses[index].span

    def find(self, words: str, after: int) -> Span | None:
        """Return the first place of words from a position on, else the first."""
        places = self._places(words)
        return next((p for p in places if p.start >= after), next(iter(places), None))

    def promise(self, action: str | None, noun: str | None, after: int) -> Span | None:
        """Return where a promise of a verb and an object stands, from `after` on.

        The first clause that holds both decides, the verb in front of the object or,
        without such a one, behind it (把任务分解到村): the same noun stands in clauses
        of other promises too.
        """
        if not (noun and action):
            words = noun or action
            return self.find(words, after) if words else None
        verbs = self._places(action)
        nouns = [place for place in self._places(noun) if place.start >= after]
        for is_before in (True, False):
            for place in nouns:
                clause = self.clause_of(place)
                own = [v for v in verbs if clause.start <= v.start < clause.end]
                if is_before and (own := [v for v in own if v.end <= place.start]):
                    return Span(own[-1].start, place.end)
                if not is_before and (own := [v for v in own if v.start >= place.end]):
                    return Span(place.start, own[0].end)
        return self.find(noun, after) or self.find(action, after)

    def mention(self, words: str | None, place: Span) -> Mention | None:
        """Return words with their place: the one nearest to what they are said of.

        Words of the same clause come first, then of the same sentence, then what
        stands before; words that are nowhere keep no place and are refused later.
        """
        if not words:
            return None
        spans = self._places(words)
        if not spans:
            return Mention(text=words)
        best = min(spans, key=lambda span: self._distance(span, place))
        return Mention(text=best.slice(self.view.printed), span=best)

    def noted(self, place: Span) -> dict[str, object] | None:
        """Return who acts by the note that governs a place, None without one."""
        note = self.view.actors.note_for(place.start)
        if note is None or note.lead is None:
            return None
        return {
            "actor": mention(self.view.printed, note.lead),
            "actor_source": "stated",
            "partners": mentions(self.view.printed, note.partners),
        }

    def acting(
        self, actor: Mention | None, clause: Span, partners: Iterable[Mention]
    ) -> dict[str, object]:
        """Return who acts in a clause as it was said, with where that is said."""
        is_stated = actor and (actor.span is None or actor.span.overlaps(clause))
        source = "stated" if is_stated else "inherited" if actor else "issuer"
        return {"actor": actor, "actor_source": source, "partners": tuple(partners)}

    def _distance(self, span: Span, place: Span) -> tuple[int, int]:
        clauses = self.view.found.clauses
        here, there = clause_at(clauses, place.start), clause_at(clauses, span.start)
        gap = max(place.start - span.end, span.start - place.end, 0)
        if here is None or there is None:
            return 3, gap
        if here == there or place.contains(span):
            return 0, gap
        is_sentence = clauses[here].sentence == clauses[there].sentence
        return (1 if is_sentence else 2 if span.start < place.start else 3), gap
