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
  // `taken` are the numbers and clauses of the records beside the one in question.
  constructor(passage, marks, taken) {
    this.passage = passage;
    this.taken = taken;
    this.marks = {};
    for (const [kind, places] of Object.entries(marks))
      this.marks[kind] = places.map((place) => place.map((at) => passage.fromSource(at)));
    const { clause, ...marked } = this.marks;
    passage.mark(Object.values(marked).flat());
  }

  of(kind) {
    return this.marks[kind] ?? [];
  }

  unused(kind = "number") {
    return this.of(kind).filter((one) => !this.taken[kind].some((place) => overlap(one, place)));
  }

  // The clauses that a missed record may stand in: where a number is in none, then those
  // without a record that have a verb. `turn` counts them in a circle; nothing where
  // there is none.
  missed(turn = 0) {
    const atNumbers = this.unused().map(([at]) => this.passage.clauseAt(at));
    const open = this.unused("clause").filter((clause) =>
      this.of("verb").some((verb) => overlap(verb, clause)),
    );
    const found = [...new Map([...atNumbers, ...open].map((one) => [one[0], one])).values()];
    return found[turn % found.length];
  }

  // What may be chosen for a field, in reading order.
  stops(name, clause, places) {
    if (name === "object") return this.gaps(clause, places.action.at(-1));
    return this.of(KIND_OF[name]);
  }

  // Where the words of a field that is empty most likely begin, and what they are.
  first(name, clause, places) {
    const inClause = (marks) => marks.find((one) => overlap(one, clause));
    const stops = this.stops(name, clause, places);
    const verb = name === "object" ? places.action.at(-1) : null;
    const start = verb ? verb[1] : clause[0];
    const nowhere = [start, start];
    if (name === "object") return stops[0] ?? nowhere;
    if (name === "action") {
      const hasNumber = ([, end]) => this.of("number").some(([at]) => at === end);
      return inClause(stops.filter(hasNumber)) ?? inClause(stops) ?? nowhere;
    }
    if (name === "target") return inClause(this.unused()) ?? inClause(stops) ?? nowhere;
    // A time or a body may govern from another clause; a body has one part in a record.
    const named = [...places.actor, ...places.partners];
    const free = stops.filter((one) => !named.some((own) => overlap(one, own)));
    return inClause(free) ?? free[0] ?? nowhere;
  }

  // What is left of a clause behind its verb, without numbers, times and bodies, then what
  // is in front of it: 覆盖率达82%.
  gaps(clause, verb) {
    const [start, end] = verb && !overlap(verb, clause) ? this.passage.clauseAt(verb[0]) : clause;
    if (!verb) return this.between(start, end);
    return [...this.between(verb[1], end), ...this.between(start, verb[0]).reverse()];
  }

  between(from, end) {
    let at = from;
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
