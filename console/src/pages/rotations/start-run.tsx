import { Button, Checkbox, Group, Modal, NativeSelect, NumberInput, Stack, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { startRun } from '../../api/rotations.ts';
import { systemList } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

const EMPTY = { because: '', systemId: '', canary: 1, waveSize: 20, mayFail: 0, incident: false };

/** Starts a rotation of every account of a system that the vault has. */
export const StartRun = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => {
  const [form, setForm] = useState(EMPTY);
  const systems = useRows(systemList());
  const start = useAct({
    run: () => startRun({ ...form, because: form.because.trim() }),
    stales: ['rotation-runs', 'rotations', 'mass-changes'],
    quiet: true,
    done: (run) =>
      run.held
        ? `${String(run.rotations)} are too many at a time: another person has to accept it in Changes`
        : `${String(run.rotations)} planned; the first wave begins`,
    after: () => {
      setForm(EMPTY);
      onClose();
    },
  });
  const wrong = fieldErrors(start.error);
  const set = (change: Partial<typeof form>): void => setForm({ ...form, ...change });
  return (
    <Modal opened={opened} onClose={onClose} title="Rotate many" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          start.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <NativeSelect
            label="Accounts of"
            data={[
              { value: '', label: 'Choose a system' },
              ...systems.rows.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            value={form.systemId}
            error={wrong['systemId'] ?? wrong['which']}
            onChange={(event) => set({ systemId: event.currentTarget.value })}
          />
          <Textarea
            label="Why"
            required
            withAsterisk={false}
            autosize
            value={form.because}
            error={wrong['because']}
            onChange={(event) => set({ because: event.currentTarget.value })}
          />
          <NumberInput
            label="Canary"
            description="The first so many, of which none may fail"
            min={0}
            max={1000}
            value={form.canary}
            error={wrong['canary']}
            onChange={(value) => set({ canary: Number(value) })}
          />
          <NumberInput
            label="Each wave"
            min={1}
            max={1000}
            value={form.waveSize}
            error={wrong['waveSize']}
            onChange={(value) => set({ waveSize: Number(value) })}
          />
          <NumberInput
            label="May fail before it stops"
            min={0}
            max={1000}
            value={form.mayFail}
            error={wrong['mayFail']}
            onChange={(value) => set({ mayFail: Number(value) })}
          />
          <Checkbox
            label="For an incident: live sessions on these accounts end"
            checked={form.incident}
            onChange={(event) => set({ incident: event.currentTarget.checked })}
          />
          <Problem error={Object.keys(wrong).length === 0 ? start.error : null} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={form.systemId === '' || form.because.trim() === ''}
              loading={start.isPending}
            >
              Rotate
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
