// Walking: where the reviewer is in the plan, and where they go next; part of review.js.
"use strict";

const byDoubt = document.getElementById("by-doubt");
const onlyDoubts = document.getElementById("only-doubts");

const NO_DOUBT = 99;
const isJudged = (card) => /\bis-(accept|correct|reject|add)\b/.test(card.className);
const items = () => [...document.querySelectorAll(".block.item")];
const cardsOf = (element) => [...element.querySelectorAll(".card[data-doubt]")];
const left = (element) => cardsOf(element).filter((card) => !isJudged(card));
const itemOf = (element) => element?.closest(".block.item");
// Its reviewer has to say that it promises no more: it has no records, or numbers that
// are in none.
const needsWord = (item) =>
  (!cardsOf(item).length || item.querySelector(".unused")) &&
  !item.querySelector(".of-item[data-reviewed]");
const isOpen = (item) => !left(item).length && needsWord(item);
const records = () => {
  const all = cardsOf(document);
  const found = onlyDoubts?.checked ? all.filter((one) => one.matches(".is-doubtful")) : all;
  return byDoubt.checked
    ? found.sort((one, other) => one.dataset.doubt - other.dataset.doubt)
    : found;
};

let editor = null;
let nowId = "";
// The record from which the order of the plan goes on, whatever is done in between.
let placeId = "";
// An item that was gone to by itself: its own records come first.
let ahead = null;
const now = () => document.getElementById(nowId);

// What stands above may grow or shrink at any time, a form, a note, what was not drawn
// yet; until the reviewer scrolls away, the place they are at stays in sight.
let isFollowing = true;
const keepInSight = () => {
  if (isFollowing) (editor?.element ?? now())?.scrollIntoView({ block: "nearest" });
};
new ResizeObserver(keepInSight).observe(document.querySelector(".blocks"));
for (const kind of ["wheel", "touchmove", "pointerdown"])
  addEventListener(kind, () => (isFollowing = false), { passive: true });

