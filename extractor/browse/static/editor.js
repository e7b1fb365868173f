// The editor: six fields, of which one takes what is selected; part of review.js.
"use strict";

const IS_MAC = /Mac/.test(navigator.platform);
// What a Chinese keyboard types for the keys that are listed.
const SAME_KEY = {
  "【": "[", "「": "[", "】": "]", "」": "]", "，": ",", "－": "-", "＝": "=", "＋": "+",
  "＿": "_", "—": "_", "——": "_", "　": " ",
};

const IS_JUMP = /^[[\],\-=_+ ]$/;
const IS_MOVE = /^(Arrow.*|Home|End)$/;

const placesOf = (written, passage) =>
  written.split("-").map((place) => passage.fromSource(Number(place)));

// What a card says now: what a reviewer wrote last, else what was read.
const saysOf = (card) =>
  [...card.querySelectorAll(".said.v-correct > .says, .said.v-add > .says")].at(-1) ??
  card.querySelector(".says");

class Editor {
  constructor(item, card, verdict) {
    this.card = card;
    this.item = item;
    this.verdict = verdict;
    this.passage = new Passage(item.querySelector(".text"));
    const template = document.getElementById(`${verdict}-editor`);
    this.element = template.content.cloneNode(true).firstElementChild;
    this.element.tabIndex = -1;
    // Where one was when one saw that a record is missed.
    this.from = card ? "" : nowId;
    this.subject = (card ?? item).id.slice(2);
    this.names = [...this.element.querySelectorAll("input[name$=_at]")].map((input) =>
      input.name.slice(0, -3),
    );
    this.places = Object.fromEntries(this.names.map((name) => [name, []]));
    this.isChanged = false;
    this.likely = null;
    // Which missed record is proposed, and the fields that have what was proposed.
    this.turn = 0;
    this.proposed = new Set();
    this.pending = [];
    this.attach();
    if (card) this.fill(saysOf(card));
    this.element.addEventListener("input", (event) => this.typed(event.target));
    this.element.addEventListener("focusin", (event) => {
      const at = this.names.indexOf(event.target.name);
      if (at >= 0) this.take(at, false);
    });
    this.take(this.names.indexOf(this.firstField()));
    this.read();
    marksOf(item).then((marks) => this.begin(marks));
  }

  // The keys pressed before the marks of the item came are pressed now.
  begin(marks) {
    if (editor !== this) return;
    const others = [...this.item.querySelectorAll(".card:not(.is-reject)")].filter(
      (card) => card.id !== this.card?.id,
    );
    const placed = (field) =>
      others
        .flatMap((card) => [...saysOf(card).querySelectorAll(`.f-${field}`)])
        .map((quote) => placesOf(quote.dataset.at, this.passage));
    const taken = {
      number: placed("target"),
      // Where a record was read, and where a reviewer put it.
      clause: [
        ...others.map((card) => placesOf(card.dataset.clause, this.passage)),
        ...["action", "object", "target"].flatMap(placed),
      ],
    };
    this.likely = new Likely(this.passage, marks, taken);
    for (const act of this.pending.splice(0)) act();
    if (editor === this) this.hint();
  }

  // Where the record is in doubt; else its object, which is most often wrong.
  firstField() {
    const inDoubt = this.card?.dataset.field;
    if (this.names.includes(inDoubt)) return inDoubt;
    return this.places.object.length && this.places.action.length ? "object" : "action";
  }

  attach() {
    const card = this.card && document.getElementById(`l-${this.subject}`);
    (card ?? this.item.querySelector(".side")).append(this.element);
  }

  input(name) {
    return this.element.querySelector(`[name="${name}"]`);
  }

  get name() {
    return this.names[this.at];
  }

  fill(says) {
    for (const name of this.names) {
      const quotes = [...says.querySelectorAll(`.f-${name}`)];
      this.input(name).value = quotes.map((quote) => quote.textContent).join("、");
      this.input(`${name}_at`).value = quotes.map((quote) => quote.dataset.at).join(",");
      this.places[name] = quotes.map((quote) => placesOf(quote.dataset.at, this.passage));
    }
    this.input("comparator").value = says.dataset.comparator ?? "";
  }

