import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sodTryChangeQuery, sodTryQuery } from '../../api/sod.ts';
import { isReady, questionOf, type RuleDraft } from './rule-form.tsx';
import s from './sod.module.css';

const named = 5;

const People = ({ of, count }: { readonly of: readonly { id: string; name: string }[]; readonly count: number }) => (
  <span className="small">
    {of.slice(0, named).map(({ id, name }, i) => (
      <span key={id}>
        {i === 0 ? '' : ', '}
        <Link to="/identities/$id" params={{ id }}>
          {name}
        </Link>
      </span>
    ))}
    {count > named ? ` and ${count - named} more` : ''}
  </span>
);

/** How many people would be in conflict with a rule as it is written just now. */
export const LiveCount = ({ draft }: { readonly draft: RuleDraft }) => {
  const [settled] = useDebouncedValue(draft, 400);
  const ready = isReady(settled);
  const query = useQuery({ ...sodTryQuery(questionOf(settled)), enabled: ready });
  return (
    <section className="card stack" aria-label="Who has all of it" aria-live="polite">
      {!ready ? (
        <span className="dim">Name the functions and their access to see who has all of it today.</span>
      ) : query.error !== null ? (
        <span className="dim">{query.error.message}</span>
      ) : query.data === undefined ? (
        <span className="dim">Looking who has all of it…</span>
      ) : (
        <>
          <span>
            <strong className={s['count']}>{query.data.count}</strong>{' '}
            {query.data.count === 1 ? 'person has all of it today' : 'people have all of it today'}
          </span>
          <People of={query.data.people} count={query.data.count} />
          {settled.mode === 'enforce' && query.data.count > 0 ? (
            <span className="dim small">Nothing is taken from them: only what would make it worse is refused.</span>
          ) : null}
        </>
      )}
    </section>
  );
};

/** Who would come into conflict with a rule, or out of it, by what is changed just now. */
export const LiveChange = ({ rule, draft }: { readonly rule: string; readonly draft: RuleDraft }) => {
  const [settled] = useDebouncedValue(draft, 400);
  const query = useQuery({ ...sodTryChangeQuery(rule, questionOf(settled)), enabled: isReady(settled) });
  if (query.data === undefined)
    return <p className="dim">{query.error === null ? 'Looking who has all of it…' : query.error.message}</p>;
  const { before, after, comes, clears, comesCount, clearsCount } = query.data;
  return (
    <section className="card stack" aria-label="What the change does" aria-live="polite">
      <span>
        <strong className={s['count']}>{after}</strong> {after === 1 ? 'person has' : 'people have'} all of it, {before}{' '}
        before the change
      </span>
      {comesCount === 0 ? null : (
        <span>
          {comesCount} would come into conflict: <People of={comes} count={comesCount} />
        </span>
      )}
      {clearsCount === 0 ? null : (
        <span>
          {clearsCount} would be in conflict no more: <People of={clears} count={clearsCount} />
        </span>
      )}
    </section>
  );
};
