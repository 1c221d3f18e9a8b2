import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import type { Vendor } from '../../api/shapes/vendors.ts';
import { setVendorHours } from '../../api/vendors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { HoursFields } from './hours-fields.tsx';
import { linesOf } from '../../ui/lines-of.ts';
import { ownTimeZone } from './vendor-words.ts';

/** Says when somebody from outside may come in. */
export const HoursDialog = ({ who, onClose }: { readonly who: Vendor; readonly onClose: () => void }) => {
  const [typed, setTyped] = useState({
    hours: who.access?.hours.join('\n') ?? '',
    timeZone: who.access === null ? ownTimeZone() : (who.access.timeZone ?? ''),
  });
  const site = who.access?.site ?? undefined;
  const zone = typed.timeZone.trim();
  const hours = linesOf(typed.hours);
  const said =
    hours.length === 0 ? {} : zone !== '' ? { timeZone: zone } : site === undefined ? {} : { calendar: site };
  const set = useAct({
    run: () => setVendorHours(who.id, { hours, ...said }),
    stales: ['vendors'],
    quiet: true,
    done: () => (hours.length === 0 ? `${who.name} may come in at any time` : `Hours of ${who.name} are set`),
    after: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={`Hours of ${who.name}`} closeButtonProps={{ 'aria-label': 'Cancel' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          set.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            Sessions and activations are within these hours only, and sessions end with them. A sponsor makes them less;
            administrators and security officers may also make them more.
          </Text>
          <HoursFields of={typed} wrong={fieldErrors(set.error)} onChange={setTyped} />
          <Problem error={set.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={set.isPending}>
              Set
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
