import type { CampaignItem } from '../../../api/shapes/campaigns.ts';
import { StateBadge } from '../../../ui/show/badges.tsx';
import { Facts } from '../../../ui/show/facts.tsx';
import { TimeAgo } from '../../../ui/show/time-ago.tsx';
import s from '../campaigns.module.css';

/** What an item gives, with a tombstone where that is gone at its source. */
export const Gives = ({ item }: { readonly item: CampaignItem }) => (
  <span>
    {item.what}
    {item.goneSince === null ? null : (
      <span className="dim small">
        {' '}
        gone since <TimeAgo at={item.goneSince} />
      </span>
    )}
  </span>
);

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** What stands beside an item by what it is about: the role and who has it, the control of an exception and its runs; and what a revocation waits for. */
export const ItemSubject = ({ item }: { readonly item: CampaignItem }) => {
  const about = Object.entries(item.evidence.about ?? {}).flatMap(([name, value]) =>
    value === null ? [] : [[capital(name), value] as const],
  );
  const runs = item.evidence.runs ?? [];
  return (
    <>
      {item.problem === null || item.state === 'kept' ? null : (
        <section className={s['proof']} role="status" aria-label="What it waits for">
          <StateBadge tone="bad">{item.state === 'revoking' ? 'not gone yet' : 'left alone'}</StateBadge>
          <span>{item.problem}</span>
        </section>
      )}
      {about.length === 0 ? null : <Facts of={about} />}
      {item.subject === 'exception' ? (
        <section>
          <h3>Runs of the control</h3>
          {runs.length === 0 ? <p className="dim small">None is on record.</p> : null}
          <ul className="plain">
            {runs.map((run) => (
              <li key={run.ranAt} className="spread">
                <span>
                  <StateBadge tone={run.result === 'passed' ? 'good' : 'bad'}>{run.result}</StateBadge> {run.reference}
                </span>
                <span className="dim small">
                  {run.by}, <TimeAgo at={run.ranAt} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
};
