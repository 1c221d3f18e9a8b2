import { Button, Group, List } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { cancelRekey, keysQuery, sealQuery, sealVault, unsealVault, verifyVault } from '../../api/keys.ts';
import { can, useMe } from '../../api/me.ts';
import type { KeysState } from '../../api/shapes/keys.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { EnterShare } from './enter-share.tsx';
import { RekeyDialog } from './rekey-dialog.tsx';
import { RingFacts } from './ring-facts.tsx';
import { TakeShare } from './take-share.tsx';

/** Whether the vault is open, what its keys hang on, and what was proved of it. */
export const KeysPage = () => {
  const me = useMe();
  const seal = useQuery(sealQuery);
  const mayRead = can(me, 'vault_key.read');
  const keys = useQuery({ ...keysQuery, enabled: mayRead });
  const sealing = useAct({ run: sealVault, stales: ['keys'], done: () => 'The vault is sealed on every node' });
  const unsealing = useAct({ run: unsealVault, stales: ['keys'], done: () => 'The vault is open' });
  const verifying = useAct({
    run: verifyVault,
    stales: ['keys'],
    done: ({ ok, opened, wrong }) =>
      ok ? `${String(opened)} secrets are as the log says` : `${String(wrong.length)} secrets are not as the log says`,
  });
  const [rekeying, setRekeying] = useState(false);
  const givingUp = useAct({
    run: cancelRekey,
    stales: ['keys'],
    done: () => 'The root key of now stays; the shares of the other are worth nothing',
  });
  const state = seal.data?.state;
  const prepared = keys.data?.vault.prepared != null;
  const ask = (): void =>
    void confirm({
      title: 'Seal the vault?',
      text: 'At once and on every node nothing it keeps can be opened any more, until somebody unseals it. Sessions that run go on and can be ended.',
      action: 'Seal',
      danger: true,
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : sealing.mutate(answer.reason)));
  return (
    <Page
      title="Keys of the vault"
      lead="What everything sealed hangs on. No key is ever shown here."
      crumbs={<Link to="/vault">Vault</Link>}
      actions={
        <Group gap="xs">
          {state === 'open' && can(me, 'vault_key.verify') ? (
            <Button variant="default" loading={verifying.isPending} onClick={() => verifying.mutate(undefined)}>
              Verify secrets
            </Button>
          ) : null}
          {state === 'open' && can(me, 'vault_key.change') ? (
            <Button
              variant="default"
              loading={givingUp.isPending}
              onClick={() => (prepared ? givingUp.mutate(undefined) : setRekeying(true))}
            >
              {prepared ? 'Give up the new root key' : 'Change root key…'}
            </Button>
          ) : null}
          {state === 'open' && can(me, 'vault_key.seal') ? (
            <Button color="red" onClick={ask}>
              Seal…
            </Button>
          ) : null}
          {state === 'sealed' && seal.data?.sharesNeeded === null && can(me, 'vault_key.unseal') ? (
            <Button loading={unsealing.isPending} onClick={() => unsealing.mutate(undefined)}>
              Unseal
            </Button>
          ) : null}
        </Group>
      }
    >
      <RekeyDialog opened={rekeying} onClose={() => setRekeying(false)} />
      {seal.data?.shareWaitsForYou === true ? <TakeShare /> : null}
      {state !== undefined && state !== 'open' && seal.data?.sharesNeeded != null ? (
        <Section title="Unseal">
          <EnterShare entered={seal.data.sharesEntered} needed={seal.data.sharesNeeded} />
        </Section>
      ) : null}
      {keys.data === undefined ? null : <Status of={keys.data} />}
    </Page>
  );
};

const Status = ({ of: { vault, records, verified, drilled } }: { readonly of: KeysState }) => (
  <>
    <Section title="Vault">
      <RingFacts ring={vault} />
    </Section>
    {vault.holders.length === 0 ? null : (
      <Section title="Who holds a share">
        <List size="sm">
          {vault.holders.map((one) => (
            <List.Item key={`${one.holderId} ${one.state}`}>
              {one.name}
              {one.takenAt === null ? ' has not taken theirs yet' : ' has theirs'}
              {one.state === 'prepared' ? ', of the new root key' : ''}
            </List.Item>
          ))}
        </List>
      </Section>
    )}
    <Section title="Records">
      <p className="dim">What Reeve signs and stamps its log and signs people in with; open while it runs.</p>
      <RingFacts ring={records} />
    </Section>
    <Section title="Proved">
      <List size="sm">
        <List.Item>
          {verified === null ? (
            'The secrets were not held against the log yet.'
          ) : (
            <>
              {verified.wrong === 0
                ? `${String(verified.secrets)} secrets are as the log says, `
                : `${String(verified.wrong)} of ${String(verified.secrets)} secrets are not as the log says, `}
              <TimeAgo at={verified.at} />
            </>
          )}
        </List.Item>
        <List.Item>
          {drilled === null ? (
            'No restore was drilled yet: reeve backup, then reeve restore --drill.'
          ) : (
            <>
              {drilled.ok
                ? `A restore proved itself with ${String(drilled.opened)} secrets opened${drilled.wholeRecordings === undefined ? '' : ` and ${String(drilled.wholeRecordings)} recordings whole`}, `
                : `A restore did not prove itself (${drilled.problems[0] ?? 'unknown'}), `}
              <TimeAgo at={drilled.at} />
            </>
          )}
        </List.Item>
      </List>
    </Section>
  </>
);
