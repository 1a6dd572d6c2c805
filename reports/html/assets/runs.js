/* global document, location */
// Finds runs among those of a site, and opens the comparison of two that are clicked one after the other.
(() => {
  'use strict';
  const form = document.querySelector('form.find');
  const rows = [...document.querySelectorAll('tr[data-run]')];
  const pages = JSON.parse(document.getElementById('comparisons').textContent);
  const found = document.querySelector('.found');
  const picked = document.querySelector('.picked');
  let first = null;

  form.hidden = false;
  for (const button of document.querySelectorAll('tr[data-run] button')) button.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', search);

  function search() {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    found.textContent = shown === rows.length ? `${rows.length} runs` : `${shown} of ${rows.length} runs`;
  }

  for (const row of rows) {
    row.querySelector('button').addEventListener('click', () => pick(row));
  }

  function pick(row) {
    if (first === null || first === row) {
      first = first === row ? null : row;
      for (const each of rows)
        each.querySelector('button').setAttribute('aria-pressed', String(each === first));
      picked.textContent =
        first === null ? '' : `${row.dataset.name} is to be compared; now choose the other run.`;
      return;
    }
    // The older one is the reference, in whichever order they were clicked.
    const [reference, run] = rows.indexOf(first) > rows.indexOf(row) ? [first, row] : [row, first];
    const page = pages[`${reference.dataset.run} ${run.dataset.run}`];
    if (page) location.href = page;
    else
      picked.textContent = `${first.dataset.name} and ${row.dataset.name} have no comparison on this site: tare compare makes it.`;
  }
})();
