// Words of an item: places of the page and of the source, in characters.
// A browser drops the return before a line feed; the page says where.
"use strict";

const STOPS = /[，。；！？：,;!?\n]/;
// Quotation marks and brackets stay with their words.
const SEPARATES = /[\s，。；！？：、,;!?:]/;
const RUNS = /\p{N}+|\p{Script=Latin}+|\p{P}+|\s+|./gu;
const SEGMENTER =
  "Segmenter" in Intl ? new Intl.Segmenter("zh", { granularity: "word" }) : null;

const counted = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

class Passage {
  constructor(element) {
    this.element = element;
    this.marks = Array.from(element.textContent);
    this.first = Number(element.dataset.start);
    // What the rules see in it: numbers, times, bodies, verbs.
    this.marked = [];
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

  // Where a group of words may begin or end: at punctuation, and at what is marked.
  borders() {
    if (this.cuts) return this.cuts;
    const inside = this.inside();
    const atMark = new Set(this.marked.flat());
    const isMark = (at) => at < 0 || at >= this.marks.length || SEPARATES.test(this.marks[at]);
    const found = counted(0, this.marks.length + 1).map((at) => ({
      at,
      // Whether words may begin here, whether they may end here.
      ends: [
        !isMark(at) && (isMark(at - 1) || atMark.has(at)),
        !isMark(at - 1) && (isMark(at) || atMark.has(at)),
      ],
    }));
    this.cuts = found.filter(({ at, ends }) => !inside.has(at) && (ends[0] || ends[1]));
    return this.cuts;
  }

  mark(places) {
    this.marked = places;
    this.edges = this.cuts = undefined;
  }

  // The next place between two words; what is marked is one word.
  edge(at, by) {
    this.edges ??= this.between();
    const found = by > 0 ? this.edges.find((edge) => edge > at) : this.edges.findLast((edge) => edge < at);
    return found ?? at;
  }

  // Places within what is marked, where no word ends.
  inside() {
    return new Set(this.marked.flatMap(([start, end]) => counted(start + 1, end)));
  }

  between() {
    const text = this.marks.join("");
    const words = SEGMENTER
      ? Array.from(SEGMENTER.segment(text), (word) => word.segment)
      : text.match(RUNS) ?? [];
    let at = 0;
    const edges = [0, ...words.map((word) => (at += Array.from(word).length))];
    const inside = this.inside();
    const all = new Set([...edges, ...this.marked.flat()].filter((edge) => !inside.has(edge)));
    return [...all].sort((one, other) => one - other);
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
