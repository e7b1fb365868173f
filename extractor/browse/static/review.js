// Review by keyboard: every key has a button or a form that does the same without script.
// What comes back from the server is HTML that its templates have escaped.
"use strict";

const desk = document.getElementById("review");
const told = document.getElementById("told");
const byDoubt = document.getElementById("by-doubt");
byDoubt.closest("label").hidden = false;

const tell = (words, isWrong = false) => {
  told.textContent = words;
  told.classList.toggle("is-wrong", isWrong);
};

// One after another, so that what is said last is stored last.
let last = Promise.resolve();
const send = (address, said) => {
  const body = new URLSearchParams(said);
  for (const name of ["csrftoken", "label"])
    if (desk.elements[name]) body.set(name, desk.elements[name].value);
  const asking = async () => {
    const response = await fetch(address, {
      method: "POST",
      body,
      headers: { accept: "application/json", "x-csrftoken": body.get("csrftoken") },
    });
    const isJson = response.headers.get("content-type")?.includes("json");
    const answer = isJson ? await response.json() : { error: await response.text() };
    if (!answer.ok) throw new Error([answer.zh, answer.error].filter(Boolean).join(" "));
    return answer;
  };
  last = last.then(asking, asking);
  return last;
};
const undoAddress = `${desk.getAttribute("action").replace(/\/[^/]*$/, "")}/undo`;

// Where the reviewer is: a record of a list, or an item as a whole.

let nowId = "";
let editor = null;

const isJudged = (card) => /\bis-(accept|correct|reject|add)\b/.test(card.className);
const items = () => [...document.querySelectorAll(".block.item")];
const records = () => {
  const found = [...document.querySelectorAll(".card[data-doubt]")];
  return byDoubt.checked
    ? found.sort((one, other) => one.dataset.doubt - other.dataset.doubt)
    : found;
};
const now = () => document.getElementById(nowId);
const itemOf = (element) => element?.closest(".block.item");

