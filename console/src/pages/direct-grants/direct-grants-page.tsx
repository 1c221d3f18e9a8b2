import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { directGrantList, giveAccess, type DirectGrant, type GiveBody } from '../../api/direct-grants.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { endGrant } from '../../api/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { toastUndo } from '../../ui/feedback/undo-toast.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge, Tag, type Tone } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { DutiesWhatIf } from '../sod/what-if.tsx';
import { giveAgain } from './give-again.ts';

const facets = {
  state: { label: 'State', values: ['live', 'planned', 'ended'] },
  end: { label: 'End', values: ['none', 'set'] },
};
const TONES: Readonly<Record<DirectGrant['state'], Tone>> = { live: 'good', planned: 'wait', ended: 'quiet' };
const nameOf = (row: DirectGrant): string =>
  row.systemName === null ? `the role ${row.name}` : `${row.name} on ${row.systemName}`;
const state = (row: DirectGrant) => <StateBadge tone={TONES[row.state]}>{row.state}</StateBadge>;
const end = (row: DirectGrant) =>
  row.validTo === null ? <span className="dim">no end</span> : <Countdown to={row.validTo} over="over" />;

const columns: readonly Column<DirectGrant>[] = [
  { id: 'who', header: 'Who', title: true, width: '17%', cell: (row) => row.identityName },
  {
    id: 'what',
    header: 'What',
    cell: (row) => (
      <span title={nameOf(row)}>
        {nameOf(row)} {row.privileged ? <Tag>privileged</Tag> : null}
      </span>
    ),
  },
  { id: 'since', minor: true, header: 'Since', width: '7rem', cell: (row) => <TimeAgo at={row.validFrom} /> },
  {
    id: 'why',
    minor: true,
    header: 'Why',
    width: '22%',
    cell: (row) => <span title={row.reason ?? ''}>{row.reason}</span>,
  },
  { id: 'by', minor: true, header: 'Given by', width: '12%', cell: (row) => row.givenBy ?? 'not known' },
  { id: 'end', header: 'End', width: '7rem', cell: end },
  { id: 'state', header: 'State', width: '7rem', cell: state },
];

/** What administrators gave without a request: who, what, since when, why, until when. */
export const DirectGrantsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(directGrantList({ ...filters, search: words === '' ? undefined : words }));
  const stales = ['direct-grants', 'grants', 'identities', 'sessions', 'sod'];
  const again = useAct({ run: (body: GiveBody) => giveAccess(body), stales, done: () => 'Given again' });
  const finish = useAct({
    run: ({ row, because }: { row: DirectGrant; because: string }) => endGrant(row.id, because),
    stales,
    after: (_, { row }) => {
      const body = can(me, 'grant.give') ? giveAgain(row, new Date()) : undefined;
      if (body !== undefined) toastUndo(`Ended: ${nameOf(row)} of ${row.identityName}`, () => again.mutate(body));
    },
    done: (_, { row }) => `${row.identityName} no longer has ${nameOf(row)}`,
  });
  const commands: readonly Command<DirectGrant>[] = [
    {
      id: 'end',
      label: 'End…',
      keys: 'r',
      danger: true,
      when: (row) => row.state !== 'ended' && can(me, 'grant.end'),
      run: ([row]) =>
        row === undefined
          ? undefined
          : void confirm({
              title: `End ${nameOf(row)} of ${row.identityName}?`,
              text: 'Sessions that rest on it end at once, and the system is made to agree.',
              action: 'End',
              danger: true,
              reason: 'required',
            }).then((answer) => (answer === undefined ? undefined : finish.mutate({ row, because: answer.reason }))),
    },
  ];
  const give = can(me, 'grant.give') ? (
    <Button onClick={() => void navigate({ to: '/direct-grants/new' })}>Give access…</Button>
  ) : undefined;
  return (
    <Page
      fill
      title="Given directly"
      lead="Access that an administrator gave without a request. Reviews find it like any other."
      actions={give}
    >
      <ListView
        label="Given directly"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${nameOf(row)} of ${row.identityName}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <div className="stack">
            <Facts
              of={[
                ['Who', <IdentityName key="who" id={row.identityId} />],
                ['What', nameOf(row)],
                ['State', state(row)],
                ['Since', <TimeAgo key="since" at={row.validFrom} />],
                ['End', end(row)],
                ['Why', row.reason ?? undefined],
                ['Given by', row.givenBy ?? 'not known'],
                ['Ended because', row.endedBecause ?? undefined],
              ]}
            />
            {row.entitlementId === null ? null : (
              <Link
                to="/identities/$id/access/$entitlementId"
                params={{ id: row.identityId, entitlementId: row.entitlementId }}
              >
                Every way they have it
              </Link>
            )}
            {row.state === 'ended' ? null : (
              <DutiesWhatIf of={{ identity: row.identityId, endsGrantIds: [row.id] }} when="If it ends" />
            )}
          </div>
        )}
        empty={{
          title: 'Nothing was given directly',
          text: 'People get access by request, by role and by rule; what cannot wait is given here.',
          ...(give === undefined ? {} : { action: give }),
        }}
        cli="reeve grants direct"
      />
    </Page>
  );
};
