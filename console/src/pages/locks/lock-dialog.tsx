import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { placeLock } from '../../api/live.ts';
import { useAct } from '../../ui/feedback/act.ts';

type Scope = 'identity' | 'account' | 'system' | 'everything';
const SCOPES: readonly { readonly value: Scope; readonly label: string; readonly names: string }[] = [
  { value: 'identity', label: 'A person or service', names: 'User name or id' },
  { value: 'account', label: 'An account', names: 'As account@system, or its id' },
  { value: 'system', label: 'A system', names: 'Name or id' },
  { value: 'everything', label: 'Everything', names: '' },
];
const HOURS = [
  { value: '', label: 'Until somebody lifts it' },
  { value: '1', label: 'For an hour' },
  { value: '8', label: 'For eight hours' },
  { value: '24', label: 'For a day' },
];

/** Locks somebody, something, or everything. What is fixed by where it was opened is not asked. */
export const LockDialog = ({
  on,
  onClose,
}: {
  readonly on?: { readonly scope: Scope; readonly subject: string; readonly name: string };
  readonly onClose: () => void;
}) => {
  const [scope, setScope] = useState<Scope>(on?.scope ?? 'identity');
  const [subject, setSubject] = useState(on?.subject ?? '');
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('');
  const place = useAct({
    run: () =>
      placeLock({
        scope,
        ...(scope === 'everything' ? {} : { subject: subject.trim() }),
        reason: reason.trim(),
        ...(hours === '' ? {} : { endsAt: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() }),
      }),
    stales: ['locks', 'sessions', 'leases', 'ssh-certificates'],
    done: () => 'Locked; live sessions are being cut',
    after: onClose,
  });
  const ready = reason.trim() !== '' && (scope === 'everything' || subject.trim() !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) place.mutate(undefined);
  };
  const names = SCOPES.find(({ value }) => value === scope)?.names ?? '';
  return (
    <Modal
      opened
      onClose={onClose}
      title={on === undefined ? 'Lock' : `Lock ${on.name}`}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            No sign-in, session, secret, lease or certificate gets past it, and live sessions are cut within a second.
            No grant is taken away.
          </Text>
          {on === undefined ? (
            <>
              <NativeSelect
                label="What"
                data={SCOPES.map(({ value, label }) => ({ value, label }))}
                value={scope}
                onChange={(event) => setScope(event.currentTarget.value as Scope)}
              />
              {scope === 'everything' ? (
                <Text size="sm" role="note">
                  Programs that read secrets stop too. Emergency access still opens sessions, kits still open, and
                  whoever may lock can lift it. You are asked for a fresh proof that it is you.
                </Text>
              ) : (
                <TextInput
                  label="Which"
                  description={names}
                  value={subject}
                  onChange={(event) => setSubject(event.currentTarget.value)}
                />
              )}
            </>
          ) : null}
          <Textarea
            label="Reason"
            description="Not shown to whoever is locked"
            data-autofocus
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <NativeSelect
            label="How long"
            data={HOURS}
            value={hours}
            onChange={(event) => setHours(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" disabled={!ready} loading={place.isPending}>
              Lock
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