const go = (element, { isFocused = true } = {}) => {
  now()?.classList.remove("is-now");
  now()?.removeAttribute("aria-current");
  if (!element) return;
  nowId = element.id;
  element.classList.add("is-now");
  element.setAttribute("aria-current", "true");
  if (!isFocused) return;
  if (element.matches(".block")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  document.getElementById(nowId.replace("l-", "r-"))?.scrollIntoView({ block: "center" });
  element.scrollIntoView({ block: "nearest" });
};

const step = (list, by) => {
  const at = list.indexOf(now());
  const start = by > 0 ? 0 : list.length - 1;
  go(at < 0 ? list[start] : (list[at + by] ?? list[at]));
};

const stepRecord = (by) => {
  const list = records();
  const isFirst = !now();
  const left = isFirst && by > 0 ? list.find((card) => !isJudged(card)) : null;
  if (left) go(left);
  else step(list.length ? list : items(), by);
};

const stepItem = (by) => {
  const list = items();
  const here = itemOf(now());
  if (here) go(here, { isFocused: false });
  step(list, by);
};

const goOn = () => {
  const list = records();
  const at = list.indexOf(now());
  const ahead = [...list.slice(at + 1), ...list.slice(0, Math.max(at, 0))];
  const next = ahead.find((card) => !isJudged(card));
  if (next) go(next);
  else tell("全部看过了 All records are reviewed.");
};

// What the server says of an item now.

const show = (answer) => {
  const item = document.getElementById(`i-${answer.item}`);
  if (!item) return;
  const active = document.activeElement;
  const hadFocus = item.contains(active);
  // The answer of what was said before may come while the next record is corrected.
  const open = editor && item.contains(editor.element) ? editor : null;
  open?.element.remove();
  item.querySelector(".side").innerHTML = answer.html;
  if (open) {
    open.attach();
    if (open.element.contains(active)) active.focus({ preventScroll: true });
  }
  const here = now();
  if (here) go(here, { isFocused: hadFocus && !editor });
  const every = [...document.querySelectorAll(".card[data-doubt]")];
  document.getElementById("judged").textContent = every.filter(isJudged).length;
  document.getElementById("judged-of").textContent = every.length;
  document.getElementById("done").textContent = items().filter((one) =>
    one.querySelector(".said.v-done"),
  ).length;
};

const report = (error) => tell(error.message || String(error), true);

const judge = (verdict, subject) => {
  const card = document.getElementById(`l-${subject}`);
  card?.classList.add(`is-${verdict}`);
  send(desk.action, { [verdict]: subject })
    .then((answer) => {
      show(answer);
      const left = itemOf(now())?.querySelectorAll(".card").length;
      tell(left ? "" : "本条没有更多记录 No more records in this item.");
    })
    .catch((error) => {
      card?.classList.remove(`is-${verdict}`);
      report(error);
    });
};

const done = (item) =>
  send(desk.action, { done: item.id.slice(2) }).then((answer) => {
    show(answer);
    tell("本条已毕 Done with the item.");
    if (answer.is_hidden || desk.elements.label) go(document.getElementById(item.id));
    else goOn();
  }, report);

const undo = (review = "") =>
  send(undoAddress, { review, document: desk.elements.document.value }).then((answer) => {
    show(answer);
    tell("已撤销 Taken back.");
    go(document.getElementById(`l-${answer.subject}`) ?? document.getElementById(`i-${answer.item}`));
  }, report);

// Words of an item: places of the page and of the source, in characters.
// A browser drops the return before a line feed; the page says where.

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

// The editor: six fields, of which one takes what is selected.

class Editor {
  constructor(item, card, verdict) {
    this.card = card;
    this.item = item;
    this.verdict = verdict;
    this.passage = new Passage(item.querySelector(".text"));
    const template = document.getElementById(`${verdict}-editor`);
    this.element = template.content.cloneNode(true).firstElementChild;
    this.element.tabIndex = -1;
    this.subject = (card ?? item).id.slice(2);
    this.names = [...this.element.querySelectorAll("input[name$=_at]")].map((input) =>
      input.name.slice(0, -3),
    );
    this.places = Object.fromEntries(this.names.map((name) => [name, []]));
    this.isChanged = false;
    this.attach();
    if (card) this.fill(card);
    this.element.addEventListener("input", (event) => this.typed(event.target));
    this.element.addEventListener("focusin", (event) => {
      const at = this.names.indexOf(event.target.name);
      if (at >= 0) this.take(at, false);
    });
    this.take(Math.max(0, this.names.indexOf(card ? "target" : "action")));
    this.element.scrollIntoView({ block: "nearest" });
    this.read();
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

  fill(card) {
    const written = card.querySelectorAll(".said.v-correct > .says, .said.v-add > .says");
    const says = [...written].at(-1) ?? card.querySelector(".says");
    for (const name of this.names) {
      const quotes = [...says.querySelectorAll(`.f-${name}`)];
      this.input(name).value = quotes.map((quote) => quote.textContent).join("、");
      this.input(`${name}_at`).value = quotes.map((quote) => quote.dataset.at).join(",");
      this.places[name] = quotes.map((quote) =>
        quote.dataset.at.split("-").map((place) => this.passage.fromSource(Number(place))),
      );
    }
  }

  take(at, isFocused = true) {
    this.at = at;
    for (const row of this.element.querySelectorAll(".row")) row.classList.remove("is-on");
    this.input(this.name).closest(".row").classList.add("is-on");
    if (!isFocused) return;
    this.element.focus({ preventScroll: true });
    const place = this.places[this.name].at(-1);
    if (place) this.passage.select(place);
  }

  put(places) {
    const length = this.passage.marks.length;
    const fit = places
      .map(([start, end]) => [Math.max(0, start), Math.min(length, end)])
      .filter(([start, end]) => start < end);
    this.places[this.name] = fit;
    this.input(this.name).value = fit.map((place) => this.passage.words(place)).join("、");
    this.input(`${this.name}_at`).value = fit
      .map((place) => this.passage.written(place))
      .join(",");
    this.isChanged = true;
    if (fit.length) this.passage.select(fit.at(-1));
    this.read();
  }

  // The last place of the field, else the one taken last anywhere, else the clause.
  start() {
    const own = this.places[this.name].at(-1);
    if (own) return own;
    const others = this.names.flatMap((name) => this.places[name]);
    return others.length ? [others[0][0], others[0][0]] : [0, 0];
  }

  set(place) {
    this.put([...this.places[this.name].slice(0, -1), place]);
  }

  add(place) {
    this.put(this.name === "partners" ? [...this.places.partners, place] : [place]);
  }

  move(by, isStart) {
    let [start, end] = this.start();
    if (isStart) start += by;
    else end += by;
    if (start < end) this.set([start, end]);
    else if (by > 0) this.set([start, start + 1]);
  }

  clause(by) {
    const clauses = this.passage.clauses();
    const [start] = this.start();
    const hasOwn = this.places[this.name].length > 0;
    let at = clauses.findIndex(([, end]) => end > start);
    if (at < 0) at = clauses.length - 1;
    if (hasOwn) at += by;
    const place = clauses[Math.min(Math.max(at, 0), clauses.length - 1)];
    if (place) this.set(place);
  }

  typed(input) {
    if (!this.names.includes(input.name)) return;
    this.input(`${input.name}_at`).value = "";
    this.places[input.name] = [];
    this.isChanged = true;
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
    return said;
  }

  read() {
    clearTimeout(this.waiting);
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
    if (isNote && !this.input("note").value.trim()) return this.close();
    try {
      const answer = await send(desk.getAttribute("action"), this.said(isNote ? "note" : verdict));
      this.close();
      show(answer);
      tell("已保存 Saved.");
      const card = document.getElementById(`l-${answer.subject}`);
      go(card ?? this.item);
      if (this.card && !isNote) goOn();
    } catch (error) {
      this.element.querySelector(".wrong").textContent = error.message;
    }
  }

  close() {
    clearTimeout(this.waiting);
    this.element.remove();
    editor = null;
    getSelection().removeAllRanges();
    go(now());
  }

  key(event) {
    const isTyping = event.target.matches("input, textarea");
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.target.matches("button, a")) this.save();
    else if (isTyping) return false;
    else if (/^[1-6]$/.test(event.key)) this.take(Number(event.key) - 1);
    else if (event.key === "ArrowRight") this.move(1, event.shiftKey);
    else if (event.key === "ArrowLeft") this.move(-1, event.shiftKey);
    else if (event.key === "ArrowDown") this.clause(1);
    else if (event.key === "ArrowUp") this.clause(-1);
    else if (event.key === "Backspace" || event.key === "Delete") this.put([]);
    else if (event.key === "n") this.input("note").focus();
    else if (event.key === "," && this.name === "partners") {
      const [, end] = this.start();
      this.put([...this.places.partners, [end, end + 1]]);
    } else return false;
    return true;
  }
}

const correct = (card, isNote = false) => {
  if (!card) return;
  go(card);
  editor = new Editor(itemOf(card), card, "correct");
  if (isNote) editor.input("note").focus();
};

const add = (item) => {
  if (!item) return;
  if (itemOf(now()) !== item) go(item);
  editor = new Editor(item, null, "add");
};

document.addEventListener("pointerup", () => {
  const place = editor?.passage.selected();
  if (place) editor.add(place);
});

// Keys, off while something is typed.

const ownCard = () => (now()?.matches(".card") ? now() : null);
const KEYS = {
  j: () => stepRecord(1),
  k: () => stepRecord(-1),
  J: () => stepItem(1),
  K: () => stepItem(-1),
  a: () => ownCard() && (judge("accept", nowId.slice(2)), goOn()),
  x: () => ownCard() && (judge("reject", nowId.slice(2)), goOn()),
  e: () => correct(ownCard()),
  n: () => correct(ownCard(), true),
  m: () => add(itemOf(now()) ?? items()[0]),
  d: () => itemOf(now()) && done(itemOf(now())),
  u: () => undo(),
  o: () => byDoubt.click(),
  "?": () => {
    const keys = document.getElementById("keys");
    keys.open = !keys.open;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (editor) {
    if (editor.key(event)) event.preventDefault();
    return;
  }
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// The same by buttons.

desk.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (!button) return;
  if (editor?.element.contains(button)) editor.save(button.value);
  else if (button.name === "review") undo(button.value);
  else if (button.name === "done") done(itemOf(button));
  else {
    go(button.closest(".card"));
    judge(button.name, button.value);
    goOn();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.edit, a.cancel");
  if (link?.matches(".cancel") && editor?.element.contains(link)) {
    event.preventDefault();
    editor.close();
  } else if (link?.matches(".edit")) {
    event.preventDefault();
    editor?.close();
    const card = link.closest(".card");
    if (card) correct(card);
    else add(itemOf(link));
  } else if (!editor && !event.target.closest("a, button, input, summary")) {
    const card = event.target.closest(".card[data-doubt]");
    if (card) go(card);
  }
});

const opened = /^#[rl]-([0-9a-f]{16})$/.exec(location.hash)?.[1];
if (opened) go(document.getElementById(`l-${opened}`), { isFocused: false });
