import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { rotateAccount, secretList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { systemList } from '../../api/systems.ts';
import type { Secret } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { CheckoutDialog } from './checkout-dialog.tsx';
import { SecretDetail } from './secret-detail.tsx';

const kinds = ['password', 'ssh_key', 'api_key', 'key_value', 'database_credential', 'tls_key', 'totp_seed', 'file'];
const facets = { system: { label: 'System' }, kind: { label: 'Kind', values: kinds }, label: { label: 'Label' } };

/** What the vault keeps: never the secrets, only what is known about them. */
export const VaultPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const [taking, setTaking] = useState<Secret>();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const systems = useRows(systemList());
  const nameOf = (systemId: string | null): string => systems.rows.find(({ id }) => id === systemId)?.name ?? '';
  const list = useRows(
    secretList({
      systemId: systems.rows.find(({ name }) => name === filters['system'])?.id,
      kind: filters['kind'],
      label: filters['label'],
      search: words === '' ? undefined : words,
    }),
  );
  const columns: readonly Column<Secret>[] = [
    { id: 'name', header: 'Secret', title: true, cell: (row) => <span className="mono">{row.name}</span> },
    { id: 'kind', minor: true, header: 'Kind', width: '8rem', cell: (row) => row.kind.replaceAll('_', ' ') },
    { id: 'purpose', minor: true, header: 'For', width: '9rem', cell: (row) => row.purpose.replaceAll('_', ' ') },
    { id: 'system', header: 'System', width: '14%', cell: (row) => nameOf(row.systemId) },
    {
      id: 'version',
      header: 'Version',
      width: '5rem',
      right: true,
      cell: (row) => row.currentVersion ?? <span className="dim">none</span>,
    },
    { id: 'changed', header: 'Changed', width: '8rem', cell: (row) => <TimeAgo at={row.changedAt} /> },
    {
      id: 'out',
      header: 'Checked out',
      width: '9rem',
      cell: (row) =>
        row.checkedOutBy === null ? (
          <span className="dim">in the vault</span>
        ) : row.checkedOutBy === me.id ? (
          `by you${row.out > 1 ? ` and ${String(row.out - 1)} more` : ''}`
        ) : (
          <IdentityName id={row.checkedOutBy} />
        ),
    },
  ];
  const rotate = useAct({
    run: ({ accountIds, because }: { accountIds: readonly string[]; because: string }) =>
      Promise.all(accountIds.map((id) => rotateAccount(id, because))),
    stales: ['secrets', 'rotations'],
    done: () => 'Rotation planned; the details show how it goes',
  });
  const commands: readonly Command<Secret>[] = [
    {
      id: 'checkout',
      label: 'Check out…',
      keys: 'e',
      primary: true,
      when: (row) => row.checkedOutBy !== me.id && row.currentVersion !== null && can(me, 'secret.checkout'),
      run: ([row]) => setTaking(row),
    },
    {
      id: 'checkin',
      label: 'Return…',
      keys: 'u',
      when: (row) => row.checkedOutBy === me.id,
      run: ([row]) => setTaking(row),
    },
    {
      id: 'rotate',
      label: 'Rotate…',
      keys: 'r',
      bulk: true,
      when: (row) => row.accountId !== null && can(me, 'account.rotate'),
      run: (rows) =>
        void confirm({
          title:
            rows.length === 1 && rows[0] !== undefined
              ? `Rotate ${rows[0].name}?`
              : `Rotate ${String(rows.length)} secrets?`,
          text: 'The target gets a new one; it is proved by signing in with the new and failing with the old.',
          action: 'Rotate',
          reason: 'required',
        }).then((answer) =>
          answer === undefined
            ? undefined
            : rotate.mutate({ accountIds: rows.flatMap(({ accountId }) => accountId ?? []), because: answer.reason }),
        ),
    },
  ];
  return (
    <Page
      fill
      title="Vault"
      lead="Credentials Reeve keeps and changes. Nobody needs to see them to use them."
      actions={
        <Group gap="xs">
          {can(me, 'vault_key.read') ? (
            <Button component={Link} to="/vault/keys" variant="default">
              Keys
            </Button>
          ) : null}
          <Button component={Link} to="/vault/out" variant="default">
            Checked out
          </Button>
          <Button component={Link} to="/vault/second-person" variant="default">
            Second person
          </Button>
          <Button component={Link} to="/vault/terms" variant="default">
            Terms
          </Button>
          {can(me, 'break_glass_kit.list') ? (
            <Button component={Link} to="/vault/kits" variant="default">
              Break-glass kits
            </Button>
          ) : null}
          {can(me, 'secret.import') ? (
            <Button component={Link} to="/vault/import" variant="default">
              Bring in
            </Button>
          ) : null}
          {can(me, 'secret_folder.list') ? (
            <Button component={Link} to="/vault/folders" variant="default">
              Folders for programs
            </Button>
          ) : null}
        </Group>
      }
    >
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
        detail={(row) => <SecretDetail secret={row} systemName={nameOf(row.systemId)} />}
        empty={{
          title: 'The vault is empty',
          text: 'Take privileged accounts into it from the list of accounts; Reeve changes their credentials and keeps them.',
        }}
        cli="reeve vault ls"
      />
      <CheckoutDialog secret={taking} onClose={() => setTaking(undefined)} />
    </Page>
  );
};
