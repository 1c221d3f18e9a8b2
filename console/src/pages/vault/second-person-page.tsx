import { Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { CheckoutAsk } from '../../api/shapes/vault.ts';
import { approveAsk, askList, denyAsk } from '../../api/vault.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { duration, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';

const tones: Readonly<Record<CheckoutAsk['state'], Tone>> = {
  waiting: 'wait',
  approved: 'good',
  used: 'quiet',
  denied: 'bad',
  withdrawn: 'quiet',
  lapsed: 'quiet',
};

const columns: readonly Column<CheckoutAsk>[] = [
  { id: 'secret', header: 'Secret', title: true, cell: (row) => <span className="mono">{row.secretName}</span> },
  { id: 'asker', header: 'For', width: '12rem', cell: (row) => <IdentityName id={row.askerId} /> },
  { id: 'why', header: 'Reason', cell: (row) => [row.reason, row.ticket].filter((said) => said !== null).join(', ') },
  { id: 'long', header: 'How long', width: '7rem', minor: true, cell: (row) => duration(row.seconds) },
  { id: 'asked', header: 'Asked', width: '8rem', cell: (row) => <TimeAgo at={row.askedAt} /> },
  {
    id: 'state',
    header: 'State',
    width: '8rem',
    cell: (row) => <StateBadge tone={tones[row.state]}>{row.state}</StateBadge>,
  },
  {
    id: 'by',
    header: 'Decided by',
    width: '12rem',
    minor: true,
    cell: (row) => (row.decidedBy === null ? null : <IdentityName id={row.decidedBy} />),
  },
];

/** Checkouts that a second person has to agree to, and what was decided. */
export const SecondPersonPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const list = useRows(askList());
  const approve = useAct({
    run: approveAsk,
    stales: ['checkout-asks'],
    done: () => 'Agreed; it can be used for an hour',
  });
  const deny = useAct({
    run: ({ id, because }: { readonly id: string; readonly because: string }) => denyAsk(id, because),
    stales: ['checkout-asks'],
    done: () => 'Refused',
  });
  const mayDecide = (row: CheckoutAsk): boolean =>
    row.state === 'waiting' && row.askerId !== me.id && can(me, 'secret.approve_checkout');
  const commands: readonly Command<CheckoutAsk>[] = [
    {
      id: 'agree',
      label: 'Agree',
      keys: 'e',
      primary: true,
      when: mayDecide,
      run: ([row]) => (row === undefined ? undefined : approve.mutate(row.id)),
    },
    {
      id: 'refuse',
      label: 'Refuse…',
      keys: 'r',
      danger: true,
      when: mayDecide,
      run: ([row]) =>
        row === undefined
          ? undefined
          : void confirm({
              title: `Refuse ${row.secretName}?`,
              text: 'Whoever asked reads why.',
              action: 'Refuse',
              danger: true,
              reason: 'required',
            }).then((answer) =>
              answer === undefined ? undefined : deny.mutate({ id: row.id, because: answer.reason }),
            ),
    },
  ];
  return (
    <Page
      fill
      title="Second person"
      lead="Some secrets are taken out only when somebody else agrees to that one checkout. You prove afresh that it is you."
      crumbs={<Link to="/vault">Vault</Link>}
    >
      <ListView
        label="Asks for a second person"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.secretName}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        takesFocus
        empty={{ title: 'Nobody waits', text: 'Checkouts that need a second person are decided here.' }}
        cli="reeve vault asks ls"
      />
    </Page>
  );
};