  take(at, isFocused = true) {
    this.at = at;
    for (const row of this.element.querySelectorAll(".row")) row.classList.remove("is-on");
    this.input(this.name).closest(".row").classList.add("is-on");
    this.hint();
    if (!isFocused) return;
    this.element.focus({ preventScroll: true });
    this.select();
    keepInSight();
  }

  select() {
    const place = this.places[this.name].at(-1);
    if (place) this.passage.select(place);
    else getSelection().removeAllRanges();
  }

  // Say what an empty field most likely has; `]` takes it.
  hint() {
    for (const name of this.names) this.input(name).placeholder = "";
    const place = this.likely && !this.places[this.name].length ? this.first() : null;
    this.passage.hint(place);
    if (!place || place[0] === place[1]) return;
    this.input(this.name).placeholder = `]  ${this.passage.words(place)}`;
    this.passage.show(place);
  }

  put(places) {
    this.proposed.delete(this.name);
    this.write(this.name, places);
    this.hint();
    this.select();
    this.read();
  }

  write(name, places) {
    const length = this.passage.marks.length;
    const fit = places
      .map(([start, end]) => [Math.max(0, start), Math.min(length, end)])
      .filter(([start, end]) => start < end);
    this.places[name] = fit;
    this.input(name).value = fit.map((place) => this.passage.words(place)).join("、");
    this.input(`${name}_at`).value = fit.map((place) => this.passage.written(place)).join(",");
    this.isChanged = true;
  }

  // The clause in question: the record's own, that of what is chosen, a missed one's.
  get clause() {
    const own = this.card?.dataset.clause;
    if (own) return placesOf(own, this.passage);
    const chosen = this.names.flatMap((name) => this.places[name]);
    if (chosen.length) return this.passage.clauseAt(chosen[0][0]);
    return this.likely?.missed(this.turn) ?? this.passage.clauseAt(0);
  }

  first() {
    return this.likely.first(this.name, this.clause, this.places);
  }

  // The last place of the field, else where its words most likely begin.
  start() {
    const own = this.places[this.name].at(-1);
    if (own) return own;
    const [at] = this.first();
    return [at, at];
  }

  set(place) {
    this.put([...this.places[this.name].slice(0, -1), place]);
  }

  add(place) {
    // What is selected already is no new choice wherever the mouse is let go.
    if (String(this.places[this.name].at(-1)) === String(place)) return;
    this.put(this.name === "partners" ? [...this.places.partners, place] : [place]);
  }

  move(by, isStart, byWord) {
    const to = (at) => (byWord ? this.passage.edge(at, by) : at + by);
    let [start, end] = this.start();
    if (isStart) start = to(start);
    else end = to(end);
    if (start < end) this.set([start, end]);
    else if (by > 0) this.set([start, byWord ? this.passage.edge(start, 1) : start + 1]);
  }

  // To the next mark that fits the field; of an empty one first to the likely one.
  jump(by) {
    const own = this.places[this.name].at(-1);
    const stops = this.likely.stops(this.name, this.clause, this.places);
    const [at, end] = own ?? this.start();
    const likely = own ? null : this.first();
    const isAhead = ([start, stop]) => start > at || (start === at && stop > end);
    let to;
    const turn = stops.findIndex((stop) => String(stop) === String(own));
    // Candidates of an object begin with the likely one.
    if (this.name === "object" && turn >= 0) to = stops.at((turn + by) % stops.length);
    else if (by < 0) to = stops.findLast(([start]) => start < at);
    else if (likely && likely[0] < likely[1]) to = likely;
    else to = stops.find(isAhead);
    to ??= by < 0 ? stops.at(-1) : stops[0];
    if (!to || String(to) === String(own))
      return this.missing("没有别的候选，↓ 取小句", "nothing else is likely; ↓ takes a clause");
    this.set(to);
    if (this.name === "action" && this.proposed.has("object")) this.propose("object");
  }

