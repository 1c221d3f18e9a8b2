import { Alert, Button, TextInput } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { nameText } from './cell-text.ts';
import type { Cell } from './open-prompt.ts';
import s from './prompt.module.css';
import type { Prompt } from './use-prompt.ts';

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
}

const text = (cell: Cell | undefined): string => (typeof cell === 'string' ? cell : '');
const tablesOf = (rows: readonly (readonly Cell[])[]): readonly Table[] =>
  rows.map(([schema, name, kind]) => ({ schema: text(schema), name: text(name), isView: text(kind).includes('VIEW') }));

const quoted = (name: string, protocol: 'postgres' | 'mysql'): string =>
  /^[a-z_][a-z0-9_]*$/.test(name)
    ? name
    : protocol === 'postgres'
      ? `"${name.replaceAll('"', '""')}"`
      : `\`${name.replaceAll('`', '``')}\``;

const One = ({
  table,
  prompt,
  onInsert,
}: {
  readonly table: Table;
  readonly prompt: Prompt;
  readonly onInsert: (name: string) => void;
}) => {
  const [open, setOpen] = useState(false);
  const [columns, setColumns] = useState<readonly (readonly Cell[])[]>();
  const [problem, setProblem] = useState<string>();
  const protocol = prompt.state.opened?.protocol ?? 'postgres';
  const name = nameText(table.name);
  const toggle = async (): Promise<void> => {
    setOpen(!open);
    if (open || columns !== undefined) return;
    const found = await prompt.look({ schema: table.schema, name: table.name });
    setProblem(found.failed);
    setColumns(found.rows);
  };
  return (
    <li>
      <div className={s['table']}>
        <button type="button" aria-expanded={open} onClick={() => void toggle()}>
          <span aria-hidden>{open ? '▾' : '▸'}</span> {name}
          {table.isView ? <span className="dim"> view</span> : null}
        </button>
        <button
          type="button"
          aria-label={`use ${name} in the statements`}
          onClick={() => onInsert(`${quoted(table.schema, protocol)}.${quoted(table.name, protocol)}`)}
        >
          use
        </button>
      </div>
      {!open ? null : problem !== undefined ? (
        <p className="small">{problem}</p>
      ) : (
        <ul aria-label={`Columns of ${name}`}>
          {(columns ?? []).map(([column, type, nullable], n) => (
            // oxlint-disable-next-line react/no-array-index-key -- names may come twice
            <li key={n}>
              <button type="button" onClick={() => onInsert(quoted(text(column), protocol))}>
                {nameText(text(column))}
              </button>
              <span className="dim">
                {nameText(text(type))}
                {text(nullable) === 'NO' ? ', not null' : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
};

/** What there is in the database, as its catalogue says to this account; looking is recorded like any statement. */
export const TablesPanel = ({
  prompt,
  onInsert,
}: {
  readonly prompt: Prompt;
  readonly onInsert: (text: string) => void;
}) => {
  const [tables, setTables] = useState<readonly Table[]>();
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [filter, setFilter] = useState('');
  const { look, busy } = prompt;
  const load = useCallback(async (): Promise<void> => {
    const found = await look();
    setProblem(found.failed);
    if (found.rows === undefined) return;
    setTables(tablesOf(found.rows));
    setMore(found.more === true);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- asked for once, and then by hand
  }, []);
  useEffect(() => void load(), [load]);
  const schemas = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const fitting = (tables ?? []).filter(({ schema, name }) => `${schema}.${name}`.toLowerCase().includes(wanted));
    const bySchema = new Map<string, Table[]>();
    for (const table of fitting) bySchema.set(table.schema, [...(bySchema.get(table.schema) ?? []), table]);
    return [...bySchema];
  }, [tables, filter]);
  return (
    <section className={s['tables']} aria-label="Tables">
      <div className="spread">
        <h2>Tables</h2>
        <Button size="compact-xs" variant="default" disabled={busy} onClick={() => void load()}>
          Look again
        </Button>
      </div>
      {problem === undefined ? null : (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
      <TextInput
        size="xs"
        label="Name contains"
        value={filter}
        onChange={({ currentTarget }) => setFilter(currentTarget.value)}
      />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keyboard */}
      <div className={s['tree']} tabIndex={0} role="group" aria-label="Schemas and tables">
        {schemas.map(([schema, ofSchema], at) => (
          <details key={schema} open={at === 0 || filter !== ''}>
            <summary>
              {nameText(schema)} <span className="dim">{ofSchema.length}</span>
            </summary>
            <ul>
              {ofSchema.map((table) => (
                <One key={table.name} table={table} prompt={prompt} onInsert={onInsert} />
              ))}
            </ul>
          </details>
        ))}
        {tables?.length === 0 ? <p className="small dim">This account sees no tables.</p> : null}
        {more ? <p className="small dim">There are more than are listed.</p> : null}
      </div>
    </section>
  );
};
