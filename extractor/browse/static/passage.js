// Words of an item: places of the page and of the source, in characters.
// A browser drops the return before a line feed; the page says where.
"use strict";

const STOPS = /[，。；！？：,;!?\n]/;
const RUNS = /\p{N}+|\p{Script=Latin}+|\p{P}+|\s+|./gu;
const SEGMENTER =
  "Segmenter" in Intl ? new Intl.Segmenter("zh", { granularity: "word" }) : null;

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
    this.show([start, end]);
  }

  range([start, end]) {
    const range = document.createRange();
    range.setStart(...this.point(start));
    range.setEnd(...this.point(end));
    return range;
  }

  // Long items scroll in a box of their own.
  show(place) {
    const words = this.range(place).getBoundingClientRect();
    const box = this.element.getBoundingClientRect();
    if (words.top < box.top || words.bottom > box.bottom)
      this.element.scrollTop += words.top - box.top - box.height / 2;
  }

  // Words that may be meant, marked without being chosen.
  hint(place) {
    if (!("highlights" in CSS)) return;
    if (place && place[0] < place[1]) CSS.highlights.set("likely", new Highlight(this.range(place)));
    else CSS.highlights.delete("likely");
  }

  // The next place between two words.
  edge(at, by) {
    this.edges ??= this.between();
    const found = by > 0 ? this.edges.find((edge) => edge > at) : this.edges.findLast((edge) => edge < at);
    return found ?? at;
  }

  between() {
    const text = this.marks.join("");
    const words = SEGMENTER
      ? Array.from(SEGMENTER.segment(text), (word) => word.segment)
      : text.match(RUNS) ?? [];
    let at = 0;
    return [0, ...words.map((word) => (at += Array.from(word).length))];
  }

  // The clause that a place stands in.
  clauseAt(at) {
    const clauses = this.clauses();
    return clauses.find(([, end]) => end > at) ?? clauses.at(-1) ?? [0, this.marks.length];
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
