// Point at a record in the text or in the list, and the other one shows, too.
// One listener for the page: a plan can have thousands of records.
"use strict";
{
  let lit = [];

  let shown = "";

  const light = (ids) => {
    if (ids.join() === shown) return;
    shown = ids.join();
    for (const element of lit) element.classList.remove("on");
    lit = ids.flatMap((id) => [
      ...document.querySelectorAll(`[data-r~="${CSS.escape(id)}"], #l-${CSS.escape(id)}`),
    ]);
    for (const element of lit) element.classList.add("on");
  };

  const idsAt = (target) => {
    const link = target.closest("a.n[href^='#']");
    if (link) return [link.hash.slice(3)];
    const marked = target.closest("[data-r], .card");
    if (marked?.matches(".card")) return [marked.id.slice(2)];
    return marked ? marked.dataset.r.split(" ") : [];
  };

  let asked = 0;
  document.addEventListener("pointerover", (event) => {
    const target = event.target;
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => light(idsAt(target)));
  });
  document.addEventListener("focusin", (event) => light(idsAt(event.target)));
  const open = () => {
    const id = /^#[rl]-([0-9a-f]{16})$/.exec(location.hash)?.[1];
    if (id) light([id]);
  };
  addEventListener("hashchange", open);
  addEventListener("DOMContentLoaded", open);
}

// A click beside an open menu closes it; what is folded on a page stays as it is.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".nav-menu[open], .actions-menu-links[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

// What a reader unfolds above a table stays so while they choose one thing after another.
addEventListener("DOMContentLoaded", () => {
  for (const details of document.querySelectorAll("details.facets, details.filter")) {
    const key = `extract-${details.className}-${location.pathname}`;
    details.open = sessionStorage.getItem(key) === "open";
    details.addEventListener("toggle", () =>
      sessionStorage.setItem(key, details.open ? "open" : ""),
    );
  }
});

// The editor that Datasette puts over the field for SQL has no name of its own; it is
// made by a listener that comes after this one.
addEventListener("load", () =>
  setTimeout(() => {
    for (const field of document.querySelectorAll(".CodeMirror textarea"))
      field.setAttribute("aria-label", "SQL");
  }),
);
