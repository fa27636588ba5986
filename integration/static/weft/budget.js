// Draws calls per hour, stacked by route, in the colours of the theme.
// Without it the page has the same numbers as a table.
(() => {
  const place = document.querySelector("[data-hours]");
  if (!place || typeof uPlot === "undefined") return;
  const HEIGHT = 260;
  // Told apart by hue and by lightness, in both themes; the last is "all others".
  const COLOURS = {
    light: ["#0f766e", "#b45309", "#4338ca", "#be185d", "#4d7c0f", "#0369a1", "#6b7280"],
    dark: ["#5eead4", "#fbbf24", "#a5b4fc", "#f9a8d4", "#bef264", "#7dd3fc", "#9ca3af"],
  };
  const token = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colours = () => COLOURS[document.documentElement.dataset.bsTheme] || COLOURS.light;

  // Each line is drawn on top of those before it, so all together is the highest.
  const stacked = (series) => {
    const rows = [];
    series.forEach((each) => {
      const below = rows.at(-1);
      rows.push(each.calls.map((calls, at) => calls + (below ? below[at] : 0)));
    });
    return rows;
  };

  // Hours as the reader writes them, in the merchant's zone; midnight is told as its day.
  const clock = (told) => {
    const wording = (form) =>
      new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: told.zone, ...form });
    const hour = wording({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const day = wording({ weekday: "short", day: "numeric", month: "short" });
    const at = (seconds) => new Date(seconds * 1000);
    return {
      short: (seconds) => {
        const time = hour.format(at(seconds));
        return time === "00:00" ? day.format(at(seconds)) : time;
      },
      long: (seconds) => `${day.format(at(seconds))} ${hour.format(at(seconds))}`,
    };
  };

  const axes = (told) => {
    const line = { stroke: token("--weft-line"), width: 1 };
    const look = { stroke: token("--weft-idle"), grid: line, ticks: line };
    const { short } = clock(told);
    return [
      { ...look, values: (chart, splits) => splits.map(short), space: 64 },
      { ...look, label: told.words.calls, size: 56 },
    ];
  };

  const options = (told, width) => {
    const shades = colours();
    const bars = uPlot.paths.bars({ size: [0.9, 40] });
    // The highest first: the lower ones are painted over it.
    const series = told.series
      .map((each, at) => ({
        label: each.name,
        fill: shades[at % shades.length],
        stroke: shades[at % shades.length],
        width: 0,
        points: { show: false },
        paths: bars,
        value: (chart, _total, _series, row) => (row === null ? "–" : each.calls[row]),
      }))
      .reverse();
    if (told.even !== null) {
      series.push({
        label: told.words.even,
        stroke: token("--weft-bad"),
        width: 1.5,
        dash: [6, 5],
        points: { show: false },
        value: (chart, calls) => calls ?? "–",
      });
    }
    return {
      width,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), told.zone),
      scales: {
        // Half an hour more at both ends, so that the outer bars are whole.
        x: { range: (chart, first, last) => [first - 1800, last + 1800] },
        y: { range: (chart, low, high) => [0, Math.max(high, 1) * 1.05] },
      },
      axes: axes(told),
      series: [
        { label: told.words.time, value: (chart, seconds) => (seconds === null ? "–" : clock(told).long(seconds)) },
        ...series,
      ],
    };
  };

  let chart = null;
  let told = null;
  const draw = () => {
    if (!told) return;
    chart?.destroy();
    const columns = [told.hours, ...stacked(told.series).reverse()];
    // A pace far above all there is would press the bars flat.
    const highest = Math.max(1, ...columns[1]);
    const even = told.even !== null && told.even <= highest * 4 ? told.even : null;
    if (even !== null) columns.push(told.hours.map(() => even));
    chart = new uPlot(options({ ...told, even }, place.clientWidth), columns, place);
  };

  fetch(place.dataset.hours, { headers: { Accept: "application/json" } })
    .then((reply) => (reply.ok ? reply.json() : Promise.reject(reply.status)))
    .then((found) => {
      told = found;
      draw();
    })
    // The table stays, which says the same.
    .catch(() => place.remove());
  document.addEventListener("weft:theme", draw);
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => chart?.setSize({ width: place.clientWidth, height: HEIGHT }), 150);
  });
})();
