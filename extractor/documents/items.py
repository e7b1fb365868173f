"""Document to items: the work points, each with its label, headings and span."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, zip_longest
from statistics import mean
from typing import NamedTuple

from extractor.core.garbage import no_collection
from extractor.core.lines import Line, Lines, split_lines
from extractor.core.records import Document, Item
from extractor.core.spans import Span
from extractor.documents.outline import (
    Node,
    body_spans,
    build_outline,
    heading_text,
    is_heading,
)
from extractor.documents.points import MAX_TITLE, SECOND_LINE, Point, items_of
from extractor.documents.rest import Rest, Stretches, promising, rest_of
from extractor.documents.retrospect import (
    Reason,
    excluded_nodes,
    looking_back,
    reason_to_leave_out,
    states_goals,
)
from extractor.documents.task_tables import Table, find_tables
from extractor.language.labels import Rank, find_label

MIN_INTRO = 8
"""Letters of prose under a heading from which it is a point of its own."""
MIN_PARAGRAPH = 30
LONG_SUBPOINT = 120
"""Mean letters from which (1), ① and bullets under a numbered point are points."""
SHORT_SUBPOINT = 30

_CLOSING = re.compile(
    "各位代表|同志们|各位委员|特此|联系人|请各|以上(?:工作|任务)|"
    "本(?:方案|要点|计划|清单)(?:自|由)|附(?:件|[:：])|新征程|让我们|"
    "各(?:单位|地|县|区|部门|科室|处室|级|牵头|责任|有关|镇|街道)[^。]{0,40}(?:要|应|须|请)"
)
_ADDRESS = re.compile("(?:各位代表|同志们|各位委员|朋友们)[！!，,]")
_KEYWORD = re.compile("关键词\\s*[:：].{1,40}$")
_NOTE = re.compile(
    "[（(【\\[〔]?(?:责任|牵头|配合|承办|协办|主办|完成时|时限|分管|联系领导)"
)
_SENTENCE_END = re.compile("[。！？]")
_CLOSED = re.compile("[。！？；;!?…]['\"”’」』》）)】\\]]*$|[）)】〕]$")


class Split(NamedTuple):
    """A document's text, all of it: items, and the rest with its reasons."""

    items: tuple[Item, ...]
    rest: tuple[Rest, ...]
    """The lines of the cleaned text that are in no item, in order."""


def split_items(document: Document) -> tuple[Item, ...]:
    """Split a document into its work points; () when it has none."""
    return split(document).items


@no_collection()
def split(document: Document) -> Split:
    """Split a document into its work points and the rest."""
    points, rest = _points_and_rest(document)
    return Split(tuple(items_of(document, points)), tuple(rest))


def _points_and_rest(document: Document) -> tuple[list[Point], list[Rest]]:
    text = document.clean
    lines = Lines(text)
    labels = [find_label(words) for words in lines.texts()]
    back = looking_back(lines, labels, document.plan_year)
    tables = find_tables(text)
    found: list[Point] = []
    body = body_spans(lines, labels)
    reviews: list[tuple[Span, Reason]] = [(span, "review") for span in back]
    past = Stretches(reviews)
    headed: list[tuple[Span, Reason]] = []
    for span in body:
        part = lines.between(*span)
        outline = build_outline(lines.part(part), labels[part], span.end)
        headed += excluded_nodes(text, outline)
        if _is_numbered(outline) or _is_one_point(text, outline):
            found += _numbered_points(text, outline)
        else:
            found += _headed_points(text, span, (), _title_lines(document))
    trimmed = (point.trimmed(text) for point in _beside(found, tables))
    points = sorted(
        point
        for point in trimmed
        if point and past.at(Span(point.start, point.start + 1)) is None
    )
    left_out = (reviews, headed)
    rest = rest_of(text, [point.span for point in points], body, left_out)
    more = promising(text, rest, document.plan_year) if points else ()
    if added := [Point(*span, 0, ()) for span in more]:
        points = sorted([*points, *added])
        rest = rest_of(text, [point.span for point in points], body, left_out)
    return points, rest


