/* global document */
// Shows the rows of one kind of platform, and sorts those of the headline table. It decides nothing about the figures.
(() => {
  'use strict';
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
  });

  // A row without the figure comes last.
  function keyOf(row, order) {
    if (order === 'kind') return kinds.indexOf(row.dataset.kind);
    return Number(row.dataset[order] ?? Number.MAX_VALUE);
  }
})();
