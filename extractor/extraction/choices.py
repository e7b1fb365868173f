"""Candidate answers for a marked number, and which one to believe.

The rules propose verbs and objects with high recall; the model picks among them, so an
answer cannot name words that are not in the clause.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.core.lines import BREAK
from extractor.core.spans import Span
from extractor.extraction.rules.syntax.objects import (
    VerbObject,
    clean_object,
    enumeration_head,
    read_after,
)
from extractor.extraction.rules.syntax.predicates import (
    level_verb_before,
    verb_at,
    verb_before,
)
from extractor.extraction.rules.targets import ItemReader
from extractor.language.verbs import NOMINAL_VERBS, VERB_PATTERN

NONE = "无"
"""What the model writes where a number has no verb or no object."""
SEPARATOR = "｜"
_MIN_CONTEXT_CHARS = 8
_MAX_OBJECT_CHARS = 40
_LINE_BREAKS = re.compile(rf"(?:{BREAK.pattern})\s*")
_OWN_MARKS = str.maketrans("【】", "〔〕")


class Question(NamedTuple):
    """One marked number, and the answers that are possible."""

    text: str
    """The clause with the number in 【】; the clause before too when it is short."""
    verbs: dict[str, Span]
    objects: dict[str, Span]

    @property
    def is_open(self) -> bool:
        """Say whether there is anything to ask: more than one verb or object."""
        return len(self.verbs) > 1 or len(self.objects) > 1

    @property
    def grammar(self) -> str:
        """Return the answers as GBNF, for servers that can be held to it."""
        verbs = " | ".join(map(_literal, [*self.verbs, NONE]))
        objects = " | ".join(map(_literal, [*self.objects, NONE]))
        root = f'verb "{SEPARATOR}" object "\\n"'
        return f"root ::= {root}\nverb ::= {verbs}\nobject ::= {objects}\n"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def ask_about(reading: ItemReader, index: int) -> Question:
    """Return the question about the item's `index`-th target number."""
    start, end = _context(reading, index)
    number = reading.numbers[index].span
    text = reading.words
    # A mark that the plan prints itself would ask about another stretch.
    parts = text[start : number.start], number.slice(text), text[number.end : end]
    before, words, after = (part.translate(_OWN_MARKS) for part in parts)
    verbs = _verbs(reading, index, start, end)
    objects = _objects(reading, index, list(verbs.values()))
    return Question(on_one_line(f"{before}【{words}】{after}"), verbs, objects)


def on_one_line(text: str) -> str:
    """Return the text without line breaks: in a question a line says one thing."""
    return _LINE_BREAKS.sub("", text)


def _context(reading: ItemReader, index: int) -> tuple[int, int]:
    number = reading.numbers[index]
    clause = reading.found.clauses[number.clause].span
    start = clause.start
    around = (number.span.start - clause.start) + (clause.end - number.span.end)
    if around < _MIN_CONTEXT_CHARS and number.clause > 0:
        start = reading.found.clauses[number.clause - 1].span.start
    return start, clause.end


def _verbs(reading: ItemReader, index: int, start: int, end: int) -> dict[str, Span]:
    """Return the verbs that can govern the number, the rules' own first.

    A nominal verb behind the number (示范 in 示范幼儿园) governs nothing.
    """
    text, number = reading.text, reading.numbers[index].span
    found = [reading.predicates[index].action, reading.inherited_verb(index)]
    found.append(verb_before(text, start, number.start))
    for match in VERB_PATTERN.finditer(text, start, end):
        span = Span(*match.span())
        if number.overlaps(span) or (
            span.start >= number.end and match.group() in NOMINAL_VERBS
        ):
            continue
        found += [span, verb_at(text, span.start, end)]
    return {span.slice(reading.words): span for span in found if span}


def _objects(reading: ItemReader, index: int, verbs: list[Span]) -> dict[str, Span]:
    """Return the noun phrases beside the number, the rules' own first."""
    text, number = reading.text, reading.numbers[index].span
    left, right = reading.edges(index)
    # 参保率|稳定在|95%: the level verb in front of the number is no part of the noun.
    level = level_verb_before(text, left.start, left.end)
    stop = level.start if level else left.end
    after = read_after(text, number, right.end)
    found: list[Span | None] = [reading.predicates[index].object, after]
    if after:
        found.append(enumeration_head(text, after))
    for verb in verbs:
        if left.start <= verb.start and verb.end <= stop:
            found += [Span(verb.end, stop), Span(left.start, verb.start)]
        elif verb.start >= number.end:
            found += [Span(number.end, verb.start), Span(verb.end, right.end)]
    if after is None:
        found.append(Span(left.start, stop))
    objects: dict[str, Span] = {}
    for span in found:
        noun = clean_object(text, span) if span and span.start < span.end else None
        if noun and not noun.overlaps(number) and _is_noun(text, noun, verbs):
            objects.setdefault(noun.slice(reading.words), noun)
    return objects


def _is_noun(text: str, span: Span, verbs: list[Span]) -> bool:
    """Say whether a phrase can be an object: neither a verb nor one with its object."""
    words = span.slice(text)
    if not 2 <= len(words) <= _MAX_OBJECT_CHARS:
        return False
    known = {verb.slice(text) for verb in verbs}
    return words not in known and not any(
        words.startswith(verb) and verb not in NOMINAL_VERBS for verb in known
    )


def splits_noun(rules: VerbObject, action: Span | None, noun: Span | None) -> bool:
    """Say whether an answer finds a verb inside what the rules took for a noun.

    全年专题|研究|党建工作: the rules read one long noun, the answer a predicate and its
    object, one behind the other. The one kind of disagreement in which the embedded
    model was right more often than the rules on development gold (4 of 4 that one of
    the two had right; in all others the rules were right 249 of 288 times).
    """
    if rules.object is None or action is None or noun is None:
        return False
    return (
        rules.object.start <= action.start
        and action.end <= noun.start
        and noun.end <= rules.object.end
    )
