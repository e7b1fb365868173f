"""Cleaned text to an outline: which lines carry labels, and what stands under what.

Positions in this module index the cleaned text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.core.lines import Lines
from extractor.core.spans import Span, trim
from extractor.language.bodies import endings
from extractor.language.labels import (
    INLINE_START,
    Label,
    Rank,
    find_label,
    find_next_label,
)

MAX_HEADING = 40
MAX_LABEL = 60
"""Characters of a line in which a label is looked for."""
MAX_SHORT = 999
"""Largest number that is a label without those before it."""
MAX_SKIPPED = 3
"""Numbers that a sequence may skip: scraped plans lose points."""
FLAT_LINE = 300
"""Characters from which a line may hold a whole outline whose breaks were lost."""

_CLOSED = re.compile("[。！？；;!?…]['\"”’」』》）)】\\]]*$")
_ENDS_SENTENCE = re.compile("[。！？；;!?，,、：:]['\"”’」』]*$")
_MIDLINE = re.compile(f"[。；;！)）][ \t\u3000]*(?={INLINE_START})")
_MIDLINE_FLAT = re.compile(
    f"[。；;！：:\\s）)](?={INLINE_START})"
    "|(?<![。；;！：:\\s）)])(?=[（(][一二三四五六七八九十]{1,3}[)）])"
)
_SPEAKS = re.compile("[。！？]")
_FIGURES = re.compile("[0-9０-９\\s年月日底前.%~—-]+")
_BREAK = re.compile("[\r\n\v\f\x85\u2028\u2029]")
_FIRST_SENTENCE = re.compile("[^。！？]{1,60}[。！？]")
_IN_BRACKETS = re.compile("[（(][一二三四五六七八九十]{1,3}[)）]")
_GLUED = re.compile("([0-9]{1,3})[.．](?=[0-9])")
_INLINE_RANKS = frozenset({Rank.NUMERAL, Rank.NUMERAL_IN_BRACKETS, Rank.DIGITS})
_NOTE = re.compile(
    "[（(【\\[〔]?(?:责任|牵头|配合|承办|协办|主办|完成时[限间]|时限|分管|联系)"
)
# 建设和美乡村 and 做强企业 are headings, though bodies end so, too.
_ORGANISATION = re.compile(f"(?:{endings('organ', 'section')}|中心|公司|[镇乡区县])$")
_GLOSSARY = re.compile(
    "[【\\[（(]?(?:附(?:件|录|注)?\\s*[0-9一二三四五]*\\s*[:：.、]?\\s*)?.{0,20}"
    "(?:名词(?:解释|注释|术语|说明)|术语解释|有关用语说明|缩略语)[】\\]）)]?[:：]?"
)
_ANNEX = re.compile("附(?:件|表|录|图)?\\s*[0-9一二三四五六]*\\s*(?:[:：.、].*)?")
_TASK_TITLE = re.compile(
    "工作要点|任务|工作清单|项目清单|实事|重点工作|工作计划|工作方案"
)
_TASK_LIST = re.compile("任务|清单|实事|计划|方案|安排|分工|台账|要点|项目")
_CONTENT = re.compile(".{8,}[，。；：｜\t].*")


@dataclass(slots=True)
class Node:
    """A labelled point or a heading with what stands under it."""

    rank: float
    label: Label | None
    start: int
    end: int
    """End of the node's own text, before its first child."""
    children: list[Node] = field(default_factory=list)
    heading: Span | None = None
    """What `heading_text` found."""

    @property
    def stop(self) -> int:
        """Return the end of the whole subtree."""
        return self.children[-1].stop if self.children else self.end

    def body_start(self, text: str) -> int:
        """Return where the words after the label begin."""
        start = self.start + (self.label.length if self.label else 0)
        while start < self.end and text[start].isspace():
            start += 1
        return start


def body_spans(lines: Lines, labels: Sequence[Label | None]) -> list[Span]:
    """Return the parts of a text that may hold points: not glossaries and annexes."""
    spans: list[Span] = []
    start: int | None = 0
    has_points = False
    for index, line in enumerate(lines):
        if start is None:
            if _ANNEX.fullmatch(line.text) and _opens_tasks(lines, index):
                start = line.stop
        elif len(line.text) <= 30 and _GLOSSARY.fullmatch(line.text):
            spans.append(Span(start, line.start))
            start = None
        elif has_points and len(line.text) <= 80 and _ANNEX.fullmatch(line.text):
            spans.append(Span(start, line.start))
            start = line.stop if _opens_tasks(lines, index) else None
        # A cover letter is not numbered: its 附件 line announces the plan itself.
        has_points = (
            has_points
            or labels[index] is not None
            or len(lines) - index < 2
            or (start is not None and _is_paragraph(line.text))
        )
    if start is not None:
        spans.append(Span(start, len(lines.text)))
    return [span for span in spans if span.end > span.start]


