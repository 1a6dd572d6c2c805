/* global document, window, getComputedStyle, matchMedia, Chart */
// Draws the charts of the page from the data that the report wrote into it. It decides nothing about the figures.
(() => {
  'use strict';
  const charts = JSON.parse(document.getElementById('chart-data').textContent);
  const drawn = new Map();

  // From here on the places of the charts are shown, so that they have a width.
  document.documentElement.classList.add('drawn');
  for (const spec of charts) {
    const figure = document.getElementById(`chart-${spec.id}`);
    draw(spec, figure, 0);
    figure.addEventListener('change', (event) => draw(spec, figure, Number(event.target.value)));
    figure.querySelector('details.values')?.addEventListener('toggle', () => fillTable(spec, figure));
  }

  const redraw = () => {
    for (const spec of charts)
      draw(spec, document.getElementById(`chart-${spec.id}`), drawn.get(spec.id).variant);
  };
  document.addEventListener('choice', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  // Printing starts before the media query changes, and some viewers send only one of the two.
  let unfolded = [];
  matchMedia('print').addEventListener('change', ({ matches }) => (matches ? toPaper() : toScreen()));
  window.addEventListener('beforeprint', toPaper);
  window.addEventListener('afterprint', toScreen);

  // Paper has its own colours and width, and nothing on it can be unfolded.
  function toPaper() {
    if (document.documentElement.classList.contains('paper')) return;
    document.documentElement.classList.add('paper');
    unfolded = [...document.querySelectorAll('details.figures:not([open])')];
    for (const details of unfolded) details.open = true;
    redraw();
  }

  function toScreen() {
    if (!document.documentElement.classList.contains('paper')) return;
    document.documentElement.classList.remove('paper');
    for (const details of unfolded) details.open = false;
    redraw();
  }

  function draw(whole, figure, variant) {
    drawn.get(whole.id)?.chart?.destroy();
    const spec = window.tareChosen(whole);
    drawn.set(spec.id, { chart: null, variant });
    figure.hidden = spec.labels.length === 0;
    if (figure.hidden) return;
    const frame = figure.querySelector('.canvas');
    const theme = readTheme();
    const narrow = frame.clientWidth < 560;
    frame.style.height = `${heightOf(spec, variant)}px`;
    const config =
      spec.type === 'curves'
        ? window.tareCurves(spec, variant, theme, plain)
        : spec.type === 'trend'
          ? window.tareTrend(spec, variant, theme, plain)
          : spec.type === 'distribution'
            ? distribution(spec, variant, theme, narrow)
            : bars(spec, variant, theme, narrow);
    const chart = new Chart(frame.querySelector('canvas'), config);
    drawn.set(spec.id, { chart, variant });
    fillTable(whole, figure);
  }

  function fillTable(whole, figure) {
    window.tareValues(figure, window.tareChosen(whole), drawn.get(whole.id).variant, plain);
  }

  function heightOf(spec, variant) {
    const rows = spec.labels.length;
    if (spec.type === 'curves' || spec.type === 'trend') return 320;
    if (spec.type === 'distribution') return 56 + rows * (rows > 8 ? 34 : 46);
    if (spec.stacked) return 56 + rows * 38;
    return 56 + rows * (spec.variants[variant].series.length * 17 + 14);
  }

  function readTheme() {
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(name).trim();
    return {
      text: value('--text'),
      muted: value('--muted'),
      grid: value('--rule'),
      surface: value('--page'),
      accent: value('--accent'),
      box: value('--box'),
      palette: Array.from({ length: 9 }, (_, index) => value(`--c${index}`)),
      font: style.fontFamily,
    };
  }

  function distribution(spec, variant, theme, narrow) {
    const { rows, axis, symbol, scale } = spec.variants[variant];
    const logarithmic = scale === 'logarithmic';
    const enough = 5;
    const all = rows.flatMap((row) => [...row.values, ...row.excluded]);
    const points = (key) =>
      rows.flatMap((row, y) => row[key].map((x, index) => ({ x, y: y + jitter(index), row: y })));
    const shape = (context) => (context.raw ? spec.shapes[context.raw.row] : 'circle');
    return {
      type: 'boxplot',
      data: {
        labels: spec.labels,
        datasets: [
          {
            label: 'samples',
            type: 'scatter',
            data: points('values'),
            parsing: false,
            pointStyle: shape,
            pointRadius: 4,
            pointHoverRadius: 5,
            backgroundColor: alpha(theme.accent, 0.55),
            borderColor: theme.accent,
            order: 1,
          },
          {
            label: 'not in the figures',
            type: 'scatter',
            data: points('excluded'),
            parsing: false,
            pointStyle: shape,
            pointRadius: 4,
            pointHoverRadius: 5,
            backgroundColor: 'transparent',
            borderColor: theme.muted,
            borderWidth: 1.5,
            order: 1,
          },
          {
            label: 'median',
            type: 'scatter',
            data: rows.flatMap((row, y) => (row.median === null ? [] : [{ x: row.median, y, row: y }])),
            parsing: false,
            pointStyle: 'line',
            rotation: 90,
            pointRadius: 14,
            pointHoverRadius: 14,
            borderWidth: 2.5,
            borderColor: theme.text,
            order: 0,
          },
          {
            label: 'quartiles',
            data: rows.map((row) => (row.values.length >= enough ? row.values : [])),
            backgroundColor: theme.box,
            borderColor: theme.muted,
            medianColor: 'transparent',
            borderWidth: 1,
            itemRadius: 0,
            meanRadius: 0,
            outlierRadius: 0,
            // Whiskers reach the lowest and highest sample: no sample is an outlier here.
            coef: 0,
            maxBarThickness: 26,
            order: 2,
          },
        ],
      },
      options: options(theme, narrow, {
        x: valueAxis(theme, axis, {
          type: logarithmic ? 'logarithmic' : 'linear',
          ...(logarithmic
            ? { min: stepBelow(Math.min(...all) * 0.95), max: stepAbove(Math.max(...all) * 1.05) }
            : scale === 'relative'
              ? {}
              : { min: 0, suggestedMax: Math.max(...all) * 1.05 }),
          ticks: {
            color: theme.muted,
            maxRotation: 0,
            callback: logarithmic ? logarithmicTick : (value) => plain(value),
          },
        }),
        y: labelAxis(theme, narrow, spec.labels),
        tooltip: {
          filter: (item) => item.dataset.label !== 'quartiles',
          callbacks: {
            title: (items) => (items[0] ? spec.labels[items[0].raw.row] : ''),
            label: (item) => `${item.dataset.label}: ${plain(item.raw.x)} ${symbol}`,
          },
        },
      }),
    };
  }

  function bars(spec, variant, theme, narrow) {
    const { series, axis, totals } = spec.variants[variant];
    return {
      type: spec.stacked ? 'bar' : 'barWithErrorBars',
      data: {
        labels: spec.labels,
        datasets: series.map((one) => ({
          label: one.name,
          texts: one.texts,
          data: spec.stacked
            ? one.values
            : one.values.map((x, row) =>
                x === null
                  ? { x: Number.NaN }
                  : one.ranges[row]
                    ? { x, xMin: one.ranges[row][0], xMax: one.ranges[row][1] }
                    : { x },
              ),
          backgroundColor: one.hatched ? hatch(theme) : theme.palette[one.colour % theme.palette.length],
          fill: one.hatched ? theme.surface : theme.palette[one.colour % theme.palette.length],
          borderColor: theme.surface,
          borderWidth: spec.stacked ? { right: 1 } : { top: 1 },
          borderSkipped: false,
          errorBarColor: theme.text,
          errorBarWhiskerColor: theme.text,
          errorBarLineWidth: 1.2,
          errorBarWhiskerLineWidth: 1.2,
          errorBarWhiskerSize: 6,
          barThickness: spec.stacked ? 24 : 13,
        })),
      },
      options: options(theme, narrow, {
        x: valueAxis(theme, axis, {
          stacked: spec.stacked,
          beginAtZero: true,
          ...(axis.endsWith('%') ? { max: 100 } : {}),
          ticks: { color: theme.muted, maxRotation: 0, callback: (value) => plain(value) },
        }),
        y: { ...labelAxis(theme, narrow, spec.labels), stacked: spec.stacked },
        rightPadding: narrow ? 62 : 78,
        tooltip: {
          callbacks: { label: (item) => `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}` },
        },
      }),
      plugins: [spec.stacked ? stackLabels(theme, totals) : barLabels(theme)],
    };
  }

  function options(theme, narrow, { x, y, tooltip, rightPadding = 8 }) {
    return {
      indexAxis: 'y',
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      font: { family: theme.font },
      layout: { padding: { right: rightPadding } },
      interaction: { mode: 'nearest', intersect: true },
      plugins: { legend: { display: false }, tooltip: { animation: false, ...tooltip } },
      scales: { x, y },
    };
  }

  function valueAxis(theme, title, rest) {
    return {
      grid: { color: theme.grid },
      border: { color: theme.grid },
      title: { display: true, text: title, color: theme.muted },
      ...rest,
    };
  }

  function labelAxis(theme, narrow, labels) {
    const most = narrow ? 13 : 28;
    return {
      type: 'category',
      offset: true,
      grid: { display: false },
      border: { color: theme.grid },
      ticks: {
        color: theme.text,
        autoSkip: false,
        font: { size: 13 },
        callback: (_, index) =>
          labels[index].length > most ? `${labels[index].slice(0, most - 1)}…` : labels[index],
      },
    };
  }

  // Names inside the segments that have room for them, totals behind the last one.
  function stackLabels(theme, totals) {
    return {
      id: 'stackLabels',
      afterDatasetsDraw(chart) {
        const { ctx } = chart;
        ctx.save();
        ctx.textBaseline = 'middle';
        const ends = chart.data.labels.map(() => chart.scales.x.left);
        chart.data.datasets.forEach((dataset, index) => {
          chart.getDatasetMeta(index).data.forEach((bar, row) => {
            ends[row] = Math.max(ends[row], bar.x);
            ctx.font = `12px ${theme.font}`;
            if (ctx.measureText(dataset.label).width + 10 > bar.x - bar.base) return;
            ctx.fillStyle = readable(dataset.fill);
            ctx.textAlign = 'center';
            ctx.fillText(dataset.label, (bar.x + bar.base) / 2, bar.y + 1);
          });
        });
        ctx.font = `600 12px ${theme.font}`;
        ctx.fillStyle = theme.text;
        ctx.textAlign = 'left';
        const rows = chart.getDatasetMeta(0).data;
        totals.forEach((text, row) => rows[row] && ctx.fillText(text, ends[row] + 6, rows[row].y + 1));
        ctx.restore();
      },
    };
  }

  function barLabels(theme) {
    return {
      id: 'barLabels',
      afterDatasetsDraw(chart) {
        const { ctx } = chart;
        ctx.save();
        ctx.font = `11px ${theme.font}`;
        ctx.textBaseline = 'middle';
        ctx.fillStyle = theme.text;
        chart.data.datasets.forEach((dataset, index) => {
          chart.getDatasetMeta(index).data.forEach((bar, row) => {
            const point = dataset.data[row];
            if (Number.isNaN(point.x)) return;
            const end = Math.max(point.x, point.xMax ?? point.x, 0);
            ctx.fillText(dataset.texts[row], chart.scales.x.getPixelForValue(end) + 6, bar.y + 0.5);
          });
        });
        ctx.restore();
      },
    };
  }

  function hatch(theme) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 8;
    const ctx = tile.getContext('2d');
    ctx.fillStyle = theme.surface;
    ctx.fillRect(0, 0, 8, 8);
    ctx.strokeStyle = theme.muted;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    for (const offset of [-8, 0, 8]) {
      ctx.moveTo(offset, 8);
      ctx.lineTo(offset + 8, 0);
    }
    ctx.stroke();
    return ctx.createPattern(tile, 'repeat');
  }

  // Points of one row are spread evenly and always alike: the golden ratio keeps neighbours apart.
  function jitter(index) {
    return (((index + 1) * 0.618034) % 1) * 0.44 - 0.22;
  }

  // Steps that carry a label on a logarithmic axis; it begins and ends at one of them.
  function steps(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 3, 5, 7, 10].map((step) => step * power);
  }

  function stepBelow(value) {
    return steps(value).findLast((step) => step <= value) ?? value;
  }

  function stepAbove(value) {
    return steps(value).find((step) => step >= value) ?? value;
  }

  function logarithmicTick(value) {
    return steps(value * 1.0001).some((step) => Math.abs(value / step - 1) < 0.001) ? plain(value) : '';
  }

  function plain(value) {
    return String(Number(Number(value).toPrecision(4)));
  }

  function alpha(hex, opacity) {
    return `${hex}${Math.round(opacity * 255)
      .toString(16)
      .padStart(2, '0')}`;
  }

  function readable(hex) {
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#111111' : '#ffffff';
  }
})();
