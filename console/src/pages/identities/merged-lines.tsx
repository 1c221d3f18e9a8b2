import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { previewUnmerge, unmerge } from '../../api/merging.ts';
import type { Out } from '../../api/shapes/of-contract.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { MergePlanShown } from './merge-plan.tsx';

type Identity = Out<'graph.showIdentity'>;

/** Takes a merge back, with what that does shown first. */
const UnmergeDialog = ({ who, onClose }: { readonly who: Identity; readonly onClose: () => void }) => {
  const [because, setBecause] = useState('');
  const plan = useQuery({
    queryKey: ['identities', who.id, 'unmerge'],
    queryFn: () => previewUnmerge(who.id),
    retry: false,
    gcTime: 0,
  });
  const doing = useAct({
    run: () => unmerge(who.id, because.trim()),
    stales: ['identities', 'accounts', 'grants', 'drift', 'sod', 'requests'],
    done: () => `${who.displayName} is themself again`,
    after: onClose,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`${who.displayName} is somebody else after all?`}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <Stack gap="sm">
        {plan.error === null ? null : <Failed error={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.isPending ? <Waiting lines={3} /> : null}
        {plan.data === undefined ? null : <MergePlanShown plan={plan.data} />}
        <Textarea
          label="Why"
          description="Kept with it"
          autosize
          minRows={2}
          maxRows={6}
          value={because}
          onChange={(event) => setBecause(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red"
            disabled={because.trim() === '' || plan.data === undefined || plan.data.refusals.length > 0}
            loading={doing.isPending}
            onClick={() => doing.mutate(undefined)}
          >
            Take it back
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};

/** Says of an identity who it turned out to be, or who turned out to be it. */
export const MergedLines = ({ who, may }: { readonly who: Identity; readonly may: boolean }) => {
  const [asking, setAsking] = useState(false);
  return (
    <>
      {who.mergedInto === null ? null : (
        <p className="card" role="status">
          This is{' '}
          <Link to="/identities/$id" params={{ id: who.mergedInto.identityId }}>
            {who.mergedInto.displayName}
          </Link>{' '}
          since <TimeAgo at={who.mergedInto.since} />. What was before is kept here.{' '}
          {may ? (
            <Button variant="default" size="xs" onClick={() => setAsking(true)}>
              Take it back…
            </Button>
          ) : null}
        </p>
      )}
      {who.merged.length === 0 ? null : (
        <p className="dim">
          Also known as{' '}
          {who.merged.map((one, i) => (
            <span key={one.identityId}>
              {i === 0 ? '' : ', '}
              <Link to="/identities/$id" params={{ id: one.identityId }}>
                {one.displayName}
                {one.username === null ? '' : ` (${one.username})`}
              </Link>
            </span>
          ))}
          .
        </p>
      )}
      {asking ? <UnmergeDialog who={who} onClose={() => setAsking(false)} /> : null}
    </>
  );
};
