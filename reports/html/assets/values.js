/* global document, window */
// The table behind a chart, written when a reader unfolds it. It decides nothing about the figures.
window.tareValues = (() => {
  'use strict';

  // For each type of chart its heads, and a row of texts for each of its labels, steps or runs.
  const tables = {
    distribution(spec, variant, plain) {
      const { rows, symbol } = spec.variants[variant];
      const all = (values) => values.map(plain).join(' ') || '–';
      return {
        head: ['Platform', `Median, ${symbol}`, 'Samples', 'In no figure'],
        rows: rows.map(({ values, excluded, median }, index) => [
          spec.labels[index],
          median === null ? '–' : plain(median),
          all(values),
          all(excluded),
        ]),
      };
    },
    bars(spec, variant) {
      const { series, totals } = spec.variants[variant];
      const hasTotals = totals.length > 0;
      return {
        head: ['Platform', ...series.map(({ name }) => name), ...(hasTotals ? ['Whole'] : [])],
        rows: spec.labels.map((label, index) => [
          label,
          ...series.map(({ texts }) => texts[index] || '–'),
          ...(hasTotals ? [totals[index]] : []),
        ]),
      };
    },
    curves(spec, variant, plain) {
      const { series, symbol } = spec.variants[variant];
      const steps = series.flatMap(({ good, bad }) => [...good, ...bad].map(({ n }) => n));
      const at = (points, n) => points.find((point) => point.n === n);
      const cell = ({ good, bad }, n) => {
        const point = at(good, n) ?? at(bad, n);
        return point ? `${plain(point.value)}${at(good, n) ? '' : ' (too much)'}` : '–';
      };
      return {
        head: ['Instances', ...series.map(({ name }) => `${name}${symbol ? `, ${symbol}` : ''}`)],
        rows: [...new Set(steps)]
          .sort((a, b) => a - b)
          .map((n) => [String(n), ...series.map((one) => cell(one, n))]),
      };
    },
    trend(spec, _variant, plain) {
      const { series, runs, symbol } = spec;
      const cell = ({ points, changes }, run) => {
        const point = points.find(([at]) => at === run);
        return point ? `${plain(point[1])}${changes.includes(run) ? ' (change)' : ''}` : '–';
      };
      return {
        head: ['Run', 'Day', ...series.map(({ name }) => `${name}${symbol ? `, ${symbol}` : ''}`)],
        rows: runs.map(({ day, lines }, run) => [lines[0], day, ...series.map((one) => cell(one, run))]),
      };
    },
  };

  // Fills the table of a figure, if it is unfolded.
  return function fill(figure, spec, variant, plain) {
    const details = figure.querySelector('details.values');
    if (!details?.open) return;
    const { head, rows } = tables[spec.type](spec, variant, plain);
    const table = document.createElement('table');
    const line = (cells, isHead) => {
      const row = document.createElement('tr');
      row.append(
        ...cells.map((text, index) => {
          const cell = document.createElement(isHead || index === 0 ? 'th' : 'td');
          if (cell.tagName === 'TH') cell.scope = isHead ? 'col' : 'row';
          if (index > 0) cell.className = 'number';
          cell.textContent = text;
          return cell;
        }),
      );
      return row;
    };
    table.createTHead().append(line(head, true));
    table.createTBody().append(...rows.map((cells) => line(cells, false)));
    details.querySelector('.scroll').replaceChildren(table);
  };
})();
