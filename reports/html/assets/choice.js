/* global document, window */
// Shows the platforms of one kind, in tables and charts, and sorts those of the headline table and of the charts.
// It decides nothing about the figures.
(() => {
  'use strict';
  // Ids of the platforms to be shown, in their order; null: as the report has them.
  let shown = null;
  window.tareChosen = chosen;

  const form = document.querySelector('form.choice');
  if (!form) return;
  const body = document.querySelector('.headline tbody');
  const written = [...body.rows];
  const kinds = [...form.elements.kind.options].map((option) => option.value);
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', () => {
    const kind = form.elements.kind.value;
    for (const row of document.querySelectorAll('tr[data-kind]'))
      row.hidden = kind !== '' && row.dataset.kind !== kind;
    const order = form.elements.order.value;
    body.append(...(order === '' ? written : [...written].sort((a, b) => keyOf(a, order) - keyOf(b, order))));
    shown = [...body.rows].filter((row) => !row.hidden).map((row) => row.dataset.platform);
    document.dispatchEvent(new window.Event('choice'));
  });

  // A chart with the rows of those platforms alone.
  function chosen(spec) {
    if (shown === null) return spec;
    const places = shown.map((id) => spec.platforms.indexOf(id)).filter((place) => place >= 0);
    const pick = (values) => places.map((place) => values[place]);
    return {
      ...spec,
      ...picked(spec, ['labels', 'platforms', 'shapes']),
      variants: spec.variants.map(ofVariant),
    };

    function ofVariant(variant) {
      if (spec.type === 'curves') return { ...variant, series: pick(variant.series) };
      const series = variant.series?.map((one) => ({
        ...one,
        ...picked(one, ['values', 'ranges', 'texts']),
      }));
      return { ...variant, ...picked(variant, ['rows', 'totals']), ...(series && { series }) };
    }

    // Lists of a value per row; some charts have none of a kind.
    function picked(from, names) {
      const full = names.filter((name) => from[name]?.length > 0);
      return Object.fromEntries(full.map((name) => [name, pick(from[name])]));
    }
  }

  // A row without the figure comes last.
  function keyOf(row, order) {
    if (order === 'kind') return kinds.indexOf(row.dataset.kind);
    return Number(row.dataset[order] ?? Number.MAX_VALUE);
  }
})();
