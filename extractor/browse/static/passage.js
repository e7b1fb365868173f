// Words of an item: places of the page and of the source, in characters.
// A browser drops the return before a line feed; the page says where.
"use strict";

const STOPS = /[，。；！？：,;!?\n]/;

class Passage {
  constructor(element) {
    this.element = element;
    this.marks = Array.from(element.textContent);
    this.first = Number(element.dataset.start);
    this.lost = (element.dataset.lost ?? "").split(" ").filter(Boolean).map(Number);
  }

  toSource(at) {
    return this.first + this.lost.reduce((place, lost) => place + (lost <= place), at);
  }

  fromSource(place) {
    const inside = place - this.first;
    return inside - this.lost.filter((lost) => lost < inside).length;
  }

  written([start, end]) {
    return `${this.toSource(start)}-${this.toSource(end - 1) + 1}`;
  }

  words([start, end]) {
    return this.marks.slice(start, end).join("");
  }

  index(node, offset) {
    const range = document.createRange();
    range.setStart(this.element, 0);
    range.setEnd(node, offset);
    return Array.from(range.toString()).length;
  }

  point(index) {
    const walker = document.createTreeWalker(this.element, NodeFilter.SHOW_TEXT);
    let left = this.marks.slice(0, index).join("").length;
    let node = walker.nextNode();
    while (node && left > node.data.length) {
      left -= node.data.length;
      node = walker.nextNode() ?? null;
    }
    return node ? [node, left] : [this.element, 0];
  }

  select([start, end]) {
    getSelection().setBaseAndExtent(...this.point(start), ...this.point(end));
  }

  selected() {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return null;
    const range = chosen.getRangeAt(0);
    if (!this.element.contains(range.startContainer)) return null;
    if (!this.element.contains(range.endContainer)) return null;
    const start = this.index(range.startContainer, range.startOffset);
    return [start, this.index(range.endContainer, range.endOffset)];
  }

  clauses() {
    const found = [];
    let start = 0;
    for (let at = 0; at <= this.marks.length; at += 1) {
      if (at < this.marks.length && !STOPS.test(this.marks[at])) continue;
      if (this.marks.slice(start, at).join("").trim()) found.push([start, at]);
      start = at + 1;
    }
    return found;
  }
}
