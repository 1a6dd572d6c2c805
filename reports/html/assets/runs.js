/* global document, location */
// Finds runs among those of a site, and opens the comparison of two that are clicked one after the other.
(() => {
  'use strict';
  const form = document.querySelector('form.find');
  const rows = [...document.querySelectorAll('tr[data-run]')];
  const pages = JSON.parse(document.getElementById('comparisons').textContent);
  const found = document.querySelector('.found');
  const medians = JSON.parse(document.getElementById('medians').textContent);
  const picked = document.querySelector('.picked');
  const pair = document.querySelector('.pair');
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
    pair.hidden = true;
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
    else showMedians(reference, run);
  }

  // Of two runs without a page: their medians, which say nothing of chance.
  function showMedians(reference, run) {
    const [before, after] = [reference, run].map((row) => medians[row.dataset.run]);
    const shared = before.figures.flatMap(([name, median, text]) => {
      const other = after.figures.find((figure) => figure[0] === name);
      return other ? [[name, text, other[2], change(median, other[1])]] : [];
    });
    const names = `${run.dataset.name} against ${reference.dataset.name}`;
    const machines = before.machine === after.machine ? '' : ' They ran on different machines.';
    picked.textContent =
      shared.length === 0
        ? `${names}: they have no figure in common.`
        : `${names}: medians only.${machines} tare compare has intervals, tests and what else differs.`;
    if (shared.length === 0) return;
    const table = document.createElement('table');
    table.createTHead().append(line(['Figure', reference.dataset.name, run.dataset.name, 'Change'], 'col'));
    table.createTBody().append(...shared.map((cells) => line(cells, null)));
    pair.replaceChildren(table);
    pair.hidden = false;
    pair.focus();
  }

  function line(cells, scope) {
    const row = document.createElement('tr');
    cells.forEach((text, index) => {
      const isHead = scope !== null || index === 0;
      const cell = document.createElement(isHead ? 'th' : 'td');
      if (isHead) cell.scope = scope ?? 'row';
      if (index > 0) cell.className = 'number';
      cell.textContent = text;
      row.append(cell);
    });
    return row;
  }

  function change(before, after) {
    if (before === 0) return '–';
    const percent = (after / before - 1) * 100;
    return `${percent < 0 ? '−' : '+'}${Number(Math.abs(percent).toPrecision(2))} %`;
  }
})();
