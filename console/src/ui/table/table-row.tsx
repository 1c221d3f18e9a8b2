import type { KeyboardEvent, MouseEvent, ReactNode, Ref } from 'react';
import type { Column } from './column.ts';
import s from './table.module.css';

interface TableRowProps<T> {
  readonly row: T;
  readonly rowRef: Ref<HTMLTableRowElement>;
  readonly index: number;
  readonly name: string;
  readonly columns: readonly Column<T>[];
  readonly cells: readonly ReactNode[];
  readonly active: boolean;
  readonly open: boolean;
  readonly selected: boolean;
  readonly onSelect: ((range: boolean) => void) | undefined;
  readonly onFocus: () => void;
  readonly onOpen: (event: MouseEvent | KeyboardEvent) => void;
}

/** One row: a tab stop when it is the active one, its box first when rows can be chosen. */
export const TableRow = <T,>({
  rowRef,
  index,
  name,
  columns,
  cells,
  active,
  open,
  selected,
  onSelect,
  onFocus,
  onOpen,
}: TableRowProps<T>) => (
  <tr
    ref={rowRef}
    role="row"
    data-index={index}
    aria-rowindex={index + 2}
    aria-selected={onSelect === undefined ? undefined : selected}
    tabIndex={active ? 0 : -1}
    className={s['row']}
    data-active={active ? '' : undefined}
    data-open={open ? '' : undefined}
    onFocus={onFocus}
    onClick={(event) => {
      // A control inside the row does its own work; a click that ends a text selection opens nothing.
      if (event.target instanceof Element && event.target.closest('a, button, input, label') !== null) return;
      if ((getSelection()?.toString() ?? '') === '') onOpen(event);
    }}
  >
    {onSelect === undefined ? null : (
      <td role="gridcell" className={s['check']}>
        <label>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Choose ${name}`}
            checked={selected}
            onChange={(event) =>
              onSelect(event.nativeEvent instanceof globalThis.MouseEvent && event.nativeEvent.shiftKey)
            }
          />
        </label>
      </td>
    )}
    {columns.map((column, i) => (
      <td
        key={column.id}
        role="gridcell"
        data-right={column.right === true ? '' : undefined}
        data-title={column.title === true ? '' : undefined}
        data-label={column.title === true ? undefined : column.header}
      >
        {cells[i]}
      </td>
    ))}
  </tr>
);
