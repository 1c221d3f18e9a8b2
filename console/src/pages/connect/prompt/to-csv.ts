import type { Cell, Column } from './open-prompt.ts';

/** What a spreadsheet would take for a formula. A plain number is none, whatever its sign. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const text = (cell: Exclude<Cell, null>): string =>
  typeof cell === 'string' ? cell : 'hex' in cell ? `\\x${cell.hex}` : cell.begins;

const field = (value: string, guard: boolean): string => {
  const safe = guard && FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return safe === '' || /[",\r\n\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/**
 * Rows as RFC 4180 has them. NULL is nothing between commas, an empty text is two quotes. `guard`: what a spreadsheet would
 * run as a formula begins with an apostrophe instead.
 */
export const csvRows = (rows: readonly (readonly Cell[])[], guard: boolean): string =>
  rows.map((row) => `${row.map((cell) => (cell === null ? '' : field(text(cell), guard))).join(',')}\r\n`).join('');

export const csvHead = (columns: readonly Column[], guard: boolean): string =>
  `${columns.map(({ name }) => field(name, guard)).join(',')}\r\n`;

/** How many values of these rows are not all there. */
export const cutCells = (rows: readonly (readonly Cell[])[]): number =>
  rows.reduce(
    (sum, row) =>
      sum +
      row.filter(
        (cell) => cell !== null && typeof cell !== 'string' && (!('hex' in cell) || cell.hex.length < cell.bytes * 2),
      ).length,
    0,
  );

/** Hands a file to the browser as a download. */
export const saveCsv = (pieces: readonly string[], name: string): void => {
  const url = URL.createObjectURL(new Blob([...pieces], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replaceAll(/[^\w.-]+/g, '_');
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
