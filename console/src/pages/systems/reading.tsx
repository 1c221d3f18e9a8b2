import type { Item } from '../../api/shapes/of-contract.ts';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';

type Reading = Item<'discovery.runs'>;

const over = (run: Reading): { readonly tone: Tone; readonly word: string } => {
  if (run.state === 'held') return { tone: 'bad', word: 'held' };
  if (run.endedAt === null) return { tone: 'wait', word: 'reading' };
  if (run.state === 'failed') return { tone: 'bad', word: 'failed' };
  return run.trusted === false ? { tone: 'bad', word: 'not trusted' } : { tone: 'good', word: 'read' };
};

export const ReadingState = ({ run }: { readonly run: Reading | undefined }) =>
  run === undefined ? (
    <span className="dim">none yet</span>
  ) : (
    <StateBadge tone={over(run).tone}>{over(run).word}</StateBadge>
  );

/** One reading: how far it is, how it went and what it found. One that is held took nothing away until somebody accepts it. */
export const ReadingFacts = ({ run }: { readonly run: Reading | undefined }) =>
  run === undefined ? null : (
    <section>
      <h3>Last reading</h3>
      <Facts
        of={[
          ['State', <ReadingState key="state" run={run} />],
          ['Asked', <TimeAgo key="asked" at={run.askedAt} />],
          ['Rows so far', run.endedAt === null ? String(run.progress.rows) : undefined],
          ['Problem', run.problem ?? undefined],
          ['Accepted', run.acceptedBecause ?? undefined],
          ...Object.entries(run.counts ?? {}).map(([name, value]) => [name, String(value)] as const),
        ]}
      />
    </section>
  );
