import { Link } from '@tanstack/react-router';
import { acceptDrift, decideDrift, driftList } from '../../api/drift.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { FITTING, nameOf, SITUATIONS, TONES, type Decision, type DriftCase } from './drift-words.ts';

const facets = {
  situation: { label: 'Situation', values: Object.keys(SITUATIONS) },
  state: { label: 'State', values: Object.keys(TONES) },
};
const state = (row: DriftCase) => <StateBadge tone={TONES[row.state] ?? 'info'}>{row.state}</StateBadge>;

const columns: readonly Column<DriftCase>[] = [
  { id: 'what', header: 'What', width: '11rem', cell: (row) => SITUATIONS[row.situation] },
  {
    id: 'name',
    header: 'Access',
    title: true,
    cell: (row) => (
      <span title={nameOf(row)}>
        {nameOf(row)} {row.privileged ? <Tag>privileged</Tag> : null}
      </span>
    ),
  },
  { id: 'system', header: 'System', width: '14%', cell: (row) => row.systemName },
  { id: 'person', minor: true, header: 'Person', width: '16%', cell: (row) => row.personName ?? 'nobody known' },
  { id: 'state', header: 'State', width: '8rem', cell: state },
  { id: 'since', minor: true, header: 'Since', width: '7rem', cell: (row) => <TimeAgo at={row.since} /> },
];

const WORDS: Readonly<Record<Decision, { readonly label: string; readonly keys: string; readonly text: string }>> = {
  adopt: { label: 'Adopt…', keys: 'e', text: 'It becomes a grant, under separation of duties like any other.' },
  remove: { label: 'Remove…', keys: 'r', text: 'It is taken off the target, and read back.' },
  restore: { label: 'Put back…', keys: 'b', text: 'The target is made to agree with the grant again, and read back.' },
  disable: { label: 'Lock account…', keys: 'l', text: 'The account is locked on the target, and read back.' },
};
const MONTH_MS = 30 * 86_400_000;

/** Where targets differ from what was granted. Drift is never silent: it is adopted, removed, put back, or accepted for a time. */
export const DriftPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(driftList(filters));
  const shown = words.toLowerCase();
  const rows = list.rows.filter((row) =>
    `${nameOf(row)} ${row.systemName} ${row.personName ?? ''}`.toLowerCase().includes(shown),
  );
  const decide = useAct({
    run: ({ ids, reaction, because }: { ids: string[]; reaction: Decision; because: string }) =>
      decideDrift(ids, reaction, because),
    stales: ['drift', 'mass-changes'],
    done: (made) =>
      made.state === 'held'
        ? 'Over the limit: it waits under Changes until somebody accepts it'
        : 'Decided; it is carried out now',
  });
  const accept = useAct({
    run: ({ ids, because }: { ids: string[]; because: string }) =>
      acceptDrift(ids, new Date(Date.now() + MONTH_MS).toISOString(), because),
    stales: ['drift'],
    done: () => 'Accepted for 30 days; then it is open again',
  });
  const may = can(me, 'drift_case.decide');
  const asked = (rows: readonly DriftCase[]): string =>
    rows.length === 1 && rows[0] !== undefined
      ? `${nameOf(rows[0])} on ${rows[0].systemName}`
      : `${String(rows.length)} cases`;
  const commands: readonly Command<DriftCase>[] = [
    ...(Object.keys(WORDS) as Decision[]).map((reaction) => ({
      id: reaction,
      label: WORDS[reaction].label,
      keys: WORDS[reaction].keys,
      bulk: true,
      when: (row: DriftCase) => may && row.state === 'open' && FITTING[row.situation].includes(reaction),
      run: (chosen: readonly DriftCase[]) =>
        void confirm({
          title: `${WORDS[reaction].label.replace('…', '')} ${asked(chosen)}?`,
          text: WORDS[reaction].text,
          action: WORDS[reaction].label.replace('…', ''),
          danger: reaction === 'remove' || reaction === 'disable',
          reason: 'required',
        }).then((answer) =>
          answer === undefined
            ? undefined
            : decide.mutate({ ids: chosen.map(({ id }) => id), reaction, because: answer.reason }),
        ),
    })),
    {
      id: 'accept',
      label: 'Leave it for 30 days…',
      keys: 'a',
      bulk: true,
      when: (row) => may && row.state === 'open',
      run: (chosen) =>
        void confirm({
          title: `Leave ${asked(chosen)} for 30 days?`,
          text: 'It stays as it is, and is open again after that.',
          action: 'Leave it',
          reason: 'required',
        }).then((answer) =>
          answer === undefined ? undefined : accept.mutate({ ids: chosen.map(({ id }) => id), because: answer.reason }),
        ),
    },
  ];
  return (
    <Page
      fill
      title="Drift"
      lead="What systems hold that nobody granted, and what was granted that they do not hold, since they were first read."
    >
      <ListView
        label="Drift"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${SITUATIONS[row.situation]}: ${nameOf(row)} on ${row.systemName}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => (
          <Facts
            of={[
              ['What', SITUATIONS[row.situation]],
              ['Entitlement', row.entitlementName ?? undefined],
              ['Account', row.accountName ?? undefined],
              ['System', row.systemName],
              ['Person', row.identityId === null ? 'nobody known' : <IdentityName key="who" id={row.identityId} />],
              ['Since', <TimeAgo key="since" at={row.since} />],
              ['State', state(row)],
              ['Follows', row.reaction ?? undefined],
              ['Not done because', row.problem ?? undefined],
              ['Decided because', row.because ?? undefined],
              [
                'Accepted until',
                row.acceptedUntil === null ? undefined : <TimeAgo key="until" at={row.acceptedUntil} />,
              ],
              [
                'Grant',
                row.grantId === null || row.identityId === null ? undefined : (
                  <Link key="grant" to="/identities/$id" params={{ id: row.identityId }}>
                    see the person
                  </Link>
                ),
              ],
            ]}
          />
        )}
        empty={{ title: 'Nothing differs', text: 'Every reading of a system is compared with what was granted.' }}
        cli={`reeve drift ls${filters['state'] === undefined ? '' : ` --state ${filters['state']}`}`}
      />
    </Page>
  );
};
