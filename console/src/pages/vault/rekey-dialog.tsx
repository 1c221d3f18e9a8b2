import { Button, Group, List, Modal, NativeSelect, NumberInput, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { rekeyVault } from '../../api/keys.ts';
import type { Rekey } from '../../api/shapes/keys.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { HolderPicker, type Holder } from './holder-picker.tsx';

const PLACES: readonly { readonly value: Rekey['place']; readonly label: string }[] = [
  { value: 'shamir', label: 'in shares, each with somebody' },
  { value: 'pkcs11', label: 'in a security module it never leaves' },
  { value: 'aws_kms', label: 'in AWS KMS, which it never leaves' },
  { value: 'file', label: 'in a file on the server' },
];
/** More than half of them, so that no two groups of holders open it against each other. */
const majority = (people: number): number => Math.max(2, Math.floor(people / 2) + 1);

const Form = ({ onClose }: { readonly onClose: () => void }) => {
  const [place, setPlace] = useState<Rekey['place']>('shamir');
  const [holders, setHolders] = useState<readonly Holder[]>([]);
  const [wanted, setWanted] = useState<number>();
  const threshold = Math.min(wanted ?? majority(holders.length), Math.max(2, holders.length));
  const rekey = useAct({
    run: () => rekeyVault(place === 'shamir' ? { place, holders: holders.map(({ id }) => id), threshold } : { place }),
    stales: ['keys'],
    quiet: true,
    done: ({ state }) =>
      state === 'current'
        ? 'The vault hangs on the new root key'
        : 'Each holder is shown their share when they open this page',
    after: onClose,
  });
  const wrong = fieldErrors(rekey.error);
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        rekey.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <NativeSelect
          label="Where the new root key is kept"
          data-autofocus
          error={wrong['place']}
          value={place}
          onChange={(event) => setPlace(event.currentTarget.value as Rekey['place'])}
          data={[...PLACES]}
        />
        {place === 'shamir' ? (
          <>
            <HolderPicker chosen={holders} onChange={setHolders} error={wrong['holders']} />
            {holders.length === 0 ? null : (
              <List type="ordered" size="sm" aria-label="Who gets which share">
                {holders.map(({ id, name }, i) => (
                  <List.Item key={id}>{`${name} gets share ${String(i + 1)}`}</List.Item>
                ))}
              </List>
            )}
            <NumberInput
              label="How many of them open it"
              min={2}
              max={Math.max(2, holders.length)}
              error={wrong['threshold']}
              value={threshold}
              onChange={(value) => setWanted(Number(value) || 2)}
            />
            <Text size="sm">
              Nobody sees a share but its holder, once, on this page. Until the last was taken the root key of now stays
              in use.
            </Text>
          </>
        ) : null}
        <Problem error={rekey.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={place === 'shamir' && holders.length < 2} loading={rekey.isPending}>
            Change root key
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** Puts the vault under a new root key, and chooses who holds it. */
export const RekeyDialog = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => (
  <Modal opened={opened} onClose={onClose} title="Change the root key" closeButtonProps={{ 'aria-label': 'Close' }}>
    <Form onClose={onClose} />
  </Modal>
);
