/** A p value in a sentence. */
export function pText(p: number): string {
  return p < smallest ? 'p < 0.001' : `p = ${pCell(p)}`;
}

/** A p value in a table. */
export function pCell(p: number): string {
  return p < smallest ? '<0.001' : p.toFixed(3);
}

/** Below it, more digits would say nothing. */
const smallest = 0.001;
