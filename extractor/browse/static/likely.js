// Likely: where the answer to a field most likely stands; part of editor.js.
// The server says what the rules see in an item: its numbers, times, bodies and verbs.
"use strict";

const KIND_OF = {
  actor: "body",
  partners: "body",
  action: "verb",
  target: "number",
  deadline: "time",
};

const overlap = ([start, end], [from, to]) => start < to && from < end;

class Likely {
  // `used` are numbers that records have.
  constructor(passage, marks, used) {
    this.passage = passage;
    this.used = used;
    this.marks = {};
    for (const [kind, places] of Object.entries(marks))
      this.marks[kind] = places.map((place) => place.map((at) => passage.fromSource(at)));
    passage.mark(Object.values(this.marks).flat());
  }

  of(kind) {
    return this.marks[kind] ?? [];
  }

  unused() {
    return this.of("number").filter((one) => !this.used.some((place) => overlap(one, place)));
  }

  // The clause of a record that nobody has read: where a number is in no record.
  missed() {
    return this.passage.clauseAt(this.unused()[0]?.[0] ?? 0);
  }

  // What may be chosen for a field, in reading order.
  stops(name, clause, places) {
    return name === "object" ? this.gaps(clause, places.action.at(-1)) : this.of(KIND_OF[name]);
  }

  // Where the words of a field that is empty most likely begin, and what they are.
  first(name, clause, places) {
    const inClause = (marks) => marks.find((one) => overlap(one, clause));
    const stops = this.stops(name, clause, places);
    const verb = name === "object" ? places.action.at(-1) : null;
    const start = verb ? verb[1] : clause[0];
    const nowhere = [start, start];
    if (name === "object") return stops[0] ?? nowhere;
    if (name === "action") return inClause(stops) ?? nowhere;
    if (name === "target") return inClause(this.unused()) ?? inClause(stops) ?? nowhere;
    // A time or a body may govern from another clause; a body has one part in a record.
    const named = [...places.actor, ...places.partners];
    const free = stops.filter((one) => !named.some((own) => overlap(one, own)));
    return inClause(free) ?? free[0] ?? nowhere;
  }

  // What is left of a clause behind its verb, without numbers, times and bodies.
  gaps(clause, verb) {
    const [, end] = verb && !overlap(verb, clause) ? this.passage.clauseAt(verb[0]) : clause;
    let at = verb ? verb[1] : clause[0];
    const taken = [...this.of("number"), ...this.of("time"), ...this.of("body")]
      .filter((one) => one[1] > at && one[0] < end)
      .sort((one, other) => one[0] - other[0]);
    const found = [];
    for (const [start, stop] of [...taken, [end, end]]) {
      if (start - at > 1 && this.passage.words([at, start]).trim()) found.push([at, start]);
      at = Math.max(at, stop);
    }
    return found;
  }
}
