"""Read the parts of a responsibility note: each role, and the words that have it.

A part is labelled (牵头单位：甲局) or spoken (甲局牵头); a list of names alone belongs
to the part beside it (责任单位：甲局、乙局，各县（市、区）人民政府).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from extractor.core.spans import Span, trim
from extractor.language.bodies import BODY_END
from extractor.language.lexicon import has_predicate
from extractor.language.names import TIME_MARK
from extractor.language.times.deadlines import iter_deadlines

Role = Literal["lead", "responsible", "partner", "person", "time"]
_ROLES: tuple[Role, ...] = ("lead", "responsible", "partner", "person", "time")


class Part(NamedTuple):
    """One role of a note."""

    start: int
    role: Role
    value: Span


AND_OTHERS = re.compile(r"等(?:相关|有关)?(?:部门|单位|处室|科室)?\s*$")
"""等部门 behind a list of names."""

_UNIT = r"(?:单位|部门|科室|处室|股室|机构|科|处|局)"
_LABEL = re.compile(
    r"(?:(?P<person>(?:责任|分管|牵头|包保|主管|联系|挂包|直接)(?:责任)?"
    r"(?:领导|人|市领导|县领导|局领导)|责任人员)"
    rf"|(?P<lead>(?:牵头|主办|主责|承办|主管)(?:责任)?{_UNIT}?(?:及|和)?(?:责任人)?)"
    rf"|(?P<partner>(?:配合|协办|协同|协作|参与|参加|协助|会办)(?:责任)?{_UNIT}?)"
    rf"|(?P<responsible>(?:责任|负责|实施|落实){_UNIT}|责任)"
    r"|(?P<time>(?:完成|办结|整改|实施|工作|推进|目标)?(?:时限|时间|期限)(?:要求|安排|进度)?"
    r"|(?:时间|完成)节点|完成日期|进度(?:要求|安排)))"
    r"\s*(?:[：:]+|[】\]〕]\s*[：:]*)\s*"
)
# A bracket inside a name (各县（区）) does not end a value, a line break only outside
# of the note's own bracket.
_INNER = r"[（(][一-龥、]{1,8}[)）]"
_VALUE = re.compile(rf"(?:{_INNER}|[^；;。）)】\]〕【\[〔\n（(])*")
_VALUE_IN_BRACKET = re.compile(
    rf"(?:{_INNER}|\n(?!\s*\n)|[^；;。）)】\]〕【\[〔\n（(])*"
)
BRACKET = re.compile(
    rf"[（(【〔\[](?P<inside>(?:{_INNER}|[^（()）【】〔〕\[\]]){{2,300}})[)）】〕\]]"
)
"""A bracket with the brackets of names inside it."""

_PIECE = re.compile(rf"(?:{_INNER}|[^，,；;。])+")
_LEADS = "牵头|主办"
_SHARES = "配合|参与|参加|协同|协助|协办"
_ANSWERS = "负责|落实"
_SAYS = re.compile(f"{_LEADS}|{_SHARES}|{_ANSWERS}")
_SHARE = r"(?:按照?(?:各自)?职责(?:分工)?|分工|共同|分别|具体)"
_SPOKEN = re.compile(
    r"由?(?P<who>[^：:]{2,80}?)(?:等(?:相关|有关)?(?:部门|单位|处室|科室)?)?"
    rf"(?:(?P<lead>总?(?:{_LEADS})(?:负责|抓总|落实)?)"
    rf"|(?P<partner>(?:积极|密切)?(?:{_SHARES})(?:落实|做好)?)"
    rf"|(?P<responsible>(?P<share>{_SHARE})?(?:{_ANSWERS})(?:落实|实施)?))",
    re.DOTALL,
)
_DONE = re.compile(r"(?:前|底)?(?:全面|全部|基本)?(?:完成|办结|落实|到位|建成|见效)?")
_WITHOUT_END = re.compile(
    r"全年|长期(?:坚持|推进)?|持续(?:推进|实施|坚持)|常态化(?:推进|开展)?|年度内"
)
_MARKED = re.compile(rf"[于在]?(?P<time>{TIME_MARK}+)")


def is_body(words: str) -> bool:
    """Say whether words name a body, not a task （逐级落实）."""
    last = re.split(r"[、和及]", AND_OTHERS.sub("", words.strip()))[-1]
    return re.search(rf"{BODY_END}$", last) is not None


def labelled_parts(text: str) -> Iterator[Part]:
    """Yield every part of the text that has a label, with its words."""
    brackets = [match.span() for match in BRACKET.finditer(text)]
    labels = list(_LABEL.finditer(text))
    for index, label in enumerate(labels):
        limit = labels[index + 1].start() if index + 1 < len(labels) else len(text)
        is_inside = any(start < label.start() < end for start, end in brackets)
        pattern = _VALUE_IN_BRACKET if is_inside else _VALUE
        words = pattern.match(text, label.end(), limit)
        value = Span(label.end(), words.end() if words else limit)
        yield Part(label.start(), _role(label), value)


def spoken_parts(text: str, inside: Span, *, only: bool = False) -> list[Part]:
    """Return the parts of a stretch that says who leads, shares and by when.

    Args:
        text: the item's text.
        inside: the inside of a bracket, or a sentence.
        only: nothing else may be said in it.

    Returns:
        The parts; none where it opens with anything else, or holds but labels.
    """
    if not _SAYS.search(text, *inside):
        return []
    parts: list[Part] = []
    names: Span | None = None
    is_spoken = False
    for piece in _pieces(text, inside):
        spoken = _spoken(text, piece, is_behind=is_spoken)
        part = spoken or _labelled(text, piece) or _dated(text, piece)
        if part is None and is_body(piece.slice(text)):
            names = Span(names.start if names else piece.start, piece.end)
            continue
        if part is None and is_spoken and not only:
            # （甲局牵头，抓好落实）
            continue
        if names and not parts and part and part.role == "partner":
            # （甲科，乙科参与）
            parts.append(Part(names.start, "lead", names))
            names = None
        if part is None or (names and not _settle(parts, names, part, spoken)):
            return []
        if names and spoken:
            part = part._replace(start=names.start, value=_joined(names, part.value))
        if spoken and part.role == "responsible" and _has_responsible(parts):
            part = part._replace(role="partner")
        names, is_spoken = None, is_spoken or spoken is not None
        parts.append(part)
    if names and not _settle(parts, names, None, None):
        return []
    return parts if is_spoken else []


def _role(match: re.Match[str]) -> Role:
    return next(role for role in _ROLES if match.groupdict().get(role))


def _pieces(text: str, inside: Span) -> Iterator[Span]:
    for match in _PIECE.finditer(text, *inside):
        piece = trim(text, Span(*match.span()))
        if piece.start < piece.end:
            yield piece


def _spoken(text: str, piece: Span, *, is_behind: bool) -> Part | None:
    match = _SPOKEN.fullmatch(text, *piece)
    if match is None:
        return None
    who = match["who"]
    # 甲局牵头，公安、市场监管配合: behind another body a name need not end like one.
    is_named = is_behind and (match["partner"] or match["share"])
    if not (is_body(who) or (is_named and not has_predicate(who))):
        return None
    return Part(piece.start, _role(match), Span(*match.span("who")))


def _labelled(text: str, piece: Span) -> Part | None:
    label = _LABEL.match(text, *piece)
    if label is None or label.end() >= piece.end:
        return None
    return Part(piece.start, _role(label), Span(label.end(), piece.end))


def _dated(text: str, piece: Span) -> Part | None:
    """Read 2025年6月底前完成, 长期坚持."""
    if _WITHOUT_END.fullmatch(text, *piece):
        return Part(piece.start, "time", piece)
    marked = _MARKED.match(text, *piece)
    found = [span.shift(piece.start) for span in iter_deadlines(piece.slice(text))]
    time = Span(*marked.span("time")) if marked else next(iter(found), None)
    if time is None or time.start > piece.start + 1:
        return None
    is_all = _DONE.fullmatch(text, time.end, piece.end) is not None
    return Part(piece.start, "time", time) if is_all else None


def _settle(
    parts: list[Part], names: Span, following: Part | None, spoken: Part | None
) -> bool:
    """Give a list of names to the part it belongs to; say whether there is one.

    甲局牵头，乙局、丙局，丁局配合 goes on with what follows; behind a lead alone the
    names share the work, behind any other part they are of its list.
    """
    if following and spoken:
        return spoken.role != "lead"
    if not parts or parts[-1].role in ("person", "time"):
        return False
    last = parts[-1]
    if last.role == "lead":
        parts.append(Part(names.start, "partner", names))
    else:
        parts[-1] = last._replace(value=_joined(last.value, names))
    return True


def _has_responsible(parts: list[Part]) -> bool:
    return any(part.role == "responsible" for part in parts)


def _joined(first: Span, last: Span) -> Span:
    return Span(first.start, last.end)
