import { useState } from 'react';
import { checkInSecret, rotateSecret, secretList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Secret } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { CheckoutDialog } from './checkout-dialog.tsx';

const facets = { health: { label: 'Health', values: ['ok', 'overdue', 'failed', 'unverified'] } };
const health = (row: Secret) => (
  <StateBadge tone={row.health === 'ok' ? 'good' : row.health === 'failed' ? 'bad' : 'wait'}>{row.health}</StateBadge>
);
const out = (row: Secret) =>
  row.checkout === null ? (
    <span className="dim">in the vault</span>
  ) : (
    <>
      {row.checkout.mine ? 'you' : row.checkout.by.name}, <Countdown to={row.checkout.until} />
    </>
  );

const columns: readonly Column<Secret>[] = [
  { id: 'name', header: 'Secret', title: true, cell: (row) => <span className="mono">{row.name}</span> },
  { id: 'kind', minor: true, header: 'Kind', width: '8rem', cell: (row) => row.kind.replaceAll('_', ' ') },
  { id: 'system', minor: true, header: 'System', width: '14%', cell: (row) => row.system?.name ?? '' },
  { id: 'health', header: 'Health', width: '8rem', cell: health },
  { id: 'rotated', minor: true, header: 'Rotated', width: '8rem', cell: (row) => <TimeAgo at={row.rotatedAt} /> },
  {
    id: 'next',
    header: 'Next in',
    width: '8rem',
    cell: (row) =>
      row.nextRotationAt === null ? (
        <span className="dim">not planned</span>
      ) : (
        <Countdown to={row.nextRotationAt} over="due" />
      ),
  },
  { id: 'out', header: 'Checked out', width: '20%', cell: out },
  { id: 'version', header: 'Version', width: '5rem', right: true, hidden: true, cell: (row) => row.version },
];

/** What the vault keeps: never the secrets, only what is known about them. */
export const VaultPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const [taking, setTaking] = useState<Secret>();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(secretList({ health: filters['health'], search: words === '' ? undefined : words }));
  const give = useAct({
    run: (row: Secret) => checkInSecret(row.id),
    stales: ['secrets'],
    done: (_, row) => `Returned: ${row.name}. It is changed now.`,
  });
  const rotate = useAct({
    run: ({ rows, reason }: { rows: readonly Secret[]; reason: string }) =>
      Promise.all(rows.map((row) => rotateSecret(row.id, reason))),
    stales: ['secrets'],
    done: (_, { rows }) =>
      `${rows.length === 1 ? (rows[0]?.name ?? '') : `${String(rows.length)} secrets`}: rotation started; the state turns to ok once the new one is proved on the target`,
  });
  const commands: readonly Command<Secret>[] = [
    {
      id: 'checkout',
      label: 'Check out…',
      keys: 'e',
      primary: true,
      when: (row) => row.checkout === null && can(me, 'secret.checkout'),
      run: ([row]) => setTaking(row),
    },
    {
      id: 'checkin',
      label: 'Return',
      keys: 'u',
      when: (row) => row.checkout?.mine === true,
      run: ([row]) => (row === undefined ? undefined : give.mutate(row)),
    },
    {
      id: 'rotate',
      label: 'Rotate…',
      keys: 'r',
      bulk: true,
      when: () => can(me, 'secret.rotate'),
      run: (rows) =>
        void confirm({
          title:
            rows.length === 1 && rows[0] !== undefined
              ? `Rotate ${rows[0].name}?`
              : `Rotate ${String(rows.length)} secrets?`,
          text: 'The target gets a new one; it is proved by signing in with the new and failing with the old.',
          action: 'Rotate',
          reason: 'required',
        }).then((answer) => (answer === undefined ? undefined : rotate.mutate({ rows, reason: answer.reason }))),
    },
  ];
  return (
    <Page fill title="Vault" lead="Credentials Reeve keeps and changes. Nobody needs to see them to use them.">
      <ListView
        label="Secrets"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => (
          <Facts
            of={[
              [
                'Secret',
                <span key="name" className="mono">
                  {row.name}
                </span>,
              ],
              ['Kind', row.kind.replaceAll('_', ' ')],
              ['System', row.system?.name],
              ['Account', row.account?.name],
              ['Version', row.version],
              ['Health', health(row)],
              ['Rotated', <TimeAgo key="rotated" at={row.rotatedAt} />],
              [
                'Next rotation',
                row.nextRotationAt === null ? (
                  'not planned'
                ) : (
                  <Countdown key="next" to={row.nextRotationAt} over="due" />
                ),
              ],
              ['Checked out', out(row)],
            ]}
          />
        )}
        empty={{
          title: 'The vault is empty',
          text: 'Privileged accounts found by discovery are stored here and rotated, one by one or all at once.',
        }}
        cli={`reeve vault ls${filters['health'] === 'overdue' ? ' --due-rotation' : ''}`}
      />
      <CheckoutDialog secret={taking} onClose={() => setTaking(undefined)} />
    </Page>
  );
};
