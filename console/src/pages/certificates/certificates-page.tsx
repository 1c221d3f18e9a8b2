import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Authority, Certificate } from '../../api/shapes/timed-access.ts';
import { authorityQuery, certificateList, revokeCertificate } from '../../api/timed-access.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';

const isLive = (row: Certificate): boolean => row.revokedAt === null && Date.parse(row.validTo) > Date.now();

const columns: readonly Column<Certificate>[] = [
  {
    id: 'state',
    header: 'State',
    width: '6.5rem',
    cell: (row) =>
      row.revokedAt === null ? (
        <StateBadge tone={isLive(row) ? 'good' : 'quiet'}>{isLive(row) ? 'valid' : 'over'}</StateBadge>
      ) : (
        <StateBadge tone="bad">revoked</StateBadge>
      ),
  },
  {
    id: 'who',
    header: 'For',
    width: '18%',
    title: true,
    cell: (row) => row.identityName ?? (row.kind === 'host' ? 'the host itself' : 'Reeve, as a proof'),
  },
  {
    id: 'opens',
    header: 'Opens',
    cell: (row) => (row.kind === 'gateway' ? 'the gateway' : <span className="mono">{row.principals.join(' ')}</span>),
  },
  {
    id: 'left',
    header: 'Left',
    width: '8rem',
    right: true,
    cell: (row) => (isLive(row) ? <Countdown to={row.validTo} /> : ''),
  },
  { id: 'issued', header: 'Signed', width: '8rem', cell: (row) => <TimeAgo at={row.issuedAt} /> },
  { id: 'serial', minor: true, header: 'Serial', width: '5rem', right: true, cell: (row) => row.serial },
];

/** The SSH authority: its keys, the systems that trust it, and every certificate it signed. */
export const CertificatesPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const authority = useQuery(authorityQuery());
  const list = useRows(certificateList());
  const words = (search.q ?? '').toLowerCase();
  const rows = list.rows.filter((row) =>
    `${row.identityName ?? ''} ${row.systemName ?? 'the gateway'} ${row.principals.join(' ')} ${row.serial}`
      .toLowerCase()
      .includes(words),
  );
  const revoke = useAct({
    run: revokeCertificate,
    stales: ['ssh-certificates', 'ssh-ca'],
    done: () => 'Revoked; its system is being told',
  });
  const commands: readonly Command<Certificate>[] = [
    {
      id: 'revoke',
      label: 'Revoke…',
      keys: 'r',
      danger: true,
      when: (row) => isLive(row) && can(me, 'ssh_certificate.revoke'),
      run: ([row]) =>
        row === undefined
          ? undefined
          : void confirm({
              title: `Revoke certificate ${row.serial}?`,
              text: `${row.systemName} refuses it from the next log-on. A connection that is open stays open.`,
              action: 'Revoke',
              danger: true,
            }).then((answer) => (answer === undefined ? undefined : revoke.mutate(row.id))),
    },
  ];
  return (
    <Page
      fill
      title="SSH certificates"
      lead="For systems minutes long, resting on grants and revoked with them; for the gateway hours long, saying who somebody is."
    >
      {authority.data === undefined ? undefined : <Status of={authority.data} />}
      <ListView
        label="SSH certificates"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `certificate ${row.serial}`}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <Facts
            of={[
              ['For', row.systemName ?? 'the gateway: it says who somebody is'],
              [
                'Key',
                <span key="k" className="mono">
                  {row.keyFingerprint}
                </span>,
              ],
              ['Valid to', <TimeAgo key="v" at={row.validTo} />],
              [
                'Rests on',
                row.kind === 'gateway' ? 'no grant: each session is decided' : `${String(row.grantIds.length)} grants`,
              ],
              ['Revoked because', row.revokedBecause ?? 'it is not'],
            ]}
          />
        )}
        empty={{
          title: 'No certificate was signed yet',
          text: 'Set a Linux host up first: reeve ca set-up SYSTEM. Then reeve ssh --direct account@SYSTEM logs on with one.',
        }}
        cli="reeve ca certificates"
      />
    </Page>
  );
};

/** What trusts what, in a few lines: a system that is behind or failed says so. */
const Status = ({ of }: { readonly of: Authority }) => (
  <Stack gap={2} mb="sm" px={20}>
    {of.authorities.map((one) => (
      <Text key={one.id} size="sm">
        {one.purpose === 'user' ? 'People' : 'Hosts'}, key {one.generation}:{' '}
        <span className="mono">{one.fingerprint}</span>
      </Text>
    ))}
    <Text size="sm">
      Revocation list {of.revocations.number}, {of.revocations.serials} revoked ·{' '}
      {of.systems.length === 0 ? 'no system is set up' : ''}
      {of.systems.map((system) => (
        <span key={system.systemId} title={system.problem ?? undefined}>
          {system.systemName}{' '}
          <StateBadge tone={system.state === 'failed' ? 'bad' : system.behindSince === null ? 'good' : 'wait'}>
            {system.state === 'set_up' ? (system.behindSince === null ? 'current' : 'behind') : system.state}
          </StateBadge>{' '}
        </span>
      ))}
    </Text>
    {of.hosts.length === 0 ? null : (
      <Text size="sm">
        Show a certificate of themselves ·{' '}
        {of.hosts.map((host) => (
          <span key={host.systemId} title={host.problem ?? host.names.join(' ')}>
            {host.systemName}{' '}
            <StateBadge tone={host.state === 'failed' ? 'bad' : host.state === 'asked' ? 'wait' : 'good'}>
              {host.state}
            </StateBadge>{' '}
          </span>
        ))}
      </Text>
    )}
  </Stack>
);
