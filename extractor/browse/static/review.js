// Review by keyboard: every key has a button or a form that does the same without script.
// What comes back from the server is HTML that its templates have escaped.
"use strict";

const desk = document.getElementById("review");
const told = document.getElementById("told");
const bar = told.parentElement;

const tell = (words, isWrong = false) => {
  told.textContent = words;
  told.classList.toggle("is-wrong", isWrong);
};

// What is scrolled to stays clear of the bar, however many lines it has.
new ResizeObserver(() =>
  document.documentElement.style.setProperty("--bar-height", `${bar.offsetHeight}px`),
).observe(bar);

const ask = async (address, said) => {
  const body = new URLSearchParams(said);
  for (const name of ["csrftoken", "label"])
    if (desk.elements[name]) body.set(name, desk.elements[name].value);
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

// One after another, so that what is said last is stored last.
let last = Promise.resolve();
const send = (address, said) => {
  const asking = () => ask(address, said);
  last = last.then(asking, asking);
  return last;
};
const here = desk.getAttribute("action");
const undoAddress = `${here.replace(/\/[^/]*$/, "")}/undo`;

// What the rules see in an item, asked once; without it one selects by hand.
const asked = new Map();
const marksOf = (item) => {
  const id = item.id.slice(2);
  if (!asked.has(id))
    asked.set(id, ask(`${here}/marks`, { item: id }).then((answer) => answer.marks, () => ({})));
  return asked.get(id);
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
  const hasUnusedOpen = item.querySelector(".unused")?.open;
  item.querySelector(".side").innerHTML = answer.html;
  if (hasUnusedOpen && item.querySelector(".unused")) item.querySelector(".unused").open = true;
  if (answer.text) item.querySelector(".text").innerHTML = answer.text;
  if (open) {
    open.attach();
    if (open.element.contains(active)) active.focus({ preventScroll: true });
    if (answer.text) open.select();
  }
  const place = now();
  if (place) {
    place.classList.add("is-now");
    place.setAttribute("aria-current", "true");
    if (hadFocus && !editor) place.focus({ preventScroll: true });
  }
  settle(item);
  count();
  keepInSight();
};

// The item of which it was said how many records are left; saying it again accepts them.
let warned = "";
// An item that the last verdict on the one before led to: `d` was not meant for it.
let arrived = "";
// How many reviews the last key has stored; the next `u` takes all of them back.
let together = 0;

const report = (error) => tell(error.message || String(error), true);

// `becomes` is the verdict that the record has then.
const judge = (verdict, subject, becomes = verdict) => {
  const card = document.getElementById(`l-${subject}`);
  card?.classList.add(`is-${becomes}`);
  together = 0;
  send(here, { [verdict]: subject })
    .then((answer) => {
      show(answer);
      if (end() && !warned) tell(ended);
    })
    .catch((error) => {
      card?.classList.remove(`is-${becomes}`);
      report(error);
    });
};

// On to what is left; an item with numbers in no record is not left before one has looked.
const onward = (item) => {
  const unused = item.querySelector(".unused");
  if (left(item).length || !unused || !isOpen(item)) return goOn();
  unused.open = true;
  go(item, { isByItself: true });
  const numbers = [...unused.querySelectorAll(".left")].map((one) => one.textContent);
  tell(
    `${numbers.join("、")} 未入表：m 补，d 已毕 in no record: m adds one, d is done with the item.`,
  );
};

// What the reader says who was not followed: their verb and object, or that it is none.
const takeOther = () => {
  const other = ownCard()?.querySelector("button.other");
  if (!other)
    return tell("规则与模型在这里没有分歧 Rules and model do not differ here.");
  const taken = other.textContent.trim().replace(/^⇄\s*/, "");
  judgeOwn("other", other.dataset.verdict);
  if (other.dataset.verdict === "correct")
    tell(`已取 taken: ${taken}；数字、期限不变 number and time stay.`);
};

// The page of a record, beside this one.
const details = () => {
  const link = ownCard()?.querySelector("a.more");
  if (link) open(link.href, "_blank", "noopener");
};

const done = (item, withRest = false) => {
  const isLabelling = Boolean(desk.elements.label);
  const unjudged = isLabelling ? 0 : left(item).length;
  if (!isLabelling && !withRest && arrived === item.id) {
    arrived = "";
    tell(
      "前一条目已全部判完，不必按 d；这是下一条目 " +
        "The item before is done, as all its records are judged; this is the next one.",
    );
    return;
  }
  if (unjudged && !withRest && warned !== item.id) {
    warned = item.id;
    tell(
      `本条目还有 ${unjudged} 条未判：再按 d 即全部认可 ` +
        `${unjudged} records of the item are not judged: d again accepts them.`,
    );
    return;
  }
  warned = "";
  const doubtful = left(item).filter((card) => card.matches(".is-doubtful")).length;
  together = unjudged + 1;
  send(here, { [unjudged ? "rest" : "done"]: item.id.slice(2) }).then((answer) => {
    show(answer);
    const [zh, en] = doubtful ? [`（存疑 ${doubtful} 条）`, `, ${doubtful} of them in doubt`] : ["", ""];
    const rest =
      unjudged &&
      `认可其余 ${unjudged} 条${zh}，u 可一并撤销 ${unjudged} accepted${en}; u takes all of them back.`;
    tell([rest, end()].filter(Boolean).join(" ") || "本条已毕 Done with the item.");
    if (answer.is_hidden || isLabelling) go(document.getElementById(item.id));
    else goOn();
  }, (error) => {
    together = 0;
    report(error);
  });
};

const undo = async (review = "") => {
  const times = review ? 1 : Math.max(1, together);
  together = 0;
  const said = { review, document: desk.elements.document.value };
  const asking = Array.from({ length: times }, () => send(undoAddress, said));
  try {
    for (const one of asking.slice(0, -1)) await one;
    const answer = await asking.at(-1);
    show(answer);
    tell(times > 1 ? `已撤销 ${times - 1} 条 Taken back: ${times - 1} records.` : "已撤销 Taken back.");
    go(document.getElementById(`l-${answer.subject}`) ?? document.getElementById(`i-${answer.item}`));
  } catch (error) {
    report(error);
  }
};

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
const begin = () => {
  stepRecord(1);
  tell("从这一条开始 Begin here: a accepts, x rejects, e corrects, ? shows all keys.");
};
const judgeOwn = (verdict, becomes) => {
  if (!now()) return begin();
  if (!ownCard()) return;
  const item = itemOf(now());
  judge(verdict, nowId.slice(2), becomes);
  onward(item);
  const isNext = itemOf(now()) !== item && !left(item).length;
  arrived = isNext ? itemOf(now()).id : "";
};
// The number of a record, digit by digit.
const DIGITS_MS = 1500;
let digits = "";
let lastDigit = 0;
const goToNumber = (digit, at) => {
  digits = at - lastDigit < DIGITS_MS ? digits + digit : digit;
  lastDigit = at;
  const mark = document.querySelector(`.side .n[data-n="${digits}"]`);
  if (mark) go(mark.closest(".card"));
  else tell(`没有第 ${digits} 号承诺 There is no record ${digits}.`);
};
const KEYS = {
  j: () => stepRecord(1),
  k: () => stepRecord(-1),
  J: () => stepItem(1),
  K: () => stepItem(-1),
  a: () => judgeOwn("accept"),
  x: () => judgeOwn("reject"),
  r: () => (now() ? takeOther() : begin()),
  e: () => (now() ? correct(ownCard()) : begin()),
  n: () => correct(ownCard(), true),
  m: () => add(itemOf(now()) ?? items()[0]),
  d: () => (now() ? done(itemOf(now())) : begin()),
  A: () => (now() ? done(itemOf(now()), true) : begin()),
  h: nextHard,
  i: details,
  w: () => nextToLookAt(),
  u: () => undo(),
  o: () => byDoubt.click(),
  "?": () => {
    const keys = document.getElementById("keys");
    keys.open = !keys.open;
  },
};
KEYS["？"] = KEYS["?"];

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.isComposing) return;
  if (editor) {
    if (told.textContent !== ended && event.key.length === 1) tell(ended);
    if (editor.key(event)) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.altKey) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  if (event.key === "Escape") document.getElementById("keys").open = false;
  const isDigit = /^[0-9]$/.test(event.key);
  const act = isDigit ? () => goToNumber(event.key, event.timeStamp) : KEYS[event.key];
  if (event.key !== "d") warned = arrived = "";
  if (!act) return;
  // What was told of the key before is no longer so.
  if (event.key !== "d" && told.textContent !== ended) tell(ended);
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
    const item = itemOf(button);
    go(button.closest(".card"));
    judge(button.name, button.value, button.dataset.verdict);
    onward(item);
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

// Of who has not said their name yet.
const nameField = document.querySelector("#reviewer[autofocus]");
// Shown when the keys are listened to.
bar.hidden = false;
byDoubt.closest("label").hidden = false;
tell(end() || (nameField ? "" : "j 开始，? 看按键 j begins, ? lists the keys."));
for (const item of items()) if (item.querySelector(".card.is-reject")) settle(item);
// A link to the desk takes the focus from the field that would have it, once all is there.
const typeName = () => setTimeout(() => nameField?.focus({ preventScroll: true }));
if (document.readyState === "complete") typeName();
else addEventListener("load", typeName);
const opened = /^#[rl]-([0-9a-f]{16})$/.exec(location.hash)?.[1];
if (opened) go(document.getElementById(`l-${opened}`), { isFocused: false });
