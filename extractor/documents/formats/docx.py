"""Word documents: the text as accepted, with the numbers that Word makes itself.

Insertions are in, deletions are out; headers, footers, footnotes and comments are parts
of their own and stay there.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from extractor.core.errors import DocumentError
from extractor.documents.archives import check_package, damaged
from extractor.documents.formats.numbering import Numbering
from extractor.documents.formats.runs import Element, text_of
from extractor.documents.reading import Reading, Writer, one_line

MAX_COLUMNS = 63  # as Word has it


def read_docx(content: bytes, name: str) -> Reading:
    """Read a Word document; macros and linked files are not looked at.

    Raises:
        DocumentError: it is damaged, or too large to be a plan.
    """
    size = check_package(content, name)
    try:
        document = docx.Document(io.BytesIO(content))
        part = document.part
        lists = [
            related.target_part
            for related in part.rels.values()
            if related.reltype == RELATIONSHIP_TYPE.NUMBERING
        ]
        numbering = Numbering(
            lists[0].element if lists else None,
            document.styles.element,
        )
        writer = Writer(name, size)
        _Body(writer, numbering).write(document.element.body)
    except DocumentError:
        raise
    except Exception as error:
        # The library believes what it opens: a damaged file fails anywhere in it.
        raise damaged(name, "a Word document") from error
    return writer.reading("docx")


class _Body:
    """Write paragraphs and tables in their order, and count them."""

    def __init__(self, writer: Writer, numbering: Numbering) -> None:
        self._writer = writer
        self._numbering = numbering
        self._paragraphs = self._tables = 0
        self._carried = ""

    def write(self, parent: Element) -> None:
        """Write the blocks of an element."""
        for block in _blocks(parent):
            if block.tag == qn("w:tbl"):
                self._tables += 1
                self._write_table(block, f"table {self._tables}")
            else:
                self._paragraphs += 1
                for text in self._texts(block):
                    self._writer.put(text, f"paragraph {self._paragraphs}")
                    self._writer.end_paragraph()

    def _texts(self, paragraph: Element) -> Iterator[str]:
        """Yield a paragraph's text with its number, then those of its text boxes."""
        properties = paragraph.find(qn("w:pPr"))
        text, boxes = text_of(paragraph)
        mark = None if properties is None else properties.find(qn("w:rPr"))
        if mark is not None and mark.find(qn("w:del")) is not None:
            self._carried += text  # goes on in the next paragraph
        elif not _is_contents(properties):
            number = self._numbering.next_marker(properties)
            text, self._carried = self._carried + text, ""
            yield number + text if text.strip() else ""
        for box in boxes:
            for inner in _blocks(box):
                yield from self._texts(inner) if inner.tag == qn("w:p") else ()

    def _write_table(self, table: Element, name: str) -> None:
        above: dict[int, str] = {}
        for number, row in enumerate(table.iterchildren(qn("w:tr")), start=1):
            marked = row.find(qn("w:trPr"))
            if marked is not None and marked.find(qn("w:del")) is not None:
                continue
            cells = list(_inside(row, "w:tc"))
            if len(cells) == 1:  # a box around text
                self.write(cells[0])
                continue
            made: dict[int, str] = {}
            column = 0
            for cell in cells:
                is_merged, width = _merging(cell)
                made[column] = above.get(column, "") if is_merged else self._cell(cell)
                column += width
            above = made
            texts = (made.get(at, "") for at in range(column))
            self._writer.put_row((text, f"{name}, row {number}") for text in texts)

    def _cell(self, cell: Element) -> str:
        texts = (
            text
            for paragraph in cell.iter(qn("w:p"))
            for text in self._texts(paragraph)
        )
        return one_line(" ".join(texts))


def _blocks(parent: Element) -> Iterator[Element]:
    return _inside(parent, "w:p", "w:tbl")


def _inside(parent: Element, *names: str) -> Iterator[Element]:
    """Yield children of these names, also those that a frame or a mark wraps."""
    wanted = tuple(map(qn, names))
    wraps = tuple(
        map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml"))
    )
    for child in parent.iterchildren():
        if child.tag in wanted:
            yield child
        elif child.tag in wraps:
            yield from _inside(child, *names)


def _is_contents(properties: Element | None) -> bool:
    """Say whether a paragraph is a line of the table of contents that Word makes."""
    style = None if properties is None else properties.find(qn("w:pStyle"))
    return style is not None and style.get(qn("w:val"), "").upper().startswith("TOC")


def _merging(cell: Element) -> tuple[bool, int]:
    """Return whether a cell goes on from the row above, and its columns."""
    properties = cell.find(qn("w:tcPr"))
    if properties is None:
        return False, 1
    merge, span = properties.find(qn("w:vMerge")), properties.find(qn("w:gridSpan"))
    is_merged = merge is not None and merge.get(qn("w:val"), "continue") != "restart"
    width = 1 if span is None else int(span.get(qn("w:val"), 1))
    return is_merged, min(width, MAX_COLUMNS)
