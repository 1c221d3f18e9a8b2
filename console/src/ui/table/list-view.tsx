import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import type { Rows } from '../../api/pages.ts';
import { Empty, Failed, Waiting } from '../feedback/states.tsx';
import { useActions } from '../keyboard/actions.ts';
import { DataTable, type TableHandle } from './data-table.tsx';
import type { ListSearch } from '../list-search.ts';
import type { Column, Command } from './column.ts';
import { DetailPanel } from './detail-panel.tsx';
import { FilterBar } from './filter-bar.tsx';
import { BulkBar, ListFoot } from './list-foot.tsx';
import s from './table.module.css';
import type { Facets } from './tokens.ts';
import { listKeys } from './use-list-keys.ts';

interface ListViewProps<T extends object> {
  /** What the list is of, for instance `Identities`. */
  readonly label: string;
  readonly list: Rows<T>;
  readonly columns: readonly Column<T>[];
  readonly rowId: (row: T) => string;
  readonly rowName: (row: T) => string;
  readonly facets: Facets;
  readonly search: ListSearch;
  readonly onSearch: (change: ListSearch) => void;
  readonly commands?: readonly Command<T>[];
  readonly selectable?: boolean;
  /** What the panel shows; without it ↵ opens the page. */
  readonly detail?: (row: T) => ReactNode;
  /** Goes to the page of a row. */
  readonly onPage?: (row: T) => void;
  /** Link to the page, in the panel's head. */
  readonly pageLink?: (row: T) => ReactNode;
  readonly empty: { readonly title: string; readonly text: ReactNode; readonly action?: ReactNode };
  /** The same list as a command line. */
  readonly cli?: string;
  /** Work is done in this list: its first row takes focus once it is there, so that the keys act at once. */
  readonly takesFocus?: boolean;
}

const noCommands: readonly never[] = [];

