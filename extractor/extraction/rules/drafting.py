"""Small helpers around `Draft`: words with their place, and repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from extractor.core.records import Draft, Mention
from extractor.core.spans import Span
from extractor.extraction.rules.syntax.lead_ins import ADVERB, TIME
from extractor.language.clauses import SENTENCE_END
from extractor.language.verbs import WRAPPERS, longest_first

_BESIDE = re.compile(
    rf"{TIME.pattern}|{ADVERB.pattern}|{longest_first(WRAPPERS)}|[^\w%％]"
)
"""Words that say nothing of what is promised, and marks."""


def mention(text: str, span: Span | None) -> Mention | None:
    """Return the words at `span` with their place."""
    return Mention(text=span.slice(text), span=span) if span else None


def mentions(text: str, spans: Sequence[Span]) -> tuple[Mention, ...]:
    """Return the words at each span with their place."""
    return tuple(Mention(text=span.slice(text), span=span) for span in spans)


def without_repeats(text: str, drafts: Sequence[Draft]) -> list[Draft]:
    """Drop a target that is stated twice in one item, keep the first mention.

    Two bodies, places or dates with the same amount are two promises: a mention only
    repeats another when its sentence says nothing that the other's does not.

    Args:
        text: the item's cleaned text.
        drafts: records with a target, in reading order.
    """
    kept: list[Draft] = []
    for draft in drafts:
        if not any(_restates(text, draft, earlier) for earlier in kept):
            kept.append(draft)
    return kept


class Targets:
    """Promises with a number, by where their verb and object stand."""

    def __init__(self, targets: Iterable[Draft]) -> None:
        self._places = {_place(target) for target in targets} - {None}

    def __contains__(self, draft: Draft) -> bool:
        """Say whether a promise without a number is one of them.

        It is where verb and object are the same words in the same place; a verb that
        two objects share makes two promises.
        """
        return _place(draft) in self._places


def _place(draft: Draft) -> tuple[Span, Span] | None:
    """Return where verb and object stand; None unless both do."""
    action, noun = draft.action, draft.object
    if action is None or noun is None or action.span is None or noun.span is None:
        return None
    return action.span, noun.span


def facts(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Return the fields that tell one promise from another, with their words."""
    said = ((field, words.text) for field, words in draft.words())
    return tuple(fact for fact in said if fact[0] != "partners")


def _restates(text: str, draft: Draft, earlier: Draft) -> bool:
    noun, other_noun = draft.object, earlier.object
    if noun is None or other_noun is None or noun.text != other_noun.text:
        return False  # as of nearly all; `facts` would say so, too
    if facts(draft) != facts(earlier):
        return False
    one, other = _sentence(text, draft.clause), _sentence(text, earlier.clause)
    if one == other:
        # 甲镇建成站点3个，乙镇建成站点3个: nobody says a thing twice in one breath.
        return False
    words, others = _content(one.slice(text)), _content(other.slice(text))
    return words <= others or others <= words


def _sentence(text: str, clause: Span) -> Span:
    """Return the sentence that a clause stands in."""
    breaks = [found.end() for found in SENTENCE_END.finditer(text, 0, clause.start)]
    after = SENTENCE_END.search(text, clause.end)
    return Span(breaks[-1] if breaks else 0, after.start() if after else len(text))


def _content(sentence: str) -> Counter[str]:
    return Counter(_BESIDE.sub("", sentence))
