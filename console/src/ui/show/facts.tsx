import type { ReactNode } from 'react';
import type { Tone } from './badges.tsx';
import s from './show.module.css';
import { TimeAgo } from './time-ago.tsx';

/** Names and values, in the order given; what is undefined is left out. */
export const Facts = ({ of }: { readonly of: readonly (readonly [string, ReactNode | undefined])[] }) => (
  <dl className={s['facts']}>
    {of
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => (
        <div key={name} className="contents">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

export interface Moment {
  readonly id: string;
  /** Null: it is still to come. Absent: it is true at no one time. */
  readonly at?: string | null;
  readonly tone?: Tone;
  readonly title: ReactNode;
  readonly text?: ReactNode;
}

/** What happened and what is still to come, in order. */
export const Timeline = ({ of, label }: { readonly of: readonly Moment[]; readonly label: string }) => (
  <ol className={s['timeline']} aria-label={label}>
    {of.map((moment) => (
      <li key={moment.id} data-tone={moment.tone}>
        <div className="spread">
          <span>{moment.title}</span>
          {moment.at === undefined ? null : moment.at === null ? (
            <span className="dim small">not yet</span>
          ) : (
            <span className="dim small">
              <TimeAgo at={moment.at} />
            </span>
          )}
        </div>
        {moment.text === undefined ? null : <div className="dim small">{moment.text}</div>}
      </li>
    ))}
  </ol>
);

/** A chain of names: how one thing leads to another. */
export const Path = ({ of }: { readonly of: readonly string[] }) => (
  <ol className={s['path']}>
    {of.map((name, i) => (
      <li key={`${name}${String(i)}`}>{name}</li>
    ))}
  </ol>
);
