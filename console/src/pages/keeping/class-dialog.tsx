import { Button, Group, Modal, NativeSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { putRecordingClass } from '../../api/keeping.ts';
import { useAct } from '../../ui/feedback/act.ts';

const protocols = [
  { value: '', label: 'Any protocol' },
  { value: 'ssh', label: 'SSH' },
  { value: 'postgres', label: 'PostgreSQL' },
  { value: 'mysql', label: 'MySQL' },
  { value: 'http', label: 'HTTP' },
];

/** Says which recordings are of a class, and how long they are kept. */
export const ClassDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const [name, setName] = useState('');
  const [place, setPlace] = useState<string | number>(100);
  const [protocol, setProtocol] = useState('');
  const [systems, setSystems] = useState('');
  const [days, setDays] = useState<string | number>(365);
  const put = useAct({
    run: putRecordingClass,
    stales: ['keeping'],
    done: ({ name: of }) => `Class ${of} counts in seven days`,
    after: onClose,
  });
  const ready = /^[a-z0-9][a-z0-9._-]*$/u.test(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    put.mutate({
      name,
      place: Number(place),
      systems: systems.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()])),
      ...(protocol === '' ? {} : { protocol: protocol as 'ssh' }),
      ...(days === '' ? {} : { days: Number(days) }),
    });
  };
  return (
    <Modal opened onClose={onClose} title="How long recordings are kept" closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            The first class that fits counts. After any change no class purges anything for seven days.
          </Text>
          <TextInput
            label="Name"
            description="Small letters, digits and ._-; a name that is there is changed"
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label="Of sessions over"
            data={protocols}
            value={protocol}
            onChange={(event) => setProtocol(event.currentTarget.value)}
          />
          <TextInput
            label="On systems"
            description="Names, with commas between; none: on any"
            value={systems}
            onChange={(event) => setSystems(event.currentTarget.value)}
          />
          <NumberInput
            label="Days"
            description="After the session ended; empty: for good"
            min={1}
            max={36_500}
            value={days}
            onChange={setDays}
          />
          <NumberInput
            label="Place"
            description="Smaller numbers are looked at first"
            min={0}
            max={1000}
            value={place}
            onChange={setPlace}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready} loading={put.isPending}>
              Keep so
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
