"""Word's XML: values of elements, and the text of a paragraph as accepted."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from lxml import etree

from extractor.documents.reading import raise_number

Element = Any
"""An element of lxml, which has no types."""

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS = {
    qn("w:tab"): "\t",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_OUT = {
    *map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:instrText", "w:rt")),
    *map(qn, ("w:delText", "w:object", "w:sdtPr")),
    _FALLBACK,  # what an older Word shows instead, said twice
}


def text_of(element: Element) -> tuple[str, list[Element]]:
    """Return the text of a paragraph as accepted, and its text boxes."""
    if element.tag in {qn("w:t"), _MATH}:
        return element.text or "", []
    if element.tag in _SIGNS:
        return _SIGNS[element.tag], []
    if element.tag == qn("w:txbxContent"):
        return "", [element]
    parts, boxes = [], []
    for child in element.iterchildren(etree.Element):
        if child.tag not in _OUT:
            text, inner = text_of(child)
            parts.append(text)
            boxes += inner
    text = "".join(parts)
    return (_as_shown(element, text) if element.tag == qn("w:r") else text), boxes


def _as_shown(run: Element, text: str) -> str:
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return text
    hidden = properties.find(qn("w:vanish"))
    if hidden is not None and hidden.get(qn("w:val")) not in {"0", "false"}:
        return ""
    position = properties.find(qn("w:vertAlign"))
    is_raised = position is not None and position.get(qn("w:val")) == "superscript"
    return raise_number(text) if is_raised else text


def value_of(element: Element | None, child: str) -> str | None:
    """Return the value that a child of an element says."""
    found = None if element is None else element.find(qn(child))
    value: str | None = None if found is None else found.get(qn("w:val"))
    return value


def by_id(root: Element | None, tag: str, name: str) -> dict[str, Element]:
    """Return the children of one kind by their identifier."""
    elements = () if root is None else root.iterchildren(qn(tag))
    return {element.get(qn(name)): element for element in elements}
