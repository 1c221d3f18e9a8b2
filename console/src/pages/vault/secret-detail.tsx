import { useQuery } from '@tanstack/react-query';
import { rotationList, secretQuery } from '../../api/guard.ts';
import { useRows } from '../../api/pages.ts';
import type { Secret } from '../../api/shapes/guard.ts';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { Facts, Timeline } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

const tones: Readonly<Record<string, Tone>> = {
  planned: 'wait',
  running: 'wait',
  done: 'good',
  failed: 'bad',
  stuck: 'bad',
};

const Rotations = ({ accountId }: { readonly accountId: string }) => {
  const list = useRows(rotationList(accountId));
  if (list.rows.length === 0) return null;
  return (
    <section>
      <h3>Rotations</h3>
      <Timeline
        label="Rotations"
        of={list.rows.map((rotation) => ({
          id: rotation.id,
          at: rotation.endedAt ?? rotation.plannedAt,
          tone: tones[rotation.state] ?? 'info',
          title: <StateBadge tone={tones[rotation.state] ?? 'info'}>{rotation.state}</StateBadge>,
          text: `${rotation.because}${rotation.problem === null ? '' : `: ${rotation.problem}`}${rotation.tries > 1 ? `, ${String(rotation.tries)} tries` : ''}`,
        }))}
      />
    </section>
  );
};

const said = (fact: unknown): string => (Array.isArray(fact) ? fact.join(', ') : String(fact));

/** What is known about one secret, its versions and its rotations. */
export const SecretDetail = ({ secret, systemName }: { readonly secret: Secret; readonly systemName: string }) => {
  const { data } = useQuery(secretQuery(secret.id));
  return (
    <div className="stack">
      <Facts
        of={[
          [
            'Secret',
            <span key="name" className="mono">
              {secret.name}
            </span>,
          ],
          ['About', secret.description ?? undefined],
          ['Kind', secret.kind.replaceAll('_', ' ')],
          ['For', secret.purpose.replaceAll('_', ' ')],
          ['System', systemName === '' ? undefined : systemName],
          ...Object.entries(secret.facts).map(([name, fact]) => [name, said(fact)] as const),
          ...Object.entries(secret.labels).map(([name, label]) => [name, label] as const),
          ['Ends', secret.expiresAt === null ? undefined : <TimeAgo key="ends" at={secret.expiresAt} />],
          ['Version', secret.currentVersion ?? 'none yet'],
          ['Changed', <TimeAgo key="changed" at={secret.changedAt} />],
          [
            'Checked out by',
            secret.checkedOutBy === null ? 'nobody' : <IdentityName key="out" id={secret.checkedOutBy} />,
          ],
        ]}
      />
      {data === undefined || data.versions.length === 0 ? null : (
        <section>
          <h3>Versions</h3>
          <ul className="plain">
            {data.versions.map((version) => (
              <li key={version.version} className="spread">
                <span>
                  {version.version}, {version.state}
                </span>
                <span className="dim small">
                  <TimeAgo at={version.createdAt} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {secret.accountId === null ? null : <Rotations accountId={secret.accountId} />}
    </div>
  );
};
