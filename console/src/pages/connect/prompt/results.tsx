import { Alert, Button, Switch } from '@mantine/core';
import { useState } from 'react';
import { StateBadge } from '../../../ui/show/badges.tsx';
import { visibleLines } from './cell-text.ts';
import type { Run, Statement } from './prompt-state.ts';
import s from './prompt.module.css';
import { ResultGrid } from './result-grid.tsx';
import { saveRows } from './use-prompt.ts';

const took = (ms: number): string => (ms < 1000 ? `${String(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const counted = (rows: number): string => `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;

/** The line of a text that holds a place, with a mark beneath it. */
const placeIn = (text: string, at: number): { readonly line: number; readonly shown: string } => {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const from = before.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', at);
  const whole = text.slice(from, end < 0 ? undefined : end);
  const left = Math.max(0, at - from - 60);
  const part = visibleLines(whole.slice(left, left + 120));
  return { line, shown: `${part}\n${' '.repeat(visibleLines(whole.slice(left, at - from)).length)}^` };
};

const Failed = ({ statement, run }: { readonly statement: Statement; readonly run: Run }) => {
  const { failed } = statement;
  if (failed === undefined) return null;
  const place = failed.at === undefined ? undefined : placeIn(run.text, failed.at);
  return (
    <Alert color="red" title={`Failed${place === undefined ? '' : ` at line ${String(place.line)}`}`}>
      <p className={s['words']}>{visibleLines(failed.message)}</p>
      {place === undefined ? null : <pre className={s['place']}>{place.shown}</pre>}
      {failed.detail === undefined ? null : <p className={s['words']}>{visibleLines(failed.detail)}</p>}
      {failed.hint === undefined ? null : <p className={s['words']}>Hint: {visibleLines(failed.hint)}</p>}
      <p className="dim small">
        code {failed.code} · {took(failed.ms)}
      </p>
    </Alert>
  );
};

const summary = (one: Statement, into: Run['into']): string => {
  const { done, rows } = one;
  const isResult = one.columns !== undefined;
  const count = into === 'file' ? one.elsewhere : rows.length;
  if (done === undefined) return isResult ? `${counted(count)} so far` : 'running';
  const changed = done.rows === null || isResult ? '' : ` · ${counted(done.rows)}`;
  return isResult
    ? `${counted(count)} · ${took(done.ms)}`
    : `${done.tag === '' ? 'nothing to run' : done.tag}${done.tag.startsWith('OK') ? changed : ''} · ${took(done.ms)}`;
};

const One = ({
  statement,
  run,
  several,
  fileName,
}: {
  readonly statement: Statement;
  readonly run: Run;
  readonly several: boolean;
  readonly fileName: string;
}) => {
  const [guard, setGuard] = useState(true);
  const { columns, rows, where, done, failed, n } = statement;
  const text = where === undefined ? undefined : run.text.slice(where.start, where.end).replaceAll(/\s+/g, ' ');
  const label = `Result ${String(n)}`;
  return (
    <section className={s['result']} aria-label={label}>
      <div className={s['about']}>
        {several ? <strong>{n}</strong> : null}
        <StateBadge tone={failed !== undefined ? 'bad' : done === undefined ? (run.over ? 'quiet' : 'wait') : 'good'}>
          {failed !== undefined ? 'failed' : done === undefined ? (run.over ? 'not finished' : 'running') : 'done'}
        </StateBadge>
        <span className="small">{failed === undefined ? summary(statement, run.into) : null}</span>
        {several && text !== undefined ? <code className={s['which']}>{visibleLines(text.slice(0, 90))}</code> : null}
        {columns === undefined || rows.length === 0 ? null : (
          <span className={s['save']}>
            <Switch
              size="xs"
              label="Safe for spreadsheets"
              checked={guard}
              onChange={({ currentTarget }) => setGuard(currentTarget.checked)}
            />
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => saveRows({ columns, rows }, `${fileName}-${String(n)}.csv`, guard)}
            >
              Save these rows as CSV
            </Button>
          </span>
        )}
      </div>
      {done?.more === true || statement.elsewhere > 0 ? (
        <p className="small">
          {run.into === 'file'
            ? done?.more === true
              ? 'There is more than goes into one file. Narrow the statement down.'
              : 'The rows went into a file.'
            : 'There are more rows than are shown. Narrow the statement down, show more, or run it into a file.'}
        </p>
      ) : null}
      <Failed statement={statement} run={run} />
      {columns === undefined || run.into === 'file' ? null : columns.length === 0 ? (
        <p className="small dim">Rows without columns.</p>
      ) : (
        <ResultGrid label={label} columns={columns} rows={rows} />
      )}
    </section>
  );
};

/** What came of the text that was run last, statement by statement. */
export const Results = ({ run, fileName }: { readonly run: Run | undefined; readonly fileName: string }) => {
  if (run === undefined)
    return <p className="dim small">Ctrl+Enter runs what is selected, or all of it. Each statement is recorded.</p>;
  return (
    <div className={s['results']}>
      {run.refused === undefined ? null : (
        <Alert color="red" title="It was not run">
          {run.refused}
        </Alert>
      )}
      {run.over && run.refused === undefined && run.statements.length === 0 ? (
        <p className="small dim">There is no statement in it.</p>
      ) : null}
      {run.statements.map((statement) => (
        <One
          key={`${String(run.id)} ${String(statement.n)}`}
          statement={statement}
          run={run}
          several={run.statements.length > 1}
          fileName={fileName}
        />
      ))}
    </div>
  );
};