  // Let a field have its likely words, where they are certain to be the record's.
  propose(name) {
    this.write(name, []);
    const place = this.likely.first(name, this.clause, this.places);
    const isCertain =
      (name !== "deadline" || overlap(place, this.clause)) &&
      (name !== "target" || this.likely.unused().some((one) => overlap(one, place)));
    if (place[0] >= place[1] || !isCertain) return;
    this.write(name, [place]);
    this.proposed.add(name);
    this.select();
    this.read();
  }

  // An end to the border before or behind it: of a word group, number, time, body or verb.
  // `isShorter` takes words away at that end, else they are added there.
  border(isShorter, isStart) {
    const [start, end] = this.start();
    const borders = this.passage.borders();
    const isInside = (at) => !isShorter || (at > start && at < end);
    const isAhead = isShorter === isStart;
    const from = isStart ? start : end;
    const fits = ({ at, ends }) => isInside(at) && ends[isStart ? 0 : 1];
    const to = isAhead
      ? borders.find((one) => one.at > from && fits(one))
      : borders.findLast((one) => one.at < from && fits(one));
    if (to) this.set(isStart ? [to.at, end] : [start, to.at]);
    else this.missing("那边没有别的界，← → 逐字", "no other border there; ← → go by character");
  }

  // Say of the field at hand why a key does nothing.
  missing(zh, en) {
    const [field] = this.input(this.name).labels;
    const name = (lang) => field.querySelector(`[lang="${lang}"]`).textContent;
    tell(`“${name("zh")}”：${zh} “${name("en")}”: ${en}.`);
  }

  // What is empty of the record takes the likely words; of a missed one, again: those of
  // the next place where one may be missed.
  takeLikely() {
    const names = ["action", "object", "target", ...(this.card ? [] : ["deadline"])];
    const isEmpty = this.names.every((name) => !this.places[name].length);
    if (!this.card && isEmpty && !this.likely.missed())
      return tell("看不出漏读之处，↓ 取小句 Every number and clause has a record; ↓ takes a clause.");
    if (!this.card && this.proposed.size) {
      for (const name of this.names) this.write(name, []);
      this.proposed.clear();
      this.turn += 1;
    }
    const before = String(this.names.map((name) => this.places[name]));
    for (const name of names) if (!this.places[name].length) this.propose(name);
    if (String(this.names.map((name) => this.places[name])) === before)
      tell("这个小句里没有可补的 The clause has nothing more for what is empty.");
    this.take(this.names.indexOf("object"));
    this.read();
  }

  // To a border of the clause.
  widen(isStart) {
    const [start, end] = this.start();
    const place = isStart
      ? [this.passage.clauseAt(start)[0], end]
      : [start, this.passage.clauseAt(Math.max(start, end - 1))[1]];
    if (place[0] < place[1]) this.set(place);
  }

  // To the clause before, or the next one.
  stepClause(by) {
    const clauses = this.passage.clauses();
    const [start] = this.start();
    const hasOwn = this.places[this.name].length > 0;
    let at = clauses.findIndex(([, end]) => end > start);
    if (at < 0) at = clauses.length - 1;
    if (hasOwn) at += by;
    const place = clauses[Math.min(Math.max(at, 0), clauses.length - 1)];
    if (place) this.set(place);
  }

  compare() {
    const select = this.input("comparator");
    select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
    this.isChanged = true;
    this.read();
  }

  typed(input) {
    if (input.name === "comparator") this.isChanged = true;
    else if (this.names.includes(input.name)) {
      this.input(`${input.name}_at`).value = "";
      this.places[input.name] = [];
      this.isChanged = true;
    } else return;
    this.read();
  }

  said(verdict) {
    const said = { verdict, [this.card ? "record" : "item"]: this.subject };
    const note = this.input("note").value.trim();
    if (note) said.note = note;
    if (verdict === "note") return said;
    for (const name of this.names) {
      said[name] = this.input(name).value;
      said[`${name}_at`] = this.input(`${name}_at`).value;
    }
    said.comparator = this.input("comparator").value;
    return said;
  }

  read() {
    clearTimeout(this.waiting);
    if (!this.names.some((name) => this.input(name).value.trim())) return this.tell({}, "");
    this.waiting = setTimeout(async () => {
      const asked = this.said(this.verdict);
      try {
        this.tell(await send(`${desk.getAttribute("action")}/reading`, asked), "");
      } catch (error) {
        this.tell({}, this.isChanged ? error.message : "");
      }
    }, 120);
  }

