import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { SodMatrix } from '../../api/shapes/sod.ts';
import { sodMatrixQuery } from '../../api/sod.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, Tag } from '../../ui/show/badges.tsx';
import { SodTabs } from './sod-tabs.tsx';
import { modeWords } from './sod-words.ts';
import s from './sod.module.css';

type Cell = SodMatrix['cells'][number];
const severities = ['low', 'medium', 'high', 'critical'] as const;
const peopleOf = (cell: Cell): number => Math.max(...cell.rules.map((rule) => rule.people));
const worstOf = (cell: Cell): string =>
  severities[Math.max(...cell.rules.map((rule) => severities.indexOf(rule.severity)))] ?? 'low';
/** From how many people on a cell is shown as full. */
const many = 10;

const Chosen = ({ cell }: { readonly cell: Cell }) => (
  <section className="card stack" aria-label="Rules of the chosen cell">
    <h2>
      {cell.one} and {cell.other}
    </h2>
    {cell.rules.map((rule) => (
      <div key={rule.id} className="row">
        <Link to="/sod/rules/$id" params={{ id: rule.id }}>
          {rule.name}
        </Link>
        <RiskBadge risk={rule.severity} />
        <Tag>{modeWords[rule.mode]}</Tag>
        <Link to="/sod/violations" search={{ q: `rule:${rule.id}` }}>
          {rule.people === 1 ? '1 person has both' : `${rule.people} people have both`}
        </Link>
      </div>
    ))}
  </section>
);

const Heat = ({ matrix }: { readonly matrix: SodMatrix }) => {
  const [chosen, setChosen] = useState<Cell>();
  const at = new Map(
    matrix.cells.flatMap((cell) => [
      [`${cell.one}\n${cell.other}`, cell],
      [`${cell.other}\n${cell.one}`, cell],
    ]),
  );
  if (matrix.functions.length === 0) return <p className="dim">No rule is in force: adopt some of the library.</p>;
  return (
    <div className="stack">
      <p className="dim">
        A number is how many people have both functions, tolerated or not; the colour is the severity of the worst rule
        and deepens with their number.
      </p>
      <div className={s['scroll']} role="region" aria-label="Functions that are kept apart" tabIndex={0}>
        <table className={s['heat']}>
          <thead>
            <tr>
              <td />
              {matrix.functions.map((name) => (
                <th key={name} scope="col">
                  <span>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.functions.map((one) => (
              <tr key={one}>
                <th scope="row">{one}</th>
                {matrix.functions.map((other) => {
                  const cell = at.get(`${one}\n${other}`);
                  if (cell === undefined) return <td key={other} />;
                  const people = peopleOf(cell);
                  return (
                    <td key={other}>
                      <button
                        type="button"
                        className={s['cell']}
                        data-severity={worstOf(cell)}
                        data-people={people === 0 ? 'none' : people < many ? 'few' : 'many'}
                        aria-pressed={chosen === cell}
                        aria-label={`${one} and ${other}: ${worstOf(cell)}, ${people} people`}
                        onClick={() => setChosen(chosen === cell ? undefined : cell)}
                      >
                        {people}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen === undefined ? null : <Chosen cell={chosen} />}
    </div>
  );
};

/** Function by function: what rules keep apart, and how many people have both. */
export const MatrixPage = () => {
  const query = useQuery(sodMatrixQuery());
  return (
    <Page title="Heat map of duties" crumbs={<SodTabs />} lead="What rules keep apart, and how many people have both.">
      {query.error !== null ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Waiting />
      ) : (
        <Heat matrix={query.data} />
      )}
    </Page>
  );
};
