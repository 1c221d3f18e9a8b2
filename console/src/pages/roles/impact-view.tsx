import { Alert, Progress } from '@mantine/core';
import { useRows } from '../../api/pages.ts';
import { peopleList, type Impact } from '../../api/roles.ts';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

const conflicts = (list: Impact['newConflicts']): string =>
  list.length === 0 ? 'none' : list.map((c) => `${c.name} (${c.mode}): ${String(c.people)} people`).join('; ');

const byRule = ({ assigned, unassigned, blocked }: Impact): string | undefined =>
  assigned + unassigned + blocked === 0
    ? undefined
    : `${String(assigned)} get it, ${String(unassigned)} lose it${blocked === 0 ? '' : `, ${String(blocked)} fit and are kept from it by separated duties`}`;

const licences = ({ licences: counted, costs }: Impact): string | undefined => {
  if (counted.length === 0) return undefined;
  const each = counted.map(({ product, gained, freed }) => `${product}: ${String(gained)} more, ${String(freed)} free`);
  const sums = costs.map(
    ({ currency, perMonth }) => `${perMonth < 0 ? '' : '+'}${perMonth.toFixed(2)} ${currency} a month`,
  );
  return [...each, ...sums].join('; ');
};

/** What publishing would do, and for whom. */
export const ImpactView = ({ versionId, impact }: { readonly versionId: string; readonly impact: Impact }) => {
  if (impact.state === 'none') return <p className="dim">Nobody looked yet at what this would do.</p>;
  if (impact.state === 'waiting' || impact.state === 'running')
    return <Progress value={Math.max(3, impact.progress)} aria-label="How far the look at the impact is" />;
  return (
    <div className="stack">
      {impact.stale === null ? null : (
        <Alert color="yellow" title="Out of date">
          {impact.stale}. Look at it again before it is published.
        </Alert>
      )}
      <Facts
        of={[
          ['As of', impact.asOf === null ? undefined : <TimeAgo key="at" at={impact.asOf} />],
          ['Who have the role', String(impact.holders)],
          ['By its rule', byRule(impact)],
          ['Gain access', `${String(impact.gaining)} people, ${String(impact.gains)} accesses`],
          ['Lose access', `${String(impact.losing)} people, ${String(impact.losses)} accesses`],
          ['New conflicts of duties', conflicts(impact.newConflicts)],
          ['Cleared conflicts', conflicts(impact.clearedConflicts)],
          [
            'Privileged for the first time',
            impact.privilegedSystems.length === 0
              ? 'nowhere'
              : impact.privilegedSystems.map((s) => `${s.systemName}: ${String(s.people)} people`).join('; '),
          ],
          ['Licences', licences(impact)],
          ['Live sessions that end', String(impact.sessions)],
          ['Over limits', impact.over.length === 0 ? undefined : impact.over.map((o) => o.detail).join('; ')],
        ]}
      />
      <People versionId={versionId} asOf={impact.asOf} />
    </div>
  );
};

const People = ({ versionId, asOf }: { readonly versionId: string; readonly asOf: string | null }) => {
  const list = useRows(peopleList(versionId, asOf));
  const names = (things: readonly { readonly name: string }[]): string => things.map((t) => t.name).join(', ');
  return (
    <>
      <PlainTable
        label="Whose access changes"
        rows={list.rows}
        rowId={(row) => String(row.position)}
        empty="Nobody's access changes."
        columns={[
          { id: 'who', header: 'Person', title: true, cell: (row) => <IdentityName id={row.identity.id} /> },
          { id: 'gains', header: 'Gains', cell: (row) => names(row.gains) },
          { id: 'loses', header: 'Loses', cell: (row) => names(row.loses) },
          {
            id: 'conflicts',
            header: 'Conflicts',
            cell: (row) => (row.newConflicts > 0 ? `${String(row.newConflicts)} new` : ''),
          },
        ]}
      />
      {list.hasMore ? (
        <button type="button" onClick={list.more}>
          Show more
        </button>
      ) : null}
    </>
  );
};
