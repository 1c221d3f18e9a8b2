import type { Cell } from './open-prompt.ts';

const ON_SCREEN = 300;

/** What a database holds may be anything: controls and marks that turn text are shown as what they are. */
const visible = (text: string): string =>
  text
    .replaceAll('\r\n', '↵')
    .replaceAll('\n', '↵')
    .replaceAll('\t', '⇥')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

/** The same where lines stay lines. */
export const visibleLines = (text: string): string => text.replaceAll('\r\n', '\n').split('\n').map(visible).join('\n');

/** A value as its cell shows it, on one line. */
export const cellText = (cell: Cell): string => {
  if (cell === null) return 'NULL';
  if (typeof cell === 'string')
    return cell.length > ON_SCREEN ? `${visible(cell.slice(0, ON_SCREEN))}…` : visible(cell);
  if ('hex' in cell) return `\\x${cell.hex.slice(0, 64)}${cell.bytes > 32 ? '…' : ''}`;
  return `${visible(cell.begins.slice(0, ON_SCREEN))}…`;
};

/** A name of the database's on one line. */
export const nameText = (name: string): string => visible(name);

/** The whole of a value, as far as it came. */
export const wholeText = (cell: Cell): string => {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  return 'hex' in cell ? `\\x${cell.hex}` : cell.begins;
};

/** Words about a value that is not all there, or is none. */
export const aboutCell = (cell: Cell): string => {
  if (cell === null) return 'NULL: no value';
  if (cell === '') return 'empty text';
  if (typeof cell === 'string') return `${String(cell.length)} characters`;
  if ('hex' in cell)
    return `${String(cell.bytes)} bytes${cell.hex.length < cell.bytes * 2 ? `, of which ${String(cell.hex.length / 2)} are shown` : ''}`;
  return `cut: it has ${String(cell.bytes)} bytes`;
};