/** The list every noun is shown with: filter line, rows, details beside them, bulk bar, the same keys everywhere. */
export const ListView = <T extends object>(props: ListViewProps<T>) => {
  const {
    label,
    list,
    columns,
    rowId,
    rowName,
    facets,
    search,
    onSearch,
    commands = noCommands,
    selectable = false,
    detail,
    onPage,
  } = props;
  const table = useRef<TableHandle>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [anchor, setAnchor] = useState<string>();
  const [activeId, setActiveId] = useState(search.open);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(
    () => new Set(columns.filter((column) => column.hidden).map(({ id }) => id)),
  );
  const [lastIndex, setLastIndex] = useState(0);

  const { rows } = list;
  const found = rows.findIndex((row) => rowId(row) === activeId);
  // When the active row has left the list, the one now in its place is active.
  const at = found >= 0 ? found : Math.min(lastIndex, rows.length - 1);
  const active = rows[at];
  const opened = detail === undefined ? undefined : rows.find((row) => rowId(row) === search.open);
  const selectedRows = rows.filter((row) => chosen.has(rowId(row)));

  const setActive = (row: T): void => {
    setActiveId(rowId(row));
    setLastIndex(rows.indexOf(row));
  };
  const move = (to: number): void => {
    if (rows[to] !== undefined) table.current?.focusRow(to);
  };
  const show = (row: T | undefined): void => {
    if (row !== undefined) setActive(row);
    onSearch({ open: row === undefined ? undefined : rowId(row) });
  };
  const moveOpen = (to: number): void => {
    if (rows[to] !== undefined) show(rows[to]);
  };
  const open = (row: T, event: KeyboardEvent | MouseEvent): void => {
    if (detail === undefined || event.metaKey || event.ctrlKey) onPage?.(row);
    else show(row);
  };
  const select = (row: T, range: boolean): void => {
    const next = new Set(chosen);
    const id = rowId(row);
    const [from, to] = [rows.findIndex((each) => rowId(each) === anchor), rows.indexOf(row)];
    if (range && from >= 0)
      for (const each of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(rowId(each));
    else if (!next.delete(id)) next.add(id);
    setChosen(next);
    setAnchor(id);
  };
  const selectAll = (): void => setChosen(selectedRows.length === rows.length ? new Set() : new Set(rows.map(rowId)));
  const back = (): boolean => {
    if (opened !== undefined) {
      show(undefined);
      move(at);
      return true;
    }
    if (chosen.size === 0) return false;
    setChosen(new Set());
    return true;
  };
  const targets = (command: Command<T>): readonly T[] => {
    const subject =
      opened !== undefined
        ? [opened]
        : selectedRows.length > 0 && command.bulk === true
          ? selectedRows
          : active === undefined
            ? []
            : [active];
    return subject.filter((row) => command.when?.(row) ?? true);
  };

  useActions(
    commands
      .filter((command) => targets(command).length > 0)
      .map((command) => ({
        id: `row.${command.id}`,
        label: `${command.label}: ${targets(command).length === 1 ? rowName(targets(command)[0] as T) : `${String(targets(command).length)} rows`}`,
        group: 'This row',
        keys: command.keys,
        scope: 'list' as const,
        run: () => command.run(targets(command)),
      })),
  );

  const start = useRef(0);
  start.current = Math.max(0, at);
  const ready = rows.length > 0 && props.takesFocus === true;
  useEffect(() => {
    const idle = document.activeElement === document.body || document.activeElement?.tagName === 'H1';
    if (ready && idle) table.current?.focusRow(start.current);
  }, [ready]);

  const filtered = search.q !== undefined;
  return (
    <div
      className={s['view']}
      data-open={opened === undefined ? undefined : ''}
      onKeyDown={listKeys({
        rows,
        at,
        panelOpen: opened !== undefined,
        commands,
        targets,
        move,
        moveOpen,
        open,
        select: selectable ? select : undefined,
        back,
      })}
    >
      <div className={s['main']}>
        <FilterBar
          label={label}
          value={search.q ?? ''}
          facets={facets}
          onChange={(q) => onSearch({ q: q === '' ? undefined : q })}
        />
        {list.error !== null && rows.length === 0 ? (
          <Failed error={list.error} onRetry={list.retry} />
        ) : list.loading ? (
          <Waiting lines={10} />
        ) : rows.length === 0 ? (
          filtered ? (
            <Empty
              title="Nothing matches"
              text={`No row fits “${search.q ?? ''}”. Drop a part of the filter to see more.`}
            >
              <button type="button" className={s['chip']} onClick={() => onSearch({ q: undefined })}>
                Drop the whole filter
              </button>
            </Empty>
          ) : (
            <Empty title={props.empty.title} text={props.empty.text}>
              {props.empty.action}
            </Empty>
          )
        ) : (
          <DataTable
            ref={table}
            label={label}
            list={list}
            columns={columns}
            hidden={
              opened === undefined
                ? hidden
                : new Set([...hidden, ...columns.filter(({ minor }) => minor).map(({ id }) => id)])
            }
            rowId={rowId}
            rowName={rowName}
            activeId={active === undefined ? undefined : rowId(active)}
            openId={search.open}
            selected={chosen}
            onSelect={selectable ? select : undefined}
            onSelectAll={selectable ? selectAll : undefined}
            onActive={setActive}
            onOpen={open}
          />
        )}
        {selectedRows.length === 0 ? null : (
          <BulkBar rows={selectedRows} commands={commands} onClear={() => setChosen(new Set())} />
        )}
        <ListFoot
          list={list}
          columns={columns}
          hidden={hidden}
          cli={props.cli}
          onHide={(id) =>
            setHidden((previous) =>
              previous.has(id) ? new Set([...previous].filter((each) => each !== id)) : new Set([...previous, id]),
            )
          }
        />
      </div>
      {opened === undefined || detail === undefined ? null : (
        <DetailPanel
          title={rowName(opened)}
          row={opened}
          commands={commands}
          onPrevious={at > 0 ? () => moveOpen(at - 1) : undefined}
          onNext={at < rows.length - 1 ? () => moveOpen(at + 1) : undefined}
          onClose={back}
          page={props.pageLink?.(opened)}
        >
          {detail(opened)}
        </DetailPanel>
      )}
    </div>
  );
};
