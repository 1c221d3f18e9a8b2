import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { matrixQuery } from '../../api/role-mining.ts';
import type { Out } from '../../api/shapes/of-contract.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import s from './candidate-matrix.module.css';
import type { Candidate } from './run-words.ts';

type Matrix = Out<'roleMining.matrix'>;
type Row = Matrix['rows'][number];

/** By what people are ordered: as sent, by name, or who lacks something first. */
type By = 'gaps' | 'name' | number;

const ordered = (rows: readonly Row[], by: By): readonly Row[] =>
  by === 'gaps'
    ? rows
    : by === 'name'
      ? rows.toSorted((a, b) => a.name.localeCompare(b.name))
      : rows.toSorted((a, b) => Number(a.holds.includes(by)) - Number(b.holds.includes(by)));

/** Who of a candidate holds what of it: a dot where they do, a gap where it would be extra. */
export const CandidateMatrix = ({ candidate }: { readonly candidate: Candidate }) => {
  const query = useQuery(matrixQuery(candidate.id));
  const [by, setBy] = useState<By>('gaps');
  if (query.isPending) return <Waiting />;
  if (query.data === undefined) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const { columns, rows, people, entitlements } = query.data;
  return (
    <section className="stack" aria-label={`Matrix of ${candidate.name}`}>
      <h3>{candidate.name}</h3>
      <p className="dim">
        {rows.length} of {people} people, {columns.length} of {entitlements} entitlements. Choose a head to order by it;
        who lacks something comes first.
      </p>
      <div className={s['scroll']} role="region" aria-label="Who holds what" tabIndex={0}>
        <table className={s['matrix']}>
          <thead>
            <tr>
              <th scope="col">
                <button
                  type="button"
                  aria-pressed={by === 'name'}
                  onClick={() => setBy(by === 'name' ? 'gaps' : 'name')}
                >
                  Person
                </button>
              </th>
              {columns.map((column, n) => (
                <th key={column.id} scope="col" title={`${column.name} on ${column.systemName}`}>
                  <button type="button" aria-pressed={by === n} onClick={() => setBy(by === n ? 'gaps' : n)}>
                    {column.name}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ordered(rows, by).map((row) => {
              const holds = new Set(row.holds);
              return (
                <tr key={row.id}>
                  <th scope="row">
                    <Link to="/identities/$id" params={{ id: row.id }}>
                      {row.name}
                    </Link>
                    {row.department === null ? null : <span className="dim"> {row.department}</span>}
                  </th>
                  {columns.map((column, n) => (
                    <td key={column.id} data-held={holds.has(n) ? '' : undefined}>
                      {holds.has(n) ? '●' : <span className={s['gap']}>lacks</span>}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
};
