// Charts: draws every <figure data-chart> from its block of JSON (pages/charts.py).
// The table below it says the same; it stays for print, for screen readers, without script.
"use strict";
{
  const SERIES = 6;
  const MARKS = ["circle", "rect", "triangle", "rectRot", "rectRounded", "star"];
  const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [12, 4], [1, 2]];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const short = (words, most) => {
    const marks = Array.from(String(words));
    return marks.length > most ? `${marks.slice(0, most - 1).join("")}…` : marks.join("");
  };
  const make = (tag, name, words = "") => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = words;
    return element;
  };

  class Drawing {
    constructor(figure) {
      this.draws = figure.dataset.chart || "lines";
      Object.assign(this, JSON.parse(figure.querySelector("script[type$=json]").textContent));
      const points = this.series.flatMap((one) => one.points);
      this.xs = this.xs?.length ? this.xs : [...new Set(points.map((point) => point.x))];
      if (this.draws === "lines") this.xs.sort((one, other) => one - other);
      this.points = this.inOrder();
      const most = Math.max(...this.points.map(({ y }) => y));
      this.at = this.points.findIndex(({ y }) => y === most);
      this.box = make("div", "drawing");
      this.box.append(document.createElement("canvas"));
      if (this.draws === "rows") this.box.style.height = `${this.xs.length * 1.6 + 5}rem`;
      const said = make("p", "pointed");
      this.link = make("a", "at");
      said.append(this.link, make("span", "how", "← → 选 choose · 回车看记录 Enter opens the rows"));
      this.table = figure.querySelector("details");
      figure.insertBefore(this.box, this.table);
      figure.insertBefore(said, this.table);
      this.link.addEventListener("keydown", (event) => this.key(event));
      this.link.addEventListener("focus", () => this.show());
      this.link.addEventListener("blur", () => this.light([]));
      this.draw();
      this.say();
      if (this.table) this.table.open = false;
    }

    // As one reads: column by column, in each the series from the first.
    inOrder() {
      return this.xs.flatMap((x) =>
        this.series.flatMap((one, series) =>
          one.points.flatMap((point, index) => (point.x === x ? { ...point, series, index } : [])),
        ),
      );
    }

    draw() {
      this.chart?.destroy();
      this.ink = colour("ink");
      Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
      Chart.defaults.color = this.ink;
      Chart.defaults.borderColor = colour("line");
      this.chart = new Chart(this.box.firstChild, {
        type: this.draws === "lines" ? "line" : "bar",
        data: { labels: this.xs, datasets: this.series.map((one, at) => this.dataset(one, at)) },
        options: {
          animation: still.matches ? false : { duration: 250 },
          maintainAspectRatio: false,
          indexAxis: this.draws === "rows" ? "y" : "x",
          scales: this.scales(),
          plugins: { legend: this.legend(), tooltip: this.tooltip() },
          onHover: (event, hit) => this.hover(hit),
          onClick: (event, hit) => this.open(this.pointOf(hit[0])),
        },
      });
    }

    dataset(one, at) {
      const own = one.is_rest ? this.ink : colour(`series-${(at % SERIES) + 1}`);
      if (this.draws === "lines")
        return {
          label: one.name,
          data: one.points.map(({ x, y }) => ({ x, y })),
          borderColor: own,
          backgroundColor: own,
          borderDash: DASHES[at % SERIES],
          pointStyle: MARKS[at % SERIES],
          borderWidth: 2,
          pointRadius: 5,
          pointHoverRadius: 8,
          pointHitRadius: 14,
        };
      const values = new Map(one.points.map(({ x, y }) => [x, y]));
      const page = colour("page");
      return {
        label: one.name,
        data: this.xs.map((x) => values.get(x) ?? null),
        backgroundColor: one.is_rest ? page : own,
        borderColor: one.is_rest ? own : page,
        hoverBorderColor: this.ink,
        hoverBorderWidth: 2,
        borderWidth: 1,
        borderSkipped: false,
        maxBarThickness: this.draws === "rows" ? 18 : 44,
        minBarLength: 4,
      };
    }

    scales() {
      const isNarrow = innerWidth < 576;
      const numbers = { beginAtZero: true, ticks: { precision: 0 } };
      if (this.draws === "lines") {
        const unit = this.unit || "";
        const said = (value) => `${value.toLocaleString()}${unit}`;
        const years = { type: "linear", ticks: { callback: String, precision: 0 }, offset: true };
        return { x: years, y: { ticks: { callback: said } } };
      }
      const names = { stacked: true, grid: { display: false } };
      const counts = { stacked: true, ...numbers };
      const flat = { maxRotation: 0, autoSkipPadding: 12 };
      if (this.draws === "columns") return { x: { ...names, ticks: flat }, y: counts };
      const most = isNarrow ? 9 : 18;
      const callback = (value, at) => short(this.xs[at], most);
      return { x: counts, y: { ...names, ticks: { callback, autoSkip: false } } };
    }

    legend() {
      const labels = { boxWidth: 12, boxHeight: 12, usePointStyle: this.draws === "lines" };
      return { display: this.series.length > 1, onClick: () => {}, labels, align: "start" };
    }

    tooltip() {
      const label = ({ datasetIndex, dataIndex: index }) =>
        this.words(this.pointOf({ datasetIndex, index }));
      return { callbacks: { title: () => "", label }, displayColors: false };
    }

    words(point) {
      return point ? `${point.x} · ${this.series[point.series].name}: ${point.label}` : "";
    }

    // A line keeps its points as they are given, a bar has a place for every column.
    pointOf(hit) {
      if (!hit) return null;
      const isHit = (point) =>
        point.series === hit.datasetIndex &&
        (this.draws === "lines" ? point.index === hit.index : point.x === this.xs[hit.index]);
      return this.points.find(isHit) ?? null;
    }

    hover(hit) {
      const point = this.pointOf(hit[0]);
      this.box.classList.toggle("is-on", Boolean(point));
      if (!point) return;
      this.at = this.points.indexOf(point);
      this.say();
    }

    say() {
      const point = this.points[this.at];
      if (!point) return;
      this.link.textContent = this.words(point);
      this.link.href = point.href;
    }

    // What has the keyboard is lit up as if a mouse pointed at it.
    show() {
      const point = this.points[this.at];
      if (!point) return;
      const index = this.draws === "lines" ? point.index : this.xs.indexOf(point.x);
      this.light([{ datasetIndex: point.series, index }]);
    }

    light(hit) {
      this.chart.setActiveElements(hit);
      this.chart.tooltip.setActiveElements(hit, { x: 0, y: 0 });
      this.chart.update("none");
    }

    key(event) {
      const last = this.points.length - 1;
      const to = {
        ArrowRight: Math.min(this.at + 1, last),
        ArrowDown: Math.min(this.at + 1, last),
        ArrowLeft: Math.max(this.at - 1, 0),
        ArrowUp: Math.max(this.at - 1, 0),
        Home: 0,
        End: last,
      }[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.at = to;
      this.say();
      this.show();
    }

    open(point) {
      // An address of this site and no other.
      if (point && new URL(point.href, location).origin === location.origin)
        location.assign(point.href);
    }
  }

  addEventListener("DOMContentLoaded", () => {
    if (!window.Chart) return;
    const drawings = [...document.querySelectorAll("figure[data-chart]")].map(
      (figure) => new Drawing(figure),
    );
    dark.addEventListener("change", () => drawings.forEach((drawing) => drawing.draw()));

    // On paper the tables say it; what was folded is folded again.
    let unfolded = [];
    addEventListener("beforeprint", () => {
      unfolded = drawings.map(({ table }) => table).filter((table) => table && !table.open);
      for (const table of unfolded) table.open = true;
    });
    addEventListener("afterprint", () => {
      for (const table of unfolded) table.open = false;
    });
  });
}
