import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { can, useMe } from '../../api/me.ts';
import { fieldErrors } from '../../api/errors.ts';
import { putSodWarnDays, sodWarnDaysQuery } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

const Dialog = ({ days, onClose }: { readonly days: readonly number[]; readonly onClose: () => void }) => {
  const [typed, setTyped] = useState(days.join(', '));
  const put = useAct({
    run: () => putSodWarnDays((typed.match(/\d+/gu) ?? []).map(Number)),
    stales: ['sod'],
    quiet: true,
    done: ({ warnDays }) =>
      warnDays.length === 0 ? 'Nobody is warned' : `Owners are warned ${warnDays.join(', ')} days before`,
    after: onClose,
  });
  const wrong = fieldErrors(put.error);
  return (
    <Modal opened onClose={onClose} title="When owners are warned" closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          put.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            Whoever owns the rule or sees to its control is told that an exception ends, each day once. None that is
            longer than the exception lasts.
          </Text>
          <TextInput
            label="Days before its end"
            description="With commas; empty: nobody is warned"
            data-autofocus
            error={wrong['warnDays'] ?? wrong['warnDays/0'] ?? wrong['warnDays.0']}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Problem error={put.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={put.isPending}>
              Set
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

/** How many days before exceptions end their owners are warned, and changing it. */
export const WarnDays = () => {
  const me = useMe();
  const [changing, setChanging] = useState(false);
  const { data } = useQuery(sodWarnDaysQuery);
  if (data === undefined) return null;
  return (
    <>
      <span className="dim small">
        {data.warnDays.length === 0
          ? 'Nobody is warned of an end'
          : `Owners are warned ${data.warnDays.join(', ')} days before an end`}
      </span>
      {can(me, 'sod_warning_terms.put') ? (
        <Button variant="default" size="sm" onClick={() => setChanging(true)}>
          Warnings…
        </Button>
      ) : null}
      {changing ? <Dialog days={data.warnDays} onClose={() => setChanging(false)} /> : null}
    </>
  );
};