def _beside(points: Iterable[Point], tables: Sequence[Table]) -> Iterator[Point]:
    """Yield the rows of tables, and of the other points what is in no table."""
    for table in tables:
        for row in table.rows:
            above = (row.section,) if row.section else ()
            yield Point(*row.span, row.label_length, above, row.cells)
    ends = [table.span.end for table in tables]
    for point in points:
        behind = bisect_right(ends, point.start)
        start = tables[behind].span.start if behind < len(tables) else point.end
        if point.end <= start:
            yield point
        elif point.start < start:
            yield point._replace(end=start)


def _is_numbered(outline: list[Node]) -> bool:
    """Say whether labels carry the text: at least two points, bullets three."""
    nodes = list(_walk(outline))
    main = [n for n in nodes if n.label and n.rank < Rank.DIGITS_IN_BRACKETS]
    return len(main) >= 2 or len([n for n in nodes if n.label]) >= 3


def _is_one_point(text: str, outline: list[Node]) -> bool:
    """Say whether a text is one labelled point, under a title or words to whom."""
    main = [node for node in _walk(outline) if node.rank < Rank.DIGITS_IN_BRACKETS]
    if not main or main[0].label is None:
        return False
    above = [line.text for line in split_lines(text, 0, main[0].start)]
    if above and above[-1].endswith(("：", ":")):
        return True
    return not any(len(line) > MAX_TITLE or "。" in line for line in above)


