import { Button, Menu } from '@mantine/core';
import type { Rows } from '../../api/pages.ts';
import { copyText } from '../show/copyable.tsx';
import { Icon } from '../show/icon.tsx';
import { Keys } from '../keyboard/keys-shown.tsx';
import type { Column, Command } from './column.ts';
import s from './table.module.css';

interface ListFootProps<T> {
  readonly list: Rows<T>;
  readonly columns: readonly Column<T>[];
  readonly hidden: ReadonlySet<string>;
  readonly onHide: (id: string) => void;
  readonly cli: string | undefined;
}

const count = (n: number): string => n.toLocaleString('en');

/** How much is shown of how much, which columns, and the same list as a command. */
export const ListFoot = <T,>({ list, columns, hidden, onHide, cli }: ListFootProps<T>) => (
  <div className={s['foot']}>
    <span className="num">
      {list.rows.length === 0 ? 'No rows' : `1–${count(list.rows.length)}`}
      {list.total === undefined ? (list.hasMore ? ', more to load' : '') : ` of ${count(list.total)}`}
    </span>
    {list.hasMore ? (
      <Button variant="subtle" size="compact-xs" loading={list.loadingMore} onClick={list.more}>
        Load more
      </Button>
    ) : null}
    <span className={s['push']} />
    <Menu closeOnItemClick={false} position="top-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-xs" leftSection={<Icon name="columns" size={14} />}>
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columns
          .filter(({ title }) => title !== true)
          .map((column) => (
            <Menu.Item
              key={column.id}
              leftSection={hidden.has(column.id) ? <span style={{ width: 14 }} /> : <Icon name="check" size={14} />}
              onClick={() => onHide(column.id)}
            >
              {column.header}
              <span className="visually-hidden">{hidden.has(column.id) ? ', not shown' : ', shown'}</span>
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
    {cli === undefined ? null : (
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        leftSection={<Icon name="copy" size={14} />}
        title={cli}
        onClick={() => void copyText(cli, `Copied: ${cli}`)}
      >
        Copy as CLI
      </Button>
    )}
  </div>
);

interface BulkBarProps<T> {
  readonly rows: readonly T[];
  readonly commands: readonly Command<T>[];
  readonly onClear: () => void;
}

/** What can be done to the chosen rows. */
export const BulkBar = <T,>({ rows, commands, onClear }: BulkBarProps<T>) => (
  <div className={s['bulk']} role="region" aria-label="Chosen rows">
    <strong>{count(rows.length)} chosen</strong>
    {commands
      .filter(({ bulk }) => bulk === true || rows.length === 1)
      .map((command) => {
        const fit = rows.filter((row) => command.when?.(row) ?? true);
        return (
          <Button
            key={command.id}
            size="compact-xs"
            variant={command.primary === true ? 'filled' : 'default'}
            color={command.danger === true ? 'red' : 'indigo'}
            disabled={fit.length === 0}
            rightSection={command.keys === undefined ? undefined : <Keys of={command.keys} />}
            onClick={() => command.run(fit)}
          >
            {command.label}
            {fit.length === rows.length ? '' : ` ${count(fit.length)} of ${count(rows.length)}`}
          </Button>
        );
      })}
    <Button size="compact-xs" variant="subtle" color="gray" className={s['push'] ?? ''} onClick={onClear}>
      Clear
    </Button>
  </div>
);
