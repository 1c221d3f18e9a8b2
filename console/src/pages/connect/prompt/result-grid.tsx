import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { copyText } from '../../../ui/show/copyable.tsx';
import { aboutCell, cellText, nameText, visibleLines, wholeText } from './cell-text.ts';
import type { Cell, Column } from './open-prompt.ts';
import s from './prompt.module.css';

const ROW = 26;
const SAMPLE = 60;

interface At {
  readonly row: number;
  readonly column: number;
}

/** Widths that fit what the first rows hold, within reason. */
const widths = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): readonly string[] =>
  columns.map((column, at) => {
    const longest = rows
      .slice(0, SAMPLE)
      .reduce((most, row) => Math.max(most, cellText(row[at] ?? null).length), nameText(column.name).length);
    return `${String(Math.min(44, Math.max(6, longest + 2)))}ch`;
  });

const keyMoves: Readonly<Record<string, (at: At, last: At) => At>> = {
  ArrowDown: (at) => ({ ...at, row: at.row + 1 }),
  ArrowUp: (at) => ({ ...at, row: at.row - 1 }),
  ArrowRight: (at) => ({ ...at, column: at.column + 1 }),
  ArrowLeft: (at) => ({ ...at, column: at.column - 1 }),
  PageDown: (at) => ({ ...at, row: at.row + 15 }),
  PageUp: (at) => ({ ...at, row: at.row - 15 }),
  Home: (at) => ({ ...at, column: 0 }),
  End: (at, last) => ({ ...at, column: last.column }),
};
const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

/** The whole of one value, beneath the rows. */
const Value = ({ cell, column }: { readonly cell: Cell; readonly column: Column }) => (
  <div className={s['value']}>
    <div className="spread">
      <span className="small">
        <strong>{nameText(column.name)}</strong>{' '}
        <span className="dim">
          {column.type} · {aboutCell(cell)}
        </span>
      </span>
      {cell === null ? null : (
        <button type="button" className={s['copy']} onClick={() => void copyText(wholeText(cell))}>
          Copy the value
        </button>
      )}
    </div>
    {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keyboard */}
    <pre tabIndex={0} role="group" aria-label="The value">
      {visibleLines(wholeText(cell))}
    </pre>
  </div>
);

/** Rows of a result: one tab stop, arrows go from value to value, only the visible rows are in the page. */
export const ResultGrid = ({
  label,
  columns,
  rows,
}: {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}) => {
  const scroll = useRef<HTMLDivElement>(null);
  const name = useId();
  const [at, setAt] = useState<At>();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const template = `5ch ${widths(columns, rows).join(' ')}`;
  const last = { row: rows.length - 1, column: columns.length - 1 };
  const idOf = (row: number, column: number): string => `${name}-${String(row)}-${String(column)}`;
  const go = (next: At): void => {
    const fits = { row: clamp(next.row, last.row), column: clamp(next.column, last.column) };
    setAt(fits);
    virtual.scrollToIndex(fits.row);
    requestAnimationFrame(() =>
      document.getElementById(idOf(fits.row, fits.column))?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    );
  };
  const onKey = (event: KeyboardEvent): void => {
    if (rows.length === 0) return;
    if (
      event.key === 'c' &&
      (event.ctrlKey || event.metaKey) &&
      at !== undefined &&
      getSelection()?.toString() === ''
    ) {
      event.preventDefault();
      return void copyText(wholeText(rows[at.row]?.[at.column] ?? null));
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = keyMoves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    go(at === undefined ? { row: 0, column: 0 } : move(at, last));
  };
  const shown = at === undefined ? undefined : columns[at.column];
  return (
    <>
      <div
        ref={scroll}
        className={s['grid']}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-activedescendant={at === undefined ? undefined : idOf(at.row, at.column)}
        onKeyDown={onKey}
      >
        <div role="row" aria-rowindex={1} className={s['head']} style={{ gridTemplateColumns: template }}>
          <span role="columnheader" className={s['number']}>
            <span className="visually-hidden">Row</span>
          </span>
          {columns.map((column, n) => (
            // oxlint-disable-next-line react/no-array-index-key -- a result may have a name twice
            <span
              key={n}
              role="columnheader"
              title={`${nameText(column.name)}: ${column.type}`}
              data-number={column.isNumber ? '' : undefined}
            >
              {nameText(column.name) === '' ? '(no name)' : nameText(column.name)} <em>{column.type}</em>
            </span>
          ))}
        </div>
        <div role="rowgroup" className={s['rows']} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              className={s['row']}
              style={{ gridTemplateColumns: template, transform: `translateY(${String(item.start)}px)` }}
            >
              <span role="rowheader" className={s['number']}>
                {item.index + 1}
              </span>
              {columns.map((column, n) => {
                const cell = rows[item.index]?.[n] ?? null;
                return (
                  <span
                    // oxlint-disable-next-line react/no-array-index-key -- a result may have a name twice
                    key={n}
                    id={idOf(item.index, n)}
                    role="gridcell"
                    aria-selected={at?.row === item.index && at.column === n}
                    data-null={cell === null ? '' : undefined}
                    data-number={column.isNumber ? '' : undefined}
                    onMouseDown={() => setAt({ row: item.index, column: n })}
                  >
                    {cellText(cell)}
                  </span>
                );
              })}
            </div>
          ))}
        </div>
      </div>
      {at === undefined || shown === undefined ? null : (
        <Value cell={rows[at.row]?.[at.column] ?? null} column={shown} />
      )}
    </>
  );
};