def _opens_tasks(lines: Lines, index: int) -> bool:
    """Say whether an annex is itself a plan: its title says so, prose follows."""
    named = re.search("[:：]\\s*(\\S.*)", lines[index].text)
    if named:
        # 附件：任务清单 lists what is attached, unless the list begins right behind it.
        behind = lines[index + 1].text if index + 1 < len(lines) else ""
        label = find_label(behind)
        if _TASK_TITLE.search(named[1]) and label:
            return True
        is_list = find_label(named[1]) is None and _TASK_LIST.search(named[1])
        rest = behind[label.length :] if label else behind
        return bool(is_list and ("\t" in behind or _CONTENT.fullmatch(rest)))
    title = lines[index + 1 : index + 4]
    return any(len(line.text) <= 50 and _TASK_TITLE.search(line.text) for line in title)


def _is_paragraph(text: str) -> bool:
    return len(text) >= 60 and "。" in text


def build_outline(lines: Lines, labels: Sequence[Label | None], end: int) -> list[Node]:
    """Return the labelled points of lines up to an end, nested by their labels.

    Args:
        lines: the lines.
        labels: what each begins with.
        end: where the last point ends.
    """
    roots: list[Node] = []
    open_nodes: list[Node] = []
    for node in _flat_nodes(_Sequence(lines, labels), end):
        while open_nodes and open_nodes[-1].rank >= node.rank:
            open_nodes.pop()
        (open_nodes[-1].children if open_nodes else roots).append(node)
        open_nodes.append(node)
    return roots


def _flat_nodes(sequence: _Sequence, end: int) -> list[Node]:
    """Return the points and headings in order, each up to the next one's start."""
    lines = sequence.lines
    nodes: list[Node] = []
    for index in range(len(lines)):
        nodes += sequence.nodes_of(index)
    _add_headings(nodes, lines)
    nodes.sort(key=lambda node: node.start)
    for node, after in pairwise(nodes):
        node.end = after.start
    if nodes:
        nodes[-1].end = end
    return nodes


class _Sequence:
    """Reads the labels of lines in order and refuses numbers that count nothing."""

    def __init__(self, lines: Lines, labels: Sequence[Label | None]) -> None:
        self.lines = lines
        self.labels = list(labels)
        self.last: dict[Rank, int] = {}
        self._keep_weak_sequences()
        self._split_glued_numbers()
        self.lines_of: defaultdict[Rank, list[int]] = defaultdict(list)
        for index, label in enumerate(self.labels):
            if label:
                self.lines_of[label.rank].append(index)
        strong = sum(map(len, self.lines_of.values()))
        self.is_flat = strong < 4 and any(
            len(words) >= FLAT_LINE for words in lines.texts()
        )

    def _keep_weak_sequences(self) -> None:
        """Drop bare numbers unless at least three count on from one another."""
        weak = [i for i, label in enumerate(self.labels) if label and label.is_weak]
        values = [self._value(index) for index in weak]
        steps = sum(b == a + 1 for a, b in pairwise(values))
        if len(weak) >= 3 and steps >= 0.6 * (len(weak) - 1):
            return
        for index in weak:
            self.labels[index] = None

    def _split_glued_numbers(self) -> None:
        """Read 12.365便民行动 as point 12 where the points around it say so.

        Alone it is a decimal: it has to count on from the number before, and the one
        behind from it, or begin again.
        """
        numbers: list[tuple[int, Label, bool]] = []
        pairs = zip(self.lines.texts(), self.labels, strict=True)
        for at, (words, label) in enumerate(pairs):
            if label and label.rank is Rank.DIGITS:
                numbers.append((at, label, False))
            elif found := _GLUED.match(words):
                glued = Label(Rank.DIGITS, int(found[1]), found.end())
                numbers.append((at, glued, True))
        behind = 1
        values_behind = []
        for _, label, _ in reversed(numbers):
            values_behind.append(behind)
            behind = label.value or behind
        before = 0
        for (at, label, is_glued), behind in zip(
            numbers, reversed(values_behind), strict=True
        ):
            value = label.value
            follows = 0 < before < value <= before + 1 + MAX_SKIPPED
            goes_on = value <= behind <= value + 1 + MAX_SKIPPED or behind == 1
            if not is_glued or (follows and goes_on):
                self.labels[at] = label
                before = value

    def _value(self, index: int) -> int:
        label = self.labels[index]
        return label.value if label else -1

    def nodes_of(self, index: int) -> Iterator[Node]:
        """Yield the points that begin in one line, in order."""
        line = self.lines[index]
        label = self.labels[index]
        last = self.last.get(Rank.DIGITS, 0)
        if label is None and last >= MAX_SHORT:
            label = find_next_label(line.text, last + 1)
        position = 0
        if label and self._is_next(label, index):
            yield self._node(label, line.text_start)
            position = label.length
        elif label:
            self.labels[index] = None
        yield from self._inline(index, position)

    def _node(self, label: Label, start: int) -> Node:
        self.last[label.rank] = label.value
        # Deeper levels keep their numbers: points may run on across headings.
        return Node(float(label.rank), label, start, start)

    def _is_next(self, label: Label, index: int) -> bool:
        """Say whether a line's label counts, or is a number inside wrapped prose."""
        if label.rank is Rank.BULLET or index == 0:
            return True
        before = self.lines.words(index - 1)
        last = self.last.get(label.rank, 0)
        in_order = label.value == 1 or last < label.value <= last + MAX_SKIPPED
        wrapped = len(before) >= 20 and not _ENDS_SENTENCE.search(before)
        return in_order or not (wrapped or before[-1] in "，,、的和与至约达")

    def _inline(self, index: int, position: int) -> Iterator[Node]:
        """Yield points that share a line with what precedes them."""
        line = self.lines[index]
        is_flat = self.is_flat and len(line.text) >= FLAT_LINE
        is_fused = len(_IN_BRACKETS.findall(line.text, position)) >= 2
        pattern = _MIDLINE_FLAT if is_flat or is_fused else _MIDLINE
        for found in pattern.finditer(line.text, max(position - 1, 0)):
            at = found.end()
            if at <= position:
                continue
            label = self._label_at(line.text, at)
            if label is None or label.is_weak or label.rank not in _INLINE_RANKS:
                continue
            last = self.last.get(label.rank)
            follows = last is not None and label.value == last + 1
            opens = label.value == 1 and (
                is_flat
                or (is_fused and label.rank is Rank.NUMERAL_IN_BRACKETS)
                or self._value_behind(index, label.rank) == 2
            )
            if follows or opens:
                yield self._node(label, line.text_start + at)

    def _label_at(self, words: str, at: int) -> Label | None:
        """Return the label at a place of a line, glued to its text or not."""
        found = _GLUED.match(words, at)
        if found and int(found[1]) == self.last.get(Rank.DIGITS, 0) + 1:
            return Label(Rank.DIGITS, int(found[1]), found.end() - at)
        return find_label(words[at : at + MAX_LABEL])

    def _value_behind(self, index: int, rank: Rank) -> int | None:
        """Return the number of the next line that has a label of a rank."""
        lines = self.lines_of[rank]
        behind = bisect_right(lines, index)
        return self._value(lines[behind]) if behind < len(lines) else None