def _walk(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _numbered_points(text: str, outline: list[Node]) -> list[Point]:
    """Return the points of an outline, or of the outlines of several documents.

    A top-level label that begins again opens another document: the last point before
    it ends like the last one of all.
    """
    points: list[Point] = []
    first = 0
    for node, after in zip_longest(outline, outline[1:]):
        points += _points_of(text, node, ())
        if len(points) > first and (after is None or _begins_again(node, after)):
            points[-1] = _without_closing(text, points[-1], points[first:-1])
            first = len(points)
    return points


def _begins_again(node: Node, after: Node) -> bool:
    label, other = node.label, after.label
    if label is None or other is None or label.rank is not other.rank:
        return False
    return label.value > 1 and other.value == 1


def _points_of(text: str, node: Node, headings: tuple[Span, ...]) -> Iterator[Point]:
    """Yield the points of a subtree, in order."""
    heading = heading_text(text, node)
    name = text[node.body_start(text) : heading.end]
    if reason := reason_to_leave_out(name):
        goals = (child for child in node.children if states_goals(text, child))
        for child in goals if reason == "preamble" else ():
            yield from _points_of(text, child, (*headings, heading))
        return
    label_length = node.label.length if node.label else 0
    if not node.children:
        if _is_section(text, node, heading):
            inner = Span(heading.end, node.end)
            yield from _headed_points(text, inner, (*headings, heading), set())
        elif node.label and len(name) >= 2:
            yield Point(node.start, node.end, label_length, headings)
        return
    if node.label and _absorbs(text, node, heading):
        yield Point(node.start, node.stop, label_length, headings)
        return
    intro = text[heading.end : node.end].strip()
    if node.label and len(intro) >= MIN_INTRO and _SENTENCE_END.search(intro):
        yield Point(node.start, node.end, label_length, headings)
    for child in node.children:
        yield from _points_of(text, child, (*headings, heading))


def _absorbs(text: str, node: Node, heading: Span) -> bool:
    """Say whether the sub-points of a node are parts of it, not points themselves."""
    if node.rank < Rank.NUMERAL_IN_BRACKETS:
        return False
    own = text[node.start : node.end].strip()
    size = mean(len(text[n.start : n.stop].strip()) for n in node.children)
    announces = own.endswith(("：", ":")) and len(own) > heading.end - node.start
    is_deep = node.children[0].rank >= Rank.DIGITS_IN_BRACKETS - 1
    return (announces and size < SHORT_SUBPOINT) or (is_deep and size < LONG_SUBPOINT)


def _is_section(text: str, node: Node, heading: Span) -> bool:
    """Say whether a top-level point is a bare heading over several paragraphs."""
    if node.rank > Rank.NUMERAL:
        return False
    if _CLOSED.search(heading.slice(text)):
        return False
    paragraphs = [
        line.text
        for line in split_lines(text, heading.end, node.end)
        if len(line.text) >= MIN_PARAGRAPH and not _NOTE.match(line.text)
    ]
    return len(paragraphs) >= 2 and mean(map(len, paragraphs)) >= 2 * MIN_PARAGRAPH


def _without_closing(text: str, last: Point, others: list[Point]) -> Point:
    """Leave the closing words of the document out of its last point.

    Where no other point has a second paragraph, neither has the last one.
    """
    further = [*_paragraphs(text, last)]
    if not further:
        return last
    first_line = text[last.start : last.end].partition("\n")[0].strip()
    siblings = [point for point in others if point.headings == last.headings]
    single = (
        len(siblings) >= 2
        and not any(any(_paragraphs(text, point)) for point in siblings)
        and _CLOSED.search(first_line) is not None
    )
    for line in further:
        if single or _CLOSING.match(line.text):
            return last._replace(end=line.start)
    return last


def _paragraphs(text: str, point: Point) -> Iterator[Line]:
    """Yield the further paragraphs of a point, responsibility notes left aside."""
    if not SECOND_LINE.search(text, point.start, point.end):
        return
    lines = split_lines(text, point.start, point.end)
    for before, line in pairwise(lines):
        is_prose = len(line.text) >= 6 and not _NOTE.match(line.text)
        is_first = before is lines[0] and not _CLOSED.search(before.text)
        closed = _CLOSED.search(before.text) or _NOTE.match(before.text)
        if is_prose and closed and not is_first:
            yield line


def _title_lines(document: Document) -> set[str]:
    """Return the cleaned lines that print the document's title."""
    if not document.title:
        return set()
    start = document.source.find(document.title)
    if start < 0:
        return {document.title}
    span = document.offsets.to_clean(Span(start, start + len(document.title)))
    return {span.slice(document.clean)} if span else set()


def _headed_points(
    text: str, span: Span, headings: tuple[Span, ...], titles: set[str]
) -> list[Point]:
    """Return the paragraphs under unnumbered headings, one point each.

    Without any heading, paragraphs that open with a title sentence are the points.
    """
    lines = [line for line in split_lines(text, *span) if line.text not in titles]
    kinds = [_kind(line, lines[at + 1 : at + 2]) for at, line in enumerate(lines)]
    if any(_KEYWORD.match(line.text) for line in lines):
        kinds = [
            "rest" if kind == "heading" and not _KEYWORD.match(line.text) else kind
            for kind, line in zip(kinds, lines, strict=True)
        ]
    points: list[Point] = []
    heading: Span | None = None
    is_open = bool(headings)
    for index, line in enumerate(lines):
        if kinds[index] == "heading":
            heading = Span(line.text_start, line.text_end)
            is_open = reason_to_leave_out(line.text) is None
        elif kinds[index] == "paragraph" and is_open:
            after = kinds[index + 1] if index + 1 < len(kinds) else "end"
            if _ADDRESS.match(line.text) and after in {"heading", "end"}:
                # Words to the assembly that lead in or close.
                continue
            path = (*headings, heading) if heading else headings
            points.append(Point(line.text_start, line.text_end, 0, path))
        elif is_open and points and kinds[index] == "rest":
            points[-1] = points[-1]._replace(end=line.text_end)
    return points or _titled_paragraphs(lines)


def _kind(line: Line, after: list[Line]) -> str:
    """Tell a heading, a paragraph, and the rest that belongs to the one above."""
    text = line.text
    opens = bool(after) and len(after[0].text) >= MIN_PARAGRAPH
    if _KEYWORD.match(text):
        return "heading"
    if is_heading(text, may_name_body=True) and opens:
        return "heading"
    if _NOTE.match(text) or len(text) < MIN_PARAGRAPH:
        return "rest"
    return "paragraph"


def _titled_paragraphs(lines: list[Line]) -> list[Point]:
    """Return paragraphs that open with a title sentence, if there are several."""
    titled = [
        line
        for line in lines
        if len(line.text) >= MIN_PARAGRAPH
        and re.match("[^。，；：]{4,30}。\\S", line.text)
        and not _ADDRESS.match(line.text)
    ]
    if len(titled) < 2:
        return []
    return [Point(line.text_start, line.text_end, 0, ()) for line in titled]
