import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { takeShare } from '../../api/keys.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Section } from '../../ui/page.tsx';

/** Shows the asker their share, once: it is in no cache and gone when they leave the page. */
export const TakeShare = () => {
  const [taken, setTaken] = useState<{ readonly share: string; readonly left: number }>();
  const take = useAct({ run: takeShare, stales: ['keys'], after: setTaken });
  return (
    <Section title="Your share">
      {taken === undefined ? (
        <Stack gap="sm" maw="40rem">
          <Text>
            You are to hold a share of the root key. It is shown once and to nobody else; write it down and keep it
            where only you find it.
          </Text>
          <Group>
            <Button onClick={() => take.mutate(undefined)} loading={take.isPending}>
              Show my share
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="sm" maw="40rem">
          <code data-secret="">{taken.share}</code>
          <Text>
            {taken.left === 0
              ? 'Every holder has theirs: the new root key is in use.'
              : `${String(taken.left)} more are to be taken before the new root key is in use.`}
          </Text>
          <Group>
            <Button variant="default" onClick={() => setTaken(undefined)}>
              I have written it down
            </Button>
          </Group>
        </Stack>
      )}
    </Section>
  );
};