const go = (element, { isFocused = true, isByItself = false } = {}) => {
  now()?.classList.remove("is-now");
  now()?.removeAttribute("aria-current");
  if (!element) return;
  nowId = element.id;
  if (isByItself) ahead = { id: itemOf(element).id, isNew: true };
  else if (itemOf(element).id !== ahead?.id) ahead = null;
  if (!ahead && element.matches(".card")) placeId = nowId;
  element.classList.add("is-now");
  element.setAttribute("aria-current", "true");
  if (!isFocused) return;
  isFollowing = true;
  if (element.matches(".block")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  document.getElementById(nowId.replace("l-", "r-"))?.scrollIntoView({ block: "center" });
  keepInSight();
};

// The next of the item's own that are not judged; none where it has none left.
const own = (by) => {
  if (!ahead) return null;
  const cards = cardsOf(document.getElementById(ahead.id));
  const at = ahead.isNew ? -1 : cards.indexOf(now());
  ahead.isNew = false;
  const ones = by > 0 ? cards.slice(at + 1) : cards.slice(0, Math.max(at, 0)).reverse();
  return ones.find((card) => !isJudged(card)) ?? null;
};

const step = (list, by) => {
  const at = list.indexOf(now());
  const start = by > 0 ? 0 : list.length - 1;
  if (at >= 0 && !list[at + by]) tell(end() || (by > 0 ? "已是最后一条 The last one." : "已是第一条 The first one."));
  go(at < 0 ? list[start] : (list[at + by] ?? list[at]));
};

const stepRecord = (by) => {
  const inItem = own(by);
  if (inItem) return go(inItem);
  const list = records();
  const place = document.getElementById(placeId);
  if (ahead && place) {
    // Back from the item that was gone to by itself.
    ahead = null;
    if (by < 0) return go(place);
    return go(isJudged(place) ? (next(list, place) ?? place) : place);
  }
  if (!place && by > 0) return go(list.find((card) => !isJudged(card)) ?? list[0] ?? items()[0]);
  step(list.length ? list : items(), by);
};

const stepItem = (by) => {
  const list = items();
  const at = list.indexOf(itemOf(now()));
  const to = at < 0 ? list[by > 0 ? 0 : list.length - 1] : (list[at + by] ?? list[at]);
  if (to) go(to, { isByItself: true });
};

// The next record of the plan that is not judged.
const next = (list, place) => {
  const at = list.indexOf(place);
  const others = [...list.slice(at + 1), ...list.slice(0, at + 1)];
  return others.find((card) => !isJudged(card));
};

// To the next that fits from where one is, in a circle, or say that there is none.
const goToNext = (list, fits, none) => {
  const place = now();
  const isBehind = (one) =>
    place && place.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  const found = list.filter((one) => one !== place && !one.contains(place) && fits(one));
  const to = found.find(isBehind) ?? found[0];
  if (!to) return tell(none);
  go(to, { isByItself: to.matches(".block") });
};

const nextHard = () =>
  goToNext(
    cardsOf(document),
    (card) => card.matches(".hard") && !isJudged(card),
    "没有未判的硬承诺了 No hard record is left.",
  );

const nextToLookAt = (fits = needsWord) =>
  goToNext(
    items(),
    fits,
    "没有待确认的条目了 No item is left without records, or with numbers in none.",
  );

const goOn = () => {
  const list = records();
  const beside = ahead && left(document.getElementById(ahead.id));
  if (beside?.length) return go(own(1) ?? beside[0]);
  ahead = null;
  const place = document.getElementById(placeId);
  const isLeft = place && place !== now() && !isJudged(place) && list.includes(place);
  const to = isLeft ? place : next(list, place);
  if (to) go(to);
  else if (!desk.elements.label && items().some(isOpen)) nextToLookAt(isOpen);
};

// How far one is, and what to do when all is done.

const say = (id, words) => {
  const element = document.getElementById(id);
  if (element) element.textContent = words;
};

const count = () => {
  const all = cardsOf(document);
  const doubted = all.filter((card) => card.dataset.doubt < NO_DOUBT);
  const judged = [doubted, all].map((cards) => cards.filter(isJudged).length);
  const doubtful = all.filter((card) => card.matches(".is-doubtful"));
  const reviewed = document.querySelectorAll(".of-item[data-reviewed]").length;
  say("judged", judged[1]);
  say("judged-of", all.length);
  say("reviewed", reviewed);
  say("in-doubt", doubtful.length);
  say("listed", doubtful.length);
  say("far-zh", `存疑 ${judged[0]}/${doubted.length}，已判 ${judged[1]}/${all.length}`);
  say("far-en", `${judged[0]} of ${doubted.length} doubtful, ${judged[1]} of ${all.length} judged`);
  return { isJudged: judged[1] === all.length, items: items().length - reviewed };
};

// What was said last of the end of the work; empty before it.
let ended = "";

const end = () => {
  const far = count();
  if (!far.isJudged || desk.elements.label) ended = "";
  else if (far.items)
    ended = `每条都已判；还有 ${far.items} 个条目没有记录，或有数字未入表：看过按 d。 All records judged; ${far.items} items have no records, or numbers in none: d when you have looked.`;
  else if ("cut" in desk.dataset)
    ended =
      "读过的都已判；但只读了前几个条目（--limit），全文读完再导出。 " +
      "All that was read is judged, but only the first items were read (--limit): export when all are.";
  else ended = `全部复核完毕，导出： All judged: export with ${desk.dataset.export}`;
  return ended;
};

// The marks and lists of an item whose verdicts have changed.
const settle = (item) => {
  for (const card of cardsOf(item)) {
    const id = card.id.slice(2);
    const isDoubtful = card.matches(".is-doubtful");
    const mark = document.getElementById(`r-${id}`);
    mark?.classList.toggle("is-struck", card.matches(".is-reject"));
    if (mark && mark.matches(".is-doubtful") !== isDoubtful) {
      mark.classList.toggle("is-doubtful", isDoubtful);
      const name = `承诺 record ${mark.dataset.n}`;
      mark.setAttribute("aria-label", isDoubtful ? `${name}，存疑 in doubt` : name);
    }
    const listed = document.querySelector(`.jump .places a[href="#r-${id}"]`);
    if (listed) listed.closest("li").hidden = !isDoubtful;
  }
};
