// Charts are drawn from the tables behind them: one column a series, of those that say so.
"use strict";
const token = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
const hues = () => [1, 2, 3, 4, 5, 6, 7, 8].map((no) => token(`--series-${no}`));
const series = (table) => [...table.tHead.rows[0].cells].flatMap((head, place) => {
  if (!("drawn" in head.dataset)) return [];
  const values = [...table.tBodies[0].rows].map((row) => Number(row.cells[place].firstElementChild.value));
  return [{ label: head.textContent, data: values }];
});
const draw = (part) => {
  const box = part.querySelector(".chart-box");
  const table = part.querySelector("table");
  const [ink, line, colours] = [token("--ink-soft"), token("--line"), hues()];
  const stacked = part.dataset.chart === "stacked";
  const datasets = series(table).map((one, no) => ({ ...one, backgroundColor: colours[no % colours.length] }));
  const axis = { stacked, grid: { color: line }, ticks: { color: ink }, border: { color: line } };
  box.hidden = false;
  return new Chart(box.querySelector("canvas"), {
    type: "bar",
    data: { labels: [...table.tBodies[0].rows].map(({ cells: [head] }) => head.dataset.short ?? head.textContent), datasets },
    options: {
      animation: false, maintainAspectRatio: false, locale: document.documentElement.lang,
      interaction: { mode: "index", intersect: false },
      font: { family: token("--face") }, color: ink,
      scales: {
        x: { ...axis, grid: { display: false }, ticks: { color: ink, maxRotation: 0, autoSkipPadding: 12 } },
        y: { ...axis, ticks: { color: ink, precision: 0 } },
      },
      plugins: { legend: { display: datasets.length > 1, position: "bottom", labels: { color: ink, boxWidth: 12 } } },
    },
  });
};
const parts = [...document.querySelectorAll("[data-chart]")].filter((part) => part.querySelector("canvas"));
let charts = parts.map(draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const chart of charts) chart.destroy();
  charts = parts.map(draw);
});
