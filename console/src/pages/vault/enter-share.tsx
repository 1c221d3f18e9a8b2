import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { enterShare } from '../../api/keys.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** One share at a time; nobody sees another's, and none stays on the screen. */
export const EnterShare = ({ entered, needed }: { readonly entered: number; readonly needed: number }) => {
  const [share, setShare] = useState('');
  const enter = useAct({
    run: enterShare,
    stales: ['keys'],
    quiet: true,
    done: (output) =>
      output.state === 'open'
        ? 'The vault is open'
        : `${String(output.entered)} of ${String(output.needed)} shares are entered`,
    after: () => setShare(''),
  });
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        enter.mutate(share);
      }}
    >
      <Stack gap="sm" maw="34rem">
        <PasswordInput
          label="Your share of the root key"
          description={`${String(entered)} of ${String(needed)} are entered on this node. They are forgotten after a quarter of an hour.`}
          autoComplete="off"
          spellCheck={false}
          error={fieldErrors(enter.error)['share']}
          value={share}
          onChange={(event) => setShare(event.currentTarget.value)}
        />
        <Problem error={enter.error} />
        <Group gap="xs">
          <Button type="submit" disabled={share.trim() === ''} loading={enter.isPending}>
            Enter share
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
