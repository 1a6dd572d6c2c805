/* global window */
// A line per platform over runs, with a dashed line where one has changed. It decides nothing about the figures.
window.tareTrend = (() => {
  'use strict';

  /** @returns what Chart.js draws */
  return function trend(spec, variant, theme, plain) {
    const { scale } = spec.variants[variant];
    const many = spec.runs.length > 60;
    return {
      type: 'scatter',
      data: {
        datasets: spec.series.map((one) => {
          const colour = theme.palette[one.colour % theme.palette.length];
          return {
            label: one.name,
            data: one.points.map(([x, y]) => ({ x, y })),
            parsing: false,
            showLine: true,
            clip: 8,
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: many ? 1.5 : 2,
            borderDash: one.colour >= theme.palette.length ? [5, 3] : [],
            // Of a single run the points are all there is to see.
            pointRadius: many ? 0 : spec.runs.length === 1 ? 5 : 3,
            pointHoverRadius: 5,
          };
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
              title: (items) => (items[0] ? spec.runs[items[0].raw.x].lines : ''),
              label: (item) => `${item.dataset.label}: ${plain(item.raw.y)} ${spec.symbol}`,
            },
          },
        },
        scales: {
          x: {
            type: 'linear',
            min: 0,
            max: Math.max(1, spec.runs.length - 1),
            grid: { display: false },
            border: { color: theme.grid },
            title: { display: true, text: 'runs in the order of time', color: theme.muted },
            ticks: {
              color: theme.muted,
              precision: 0,
              maxRotation: 0,
              autoSkipPadding: 16,
              callback: (value) => spec.runs[value]?.day ?? '',
            },
          },
          y: {
            type: 'linear',
            beginAtZero: scale === 'linear',
            grace: '5%',
            grid: { color: theme.grid },
            border: { color: theme.grid },
            title: { display: true, text: spec.axis, color: theme.muted },
            ticks: { color: theme.muted, callback: (value) => plain(value) },
          },
        },
      },
      plugins: [changes(theme, spec.series)],
    };
  };

  // A platform's change in the platform's colour; of two in the same run the later platform's is seen.
  function changes(theme, series) {
    return {
      id: 'changes',
      beforeDatasetsDraw({ ctx, chartArea, scales }) {
        ctx.save();
        ctx.setLineDash([5, 4]);
        ctx.lineWidth = 1.5;
        for (const one of series) {
          ctx.strokeStyle = theme.palette[one.colour % theme.palette.length];
          for (const run of one.changes) {
            // Between the last run before and the first after.
            const x = scales.x.getPixelForValue(run - 0.5);
            ctx.beginPath();
            ctx.moveTo(x, chartArea.top);
            ctx.lineTo(x, chartArea.bottom);
            ctx.stroke();
          }
        }
        ctx.restore();
      },
    };
  }
})();
