import s from './show.module.css';

const shapes: Readonly<Record<string, string>> = {
  low: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z',
  medium: 'M8 3l5.5 10h-11z',
  high: 'M8 2l6 6-6 6-6-6z',
  critical: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z',
};

/** Risk as word, shape and colour: none of the three is needed to read the other two. */
export const RiskBadge = ({ risk }: { readonly risk: string }) => (
  <span className={s['risk']} data-risk={risk}>
    <svg width="12" height="12" viewBox="0 0 16 16" aria-hidden>
      <path d={shapes[risk] ?? shapes['low']} />
    </svg>
    {risk}
  </span>
);

export type Tone = 'good' | 'wait' | 'bad' | 'quiet' | 'info';

/** A state as a word with a dot: full when it holds, half while it changes, hollow when it is over. */
export const StateBadge = ({ tone, children }: { readonly tone: Tone; readonly children: string }) => (
  <span className={s['state']} data-tone={tone}>
    <i aria-hidden />
    {children.replaceAll('_', ' ')}
  </span>
);

/** A short label without meaning of its own state: a kind, a count, a name. */
export const Tag = ({ children, title }: { readonly children: string; readonly title?: string }) => (
  <span className={s['tag']} title={title}>
    {children}
  </span>
);

/** Marks what carries privilege; always with the word. */
export const Privileged = ({ because }: { readonly because?: readonly string[] }) => (
  <span className={s['privileged']} title={because?.join('\n')}>
    privileged
  </span>
);
