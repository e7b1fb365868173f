// The editor: six fields, of which one takes what is selected; part of review.js.
"use strict";

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
    this.select();
  }

  select() {
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
