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
  if (answer.text) item.querySelector(".text").innerHTML = answer.text;
  if (open) {
    open.attach();
    if (open.element.contains(active)) active.focus({ preventScroll: true });
    if (answer.text) open.select();
  }
  const here = now();
  if (here) go(here, { isFocused: hadFocus && !editor });
  const every = [...document.querySelectorAll(".card[data-doubt]")];
  document.getElementById("judged").textContent = every.filter(isJudged).length;
  document.getElementById("judged-of").textContent = every.length;
  document.getElementById("reviewed").textContent =
    document.querySelectorAll(".of-item[data-reviewed]").length;
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

// Of whom it was said how many records are left; saying it again accepts them.
let warned = "";

const done = (item, withRest = false) => {
  const isLabelling = Boolean(desk.elements.label);
  const left = [...item.querySelectorAll(".card")].filter((card) => !isJudged(card)).length;
  if (left && !isLabelling && !withRest && warned !== item.id) {
    warned = item.id;
    tell(
      `本条目还有 ${left} 条未判：再按 d 即全部认可 ` +
        `${left} records of the item are not judged: d again accepts them.`,
    );
    return;
  }
  warned = "";
  send(desk.action, { [left && !isLabelling ? "rest" : "done"]: item.id.slice(2) }).then(
    (answer) => {
      show(answer);
      tell("本条已毕 Done with the item.");
      if (answer.is_hidden || isLabelling) go(document.getElementById(item.id));
      else goOn();
    },
    report,
  );
};

const undo = (review = "") =>
  send(undoAddress, { review, document: desk.elements.document.value }).then((answer) => {
    show(answer);
    tell("已撤销 Taken back.");
    go(document.getElementById(`l-${answer.subject}`) ?? document.getElementById(`i-${answer.item}`));
  }, report);

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
  if (event.key !== "d") warned = "";
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
  else if (button.name === "rest") done(itemOf(button), true);
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
