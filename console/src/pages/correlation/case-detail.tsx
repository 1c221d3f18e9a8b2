import { Button } from '@mantine/core';
import type { Item } from '../../api/shapes/of-contract.ts';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

type Case = Item<'correlation.list'>;

export const percent = (score: number): string => `${String(Math.round(score * 100))} %`;

interface CaseDetailProps {
  readonly of: Case;
  /** Absent: this person may not decide, or it is decided. */
  readonly onChoose: ((identityId: string, name: string) => void) | undefined;
}

/** Everybody an account may belong to, and attribute by attribute what speaks for them. */
export const CaseDetail = ({ of, onChoose }: CaseDetailProps) => (
  <div className="stack">
    <Facts
      of={[
        ['Account', of.accountName],
        ['System', of.systemName],
        ['Asked', <TimeAgo key="at" at={of.openedAt} />],
        ['Linked to', of.identityId === null ? undefined : <IdentityName key="who" id={of.identityId} />],
        ['Decided', of.resolvedAt === null ? undefined : <TimeAgo key="decided" at={of.resolvedAt} />],
        ['Decided by', of.resolvedBy === null ? undefined : <IdentityName key="by" id={of.resolvedBy} />],
      ]}
    />
    {of.candidates.length === 0 ? <p className="dim">Nobody comes near enough to be named.</p> : null}
    {of.candidates.map((one) => (
      <section key={one.identityId} className="card">
        <div className="spread">
          <h3>
            <IdentityName id={one.identityId} /> <span className="dim">{one.username}</span>
          </h3>
          <strong>{percent(one.score)}</strong>
        </div>
        <Facts of={one.parts.map((part) => [part.attribute.replaceAll('_', ' '), percent(part.score)] as const)} />
        {onChoose === undefined ? null : (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => onChoose(one.identityId, one.name ?? 'this person')}
          >
            It is theirs…
          </Button>
        )}
      </section>
    ))}
  </div>
);
