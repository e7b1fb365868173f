"""Names and times inside prose, marked before predicates are read.

县委宣传部 does not 宣传 and 市场监管局 does not 监管: the verbs inside the names of
bodies are shielded, so that readers of verbs do not see them, and a time is one mark,
however it is worded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractor.core.spans import Span
from extractor.language.bodies import endings
from extractor.language.lexicon import ADVERBS
from extractor.language.verbs import NOMINAL_VERBS, VERB_PATTERN, longest_first

SHIELD = "某"
"""Stands for a character of a name: a Han character that no verb has."""
TIME_MARK = "☆"
"""Stands for a character of a time."""
_BODY = re.compile(
    rf"(?P<free>(?<!布(?=局)){endings('organ', 'people')})|{endings('section')}"
)
_RUN = re.compile("[一-龥]+$")
_LONGEST = 16
_PLACE = re.compile("(?:[省市县区州旗盟镇乡]|街道)委?|党委|工委")
# Where a name has ended: a list, a charge, a time, an adverb, a verb.
_ENDED = re.compile(
    r"[、，,。；;：:（()）\s]|$|等|和|与|及|会同|联合|配合|牵头|负责|[要应须将在于对向为按每的]"
    rf"|\d+[年月日]|全年|[今明年]|{longest_first(ADVERBS)}|{VERB_PATTERN.pattern}"
)
_JOINED = re.compile("[和与及]?")
_LINKED = re.compile("[、和与及同合由]$")


def shielded(text: str) -> str:
    """Return the text with verbs in the names of bodies out of sight.

    One character for one: every span of the result is a span of the text.
    """
    parts, at = [], 0
    for body in _BODY.finditer(text):
        if not _ENDED.match(text, body.end()):
            continue
        for verb in _verbs_of_name(text, body):
            if verb.start() >= at:
                parts += [text[at : verb.start()], SHIELD * len(verb.group())]
                at = verb.end()
    return "".join([*parts, text[at:]])


def marked(text: str, times: Iterable[Span]) -> str:
    """Return the text with `TIME_MARK` for each character of the times, in order."""
    parts, at = [], 0
    for time in times:
        start = max(at, time.start)
        parts += [text[at:start], TIME_MARK * (time.end - start)]
        at = max(at, time.end)
    return "".join([*parts, text[at:]])


def _verbs_of_name(text: str, body: re.Match[str]) -> list[re.Match[str]]:
    """Return the verbs of the name that ends like a body.

    Only verbs that can be nouns make names. Behind a place or a committee (县, 市委)
    the whole name is one; without, only what stands right before its end
    (市场|监管|局), and not when nothing is in front of it.
    """
    end = body.start()
    run = _RUN.search(text, max(0, end - _LONGEST), end)
    if run is None:
        return []
    places = list(_PLACE.finditer(text, run.start(), end))
    start = places[-1].end() if places else run.start()
    verbs: list[re.Match[str]] = []
    for verb in VERB_PATTERN.finditer(text, start, end):
        if verb.group() not in NOMINAL_VERBS:
            verbs, start = [], verb.end()
        elif places and body["free"]:
            verbs.append(verb)
        else:
            is_next = verbs and _JOINED.fullmatch(text, verbs[-1].end(), verb.start())
            verbs = [*verbs, verb] if is_next else [verb]
    if places and body["free"]:
        return verbs
    is_right_before = bool(verbs) and verbs[-1].end() == end
    is_inside = is_right_before and verbs[0].start() > start
    is_listed = (
        is_right_before and _LINKED.search(text, max(0, start - 2), start) is not None
    )
    return verbs if (is_inside or is_listed) and (places or body["free"]) else []
