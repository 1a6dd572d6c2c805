/* global window */
// Lines over the number of instances, with a ring around the last that was held. It decides nothing about the figures.
window.tareCurves = (() => {
  'use strict';
  const shapes = { circle: 'circle', rect: 'rect', triangle: 'triangle' };

  /** @returns what Chart.js draws: a line per platform, crosses where it was too much, and the number at its end */
  return function curves(spec, variant, theme, plain) {
    const { series, axis, symbol, scale, bound } = spec.variants[variant];
    const toPoint = ({ n, value }) => ({ x: n, y: value });
    const all = series.flatMap(({ good, bad }) => [...good, ...bad]);
    const lowest = Math.min(...all.map(({ value }) => value));
    const most = Math.max(1, ...all.map(({ n }) => n));
    return {
      type: 'scatter',
      data: {
        datasets: series.flatMap((one) => {
          const colour = theme.palette[one.colour % theme.palette.length];
          const line = {
            label: one.name,
            data: one.good.map(toPoint),
            showLine: true,
            // A step at the edge is drawn whole.
            clip: 8,
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: 2,
            borderDash: one.colour >= theme.palette.length ? [5, 3] : [],
            pointStyle: shapes[one.shape],
            pointRadius: one.good.length > 40 ? 0 : one.good.length > 15 ? 2 : 3,
            pointHoverRadius: 5,
            order: 1,
          };
          const crosses = {
            label: `${one.name}, too much`,
            data: one.bad.map(toPoint),
            clip: 8,
            pointStyle: 'crossRot',
            pointRadius: 5,
            pointHoverRadius: 6,
            borderColor: colour,
            borderWidth: 2,
            order: 0,
          };
          return [line, crosses];
        }),
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        font: { family: theme.font },
        layout: { padding: { right: 12, top: 6 } },
        interaction: { mode: 'nearest', intersect: false },
        plugins: {
          legend: { display: false },
          tooltip: {
            animation: false,
            callbacks: {
              title: (items) => (items[0] ? `${items[0].raw.x} instances` : ''),
              label: (item) => `${item.dataset.label}: ${plain(item.raw.y)} ${symbol}`,
            },
          },
        },
        scales: {
          x: {
            type: spec.over,
            min: spec.over === 'linear' ? 0 : 1,
            suggestedMax: most,
            grid: { color: theme.grid },
            border: { color: theme.grid },
            title: { display: true, text: 'instances', color: theme.muted },
            ticks: {
              color: theme.muted,
              maxRotation: 0,
              ...(spec.over === 'linear' ? { precision: 0 } : { callback: decade }),
            },
          },
          y: {
            type: scale,
            ...(scale === 'linear' ? { beginAtZero: true } : { min: lowest * 0.7 }),
            ...(bound ? { suggestedMax: bound.value * 1.04 } : {}),
            grid: { color: theme.grid },
            border: { color: theme.grid },
            title: { display: true, text: axis, color: theme.muted },
            ticks: {
              color: theme.muted,
              ...(scale === 'linear' ? { callback: (value) => plain(value) } : { callback: decade }),
            },
          },
        },
      },
      plugins: [boundLine(theme, bound), ends(theme, series)],
    };

    // A logarithmic axis has a label at 1, 2 and 5 of each power of ten.
    function decade(value) {
      const digit = Number(String(value.toExponential()).split('e')[0]);
      return [1, 2, 5].includes(digit) ? plain(value) : '';
    }
  };

  function boundLine(theme, bound) {
    return {
      id: 'boundLine',
      beforeDatasetsDraw({ ctx, chartArea, scales }) {
        if (!bound) return;
        const y = scales.y.getPixelForValue(bound.value);
        if (!(y >= chartArea.top && y <= chartArea.bottom)) return;
        ctx.save();
        ctx.strokeStyle = theme.muted;
        ctx.setLineDash([5, 4]);
        ctx.beginPath();
        ctx.moveTo(chartArea.left, y);
        ctx.lineTo(chartArea.right, y);
        ctx.stroke();
        ctx.font = `11px ${theme.font}`;
        ctx.fillStyle = theme.muted;
        ctx.textBaseline = 'bottom';
        ctx.fillText(bound.text, chartArea.left + 6, y - 2);
        ctx.restore();
      },
    };
  }

  // The number beside each ring, where no other is in its way: the legend has all of them.
  function ends(theme, series) {
    return {
      id: 'ends',
      afterDatasetsDraw({ ctx, scales }) {
        const written = [];
        ctx.save();
        ctx.lineWidth = 2;
        ctx.font = `600 12px ${theme.font}`;
        ctx.textAlign = 'center';
        ctx.textBaseline = 'bottom';
        for (const { good, colour } of series) {
          const last = good.at(-1);
          if (!last) continue;
          const [x, y] = [scales.x.getPixelForValue(last.n), scales.y.getPixelForValue(last.value)];
          ctx.strokeStyle = theme.palette[colour % theme.palette.length];
          ctx.beginPath();
          ctx.arc(x, y, 7, 0, 2 * Math.PI);
          ctx.stroke();
          if (written.some((other) => Math.abs(other.x - x) < 22 && Math.abs(other.y - y) < 16)) continue;
          written.push({ x, y });
          ctx.fillStyle = theme.text;
          ctx.fillText(String(last.n), x, y - 10);
        }
        ctx.restore();
      },
    };
  }
})();
