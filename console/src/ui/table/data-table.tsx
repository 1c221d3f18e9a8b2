import {
  columnVisibilityFeature,
  createColumnHelper,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
} from 'react';
import { useMediaQuery } from '@mantine/hooks';
import type { Rows } from '../../api/pages.ts';
import { usePreferences } from '../preferences.ts';
import type { Column } from './column.ts';
import { TableRow } from './table-row.tsx';
import s from './table.module.css';

const features = tableFeatures({ rowSelectionFeature, columnVisibilityFeature });

/** Below this the browser copes, and find-in-page and screen readers have real rows. */
const virtualFrom = 200;

export interface TableHandle {
  readonly focusRow: (index: number) => void;
}

interface DataTableProps<T extends object> {
  readonly ref: Ref<TableHandle>;
  readonly label: string;
  readonly list: Rows<T>;
  readonly columns: readonly Column<T>[];
  readonly hidden: ReadonlySet<string>;
  readonly rowId: (row: T) => string;
  readonly rowName: (row: T) => string;
  readonly activeId: string | undefined;
  readonly openId: string | undefined;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: ((row: T, range: boolean) => void) | undefined;
  readonly onSelectAll: (() => void) | undefined;
  readonly onActive: (row: T) => void;
  readonly onOpen: (row: T, event: MouseEvent | KeyboardEvent) => void;
}

/** The rows of a list as a grid: sticky header, one tab stop, only the visible rows in the page once there are many. */
export const DataTable = <T extends object>({
  ref,
  label,
  list,
  columns,
  hidden,
  rowId,
  rowName,
  activeId,
  openId,
  selected,
  onSelect,
  onSelectAll,
  onActive,
  onOpen,
}: DataTableProps<T>) => {
  const scroll = useRef<HTMLDivElement>(null);
  const elements = useRef(new Map<string, HTMLTableRowElement>());
  const focusedId = useRef<string>(undefined);
  const [focusNext, setFocusNext] = useState<number>();
  const narrow = useMediaQuery('(max-width: 46rem)') === true;
  const { density } = usePreferences();

  const defs = useMemo(() => {
    const helper = createColumnHelper<typeof features, T>();
    return columns.map((column) =>
      helper.display({ id: column.id, header: column.header, cell: ({ row }) => column.cell(row.original) }),
    );
  }, [columns]);
  const table = useTable({
    features,
    columns: defs,
    data: list.rows,
    getRowId: rowId,
    enableRowSelection: onSelect !== undefined,
    state: {
      rowSelection: Object.fromEntries([...selected].map((id) => [id, true as const])),
      columnVisibility: Object.fromEntries([...hidden].map((id) => [id, false])),
    },
  });
  const rows = table.getRowModel().rows;
  const shown = columns.filter((column) => !hidden.has(column.id));
  const span = shown.length + (onSelect === undefined ? 0 : 1);

  const virtual = rows.length > virtualFrom && !narrow;
  const virtualizer = useVirtualizer({
    enabled: virtual,
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => (density === 'cozy' ? 43 : 35),
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtualizer.getVirtualItems();
  const from = virtual ? (items[0]?.index ?? 0) : 0;
  const to = virtual ? (items.at(-1)?.index ?? -1) + 1 : rows.length;
  const before = virtual ? (items[0]?.start ?? 0) : 0;
  const after = virtual ? virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0) : 0;

  useImperativeHandle(ref, () => ({
    focusRow: (index) => {
      if (virtual) virtualizer.scrollToIndex(index);
      setFocusNext(index);
    },
  }));
  useEffect(() => {
    if (focusNext === undefined) return;
    const element = elements.current.get(rows[focusNext]?.id ?? '');
    if (element === undefined) return; // not drawn yet: the next render tries again
    element.focus({ preventScroll: virtual });
    setFocusNext(undefined);
  });
  useEffect(() => {
    // A row that had focus and is gone would drop the person at the top of the page.
    const lost = focusedId.current !== undefined && !rows.some(({ id }) => id === focusedId.current);
    if (!lost) return;
    focusedId.current = undefined;
    if (document.activeElement === document.body) elements.current.get(activeId ?? '')?.focus();
  }, [rows, activeId]);

  const sentinel = useRef<HTMLDivElement>(null);
  const { hasMore, loadingMore, more } = list;
  useEffect(() => {
    const element = sentinel.current;
    if (element === null || !hasMore || loadingMore) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) more();
      },
      { root: narrow ? null : scroll.current, rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasMore, loadingMore, more, narrow]);

  return (
    <div ref={scroll} className={s['scroll']} data-stale={list.stale ? '' : undefined} data-list>
      <table
        role="grid"
        aria-label={label}
        aria-rowcount={(list.total ?? (hasMore ? -2 : rows.length)) + 1}
        aria-multiselectable={onSelect === undefined ? undefined : true}
        className={s['table']}
      >
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {onSelect === undefined ? null : (
              <th role="columnheader" className={s['check']}>
                <label>
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label="Choose all rows shown"
                    checked={rows.length > 0 && rows.every(({ id }) => selected.has(id))}
                    onChange={onSelectAll}
                  />
                </label>
              </th>
            )}
            {shown.map((column) => (
              <th
                key={column.id}
                role="columnheader"
                style={{ width: column.width }}
                data-right={column.right === true ? '' : undefined}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {before > 0 ? (
            <tr aria-hidden>
              <td colSpan={span} style={{ height: before, padding: 0 }} />
            </tr>
          ) : null}
          {rows.slice(from, to).map((row, i) => (
            <TableRow
              key={row.id}
              row={row.original}
              rowRef={(element) => {
                if (element === null) elements.current.delete(row.id);
                else elements.current.set(row.id, element);
              }}
              index={from + i}
              name={rowName(row.original)}
              columns={shown}
              cells={row.getVisibleCells().map((cell) => (
                <table.FlexRender key={cell.id} cell={cell} />
              ))}
              active={row.id === activeId}
              open={row.id === openId}
              selected={selected.has(row.id)}
              onSelect={onSelect === undefined ? undefined : (range) => onSelect(row.original, range)}
              onFocus={() => {
                focusedId.current = row.id;
                onActive(row.original);
              }}
              onOpen={(event) => onOpen(row.original, event)}
            />
          ))}
          {after > 0 ? (
            <tr aria-hidden>
              <td colSpan={span} style={{ height: after, padding: 0 }} />
            </tr>
          ) : null}
        </tbody>
      </table>
      <div ref={sentinel} />
    </div>
  );
};