def _add_headings(nodes: list[Node], lines: Lines) -> None:
    """Add unnumbered headings: short open lines right in front of a point."""
    starts = {node.start: node for node in nodes}
    if not nodes or sum(map(len, lines.texts())) < 30 * len(lines) // 2:
        # Most lines are short: the cells of a flattened table look like headings.
        return
    for index, (line, after) in enumerate(pairwise(lines)):
        point = starts.get(after.text_start)
        if point is None or line.text_start in starts or not is_heading(line.text):
            continue
        before = lines.words(index - 1) if index else ""
        has_points_above = line.start > nodes[0].start
        if has_points_above and not (_CLOSED.search(before) or _NOTE.match(before)):
            continue
        if not has_points_above and not _repeats_later(nodes, lines, index):
            # What stands above the first point is the document's own title.
            continue
        nodes.append(Node(point.rank - 0.5, None, line.text_start, line.text_end))


def _repeats_later(nodes: list[Node], lines: Lines, index: int) -> bool:
    """Say whether headings like the one above the first point come again."""
    starts = {node.start for node in nodes}
    later = pairwise(lines[at] for at in range(index + 1, len(lines)))
    return bool(
        not re.search("[0-9]{4}|工作要点|报告|通知", lines[index].text)
    ) and any(
        after.text_start in starts
        and line.text_start not in starts
        and is_heading(line.text)
        for line, after in later
    )


def is_heading(text: str, *, may_name_body: bool = False) -> bool:
    """Say whether an unnumbered line can be a heading: short, open, no note.

    Args:
        text: the line.
        may_name_body: let it end like the name of a public body (建设…政府).
    """
    if not 2 <= len(text) <= MAX_HEADING:
        return False
    names_body = _ORGANISATION.search(text) and not text.startswith("关键词")
    return (
        not _ENDS_SENTENCE.search(text)
        and not _NOTE.match(text)
        and not (names_body and not may_name_body)
        and not _SPEAKS.search(text)
        and not _FIGURES.fullmatch(text)
        and not text.startswith(("（", "(", "—"))
    )


def heading_text(text: str, node: Node) -> Span:
    """Return the heading of a node: its first line, or its first sentence."""
    if node.heading is None:
        node.heading = _find_heading(text, node)
    return node.heading


def _find_heading(text: str, node: Node) -> Span:
    start = node.body_start(text)
    line_end = _BREAK.search(text, start, node.end)
    end = line_end.start() if line_end else node.end
    sentence = _FIRST_SENTENCE.match(text, start, end)
    if sentence:
        end = sentence.end()
    return Span(node.start, trim(text, Span(start, end)).end)
