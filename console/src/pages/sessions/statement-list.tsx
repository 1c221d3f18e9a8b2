import { useQuery } from '@tanstack/react-query';
import { statementsQuery } from '../../api/guard.ts';
import type { Statement } from '../../api/shapes/guard.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { duration } from '../../ui/show/time-ago.tsx';
import { TurnPages, useTurnedPages } from '../../ui/turn-pages.tsx';
import s from './sessions.module.css';

const shown = (value: Statement['values'][number]): string =>
  value === null
    ? 'null'
    : typeof value === 'string'
      ? value
      : 'hex' in value
        ? `0x${value.hex}`
        : 'hidden' in value
          ? '(hidden)'
          : `${value.begins}… (${value.bytes.toLocaleString('en')} bytes)`;

const took = (micros: number): string =>
  micros < 1_000 ? `${String(micros)} µs` : `${(micros / 1_000).toLocaleString('en', { maximumFractionDigits: 1 })} ms`;

const Outcome = ({ row }: { readonly row: Statement }) => {
  if (row.refused !== null) return <StateBadge tone="bad">{`refused: ${row.refused}`}</StateBadge>;
  if (row.error !== null) return <StateBadge tone="bad">{`${row.error.code} ${row.error.message}`}</StateBadge>;
  if (!row.answered) return <StateBadge tone="quiet">not answered</StateBadge>;
  return <span className="dim">{row.tag ?? 'done'}</span>;
};

/** Values of a statement are numbered; of a request they are its headers. */
const values = (row: Statement): string =>
  isRequest(row)
    ? row.values.map(shown).join('\n')
    : row.values.map((value, at) => `$${String(at + 1)} = ${shown(value)}`).join(', ');

const isRequest = ({ via }: Statement): boolean => via === 'http' || via === 'websocket';

const Sizes = ({ row }: { readonly row: Statement }) =>
  row.bytes === null ? null : (
    <span className="dim">
      , {row.bytes.in.toLocaleString('en')} bytes sent, {row.bytes.out.toLocaleString('en')} received
    </span>
  );

/** What was asked of a database or a web application, in order, each with its values and what came of it. */
export const StatementList = ({ id }: { readonly id: string }) => {
  const pages = useTurnedPages();
  const { data, error, refetch, isFetching } = useQuery(statementsQuery(id, pages.from));
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Waiting />;
  return (
    <div className="stack">
      {data.items.length === 0 ? <p className="dim">Nothing was asked.</p> : null}
      <ol className={s['statements']} aria-label="Statements" start={pages.from + 1}>
        {data.items.map((row) => (
          <li key={row.n}>
            <pre className="mono">{row.text}</pre>
            {row.values.length === 0 ? null : isRequest(row) ? (
              <details>
                <summary className="small dim">{row.via === 'websocket' ? 'WebSocket' : 'Headers'}</summary>
                <pre className="small mono">{values(row)}</pre>
              </details>
            ) : (
              <p className="small mono">{values(row)}</p>
            )}
            <p className="small">
              <span className="dim">{duration(row.atMs / 1_000)} </span>
              <Outcome row={row} />
              {row.micros === null ? null : <span className="dim"> in {took(row.micros)}</span>}
              <Sizes row={row} />
            </p>
          </li>
        ))}
      </ol>
      {data.problem === null ? null : <p role="alert">The recording is damaged after these: {data.problem}</p>}
      <TurnPages pages={pages} next={data.next} loading={isFetching} />
    </div>
  );
};