  tell(answer, wrong) {
    this.element.querySelector(".wrong").textContent = wrong;
    for (const output of this.element.querySelectorAll("output")) {
      const unread = answer.unread?.[output.dataset.of];
      output.classList.toggle("is-unread", Boolean(unread));
      const shown = answer.shown?.[output.dataset.of] ?? "";
      output.textContent = unread ? `${unread.zh} ${unread.en}` : shown && `= ${shown}`;
    }
  }

  async save(verdict = this.verdict) {
    const isNote = verdict === "correct" && !this.isChanged;
    if (isNote && !this.input("note").value.trim()) {
      this.close();
      tell("没有改动，也没有判 Nothing was changed, nor judged; a accepts.");
      return;
    }
    together = 0;
    try {
      const answer = await send(desk.getAttribute("action"), this.said(isNote ? "note" : verdict));
      this.close();
      show(answer);
      tell(end() || "已保存 Saved.");
      const from = document.getElementById(this.from);
      if (from?.matches(".card") && !isJudged(from)) return go(from);
      go(document.getElementById(`l-${answer.subject}`) ?? this.item, { isByItself: !this.card });
      if (!isNote && !desk.elements.label) onward(this.item);
    } catch (error) {
      this.element.querySelector(".wrong").textContent = error.message;
    }
  }

  close() {
    clearTimeout(this.waiting);
    this.element.remove();
    this.passage.hint(null);
    editor = null;
    getSelection().removeAllRanges();
    go(now());
  }

  // What a key does, nothing for others; by word is with Ctrl, on a Mac with Alt.
  action(event) {
    const byWord = IS_MAC ? event.altKey && !event.ctrlKey : event.ctrlKey && !event.altKey;
    const isTyping = event.target.matches("input, textarea, select");
    const key = SAME_KEY[event.key] ?? event.key;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, "]": 1, "[": -1 }[key];
    if (event.ctrlKey || event.altKey) {
      const isArrow = key === "ArrowRight" || key === "ArrowLeft";
      return byWord && isArrow && !isTyping && (() => this.move(by, event.shiftKey, true));
    }
    if (key === "Escape") return () => this.close();
    if (key === "Enter") return !event.target.matches("button, a, select") && (() => this.save());
    if (isTyping) return null;
    if (/^[1-6]$/.test(key)) return () => this.take(Number(key) - 1);
    switch (key) {
      case "ArrowRight":
      case "ArrowLeft":
        return () => this.move(by, event.shiftKey, false);
      case "ArrowDown":
      case "ArrowUp":
        return () => this.stepClause(by);
      case "]":
      case "[":
        return () => this.jump(by);
      case "-":
      case "=":
      case "_":
      case "+":
        return () => this.border(key === "-" || key === "_", key === "_" || key === "+");
      case " ":
        return !event.target.matches("button, a") && (() => this.takeLikely());
      case "Home":
      case "End":
        return () => this.widen(key === "Home");
      case "Backspace":
      case "Delete":
        return () => this.put([]);
      case "c":
        return () => this.compare();
      case "n":
        return () => this.input("note").focus();
      case ",":
        return this.name === "partners" && (() => this.another());
      default:
        return null;
    }
  }

  // One more body that shares the work: the likely one, else what comes next.
  another() {
    const place = this.first();
    const [, end] = this.start();
    this.put([...this.places.partners, place[0] < place[1] ? place : [end, end + 1]]);
  }

  // What begins at a mark waits for the marks, and what is pressed then waits, too.
  key(event) {
    const act = this.action(event);
    if (!act) return false;
    const isEmpty = !this.places[this.name].length;
    const needsMarks = IS_JUMP.test(SAME_KEY[event.key] ?? event.key) || (isEmpty && IS_MOVE.test(event.key));
    const waits = this.pending.length || needsMarks;
    if (this.likely || event.key === "Escape" || !waits) act();
    else this.pending.push(act);
    return true;
  }
}
