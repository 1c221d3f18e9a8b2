import { Button, Group, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import {
  applyCandidate,
  candidateList,
  draftCandidate,
  previewCandidate,
  splitCandidate,
  type CandidateOrder,
} from '../../api/role-mining.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Tag } from '../../ui/show/badges.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { CandidateMatrix } from './candidate-matrix.tsx';
import { percent, type Candidate } from './run-words.ts';

const ORDERS: readonly { readonly value: CandidateOrder; readonly label: string }[] = [
  { value: 'coverage', label: 'Covers most' },
  { value: 'people', label: 'Most people' },
  { value: 'entitlements', label: 'Most entitlements' },
  { value: 'extra', label: 'Least extra' },
  { value: 'stability', label: 'Surest found' },
];

/** The roles a look proposes, the matrix of one, and what can be made of it. */
export const Candidates = ({ runId }: { readonly runId: string }) => {
  const me = useMe();
  const [order, setOrder] = useState<CandidateOrder>('coverage');
  const [shown, setShown] = useState<string>();
  const list = useRows(candidateList(runId, order));
  const draft = useAct({
    run: ({ id, name }: Candidate) => draftCandidate(id, name, false),
    stales: ['role-mining'],
    done: ({ name }) => `Role ${name} is made; nobody has it yet`,
  });
  const split = useAct({
    run: async ({ id, name }: Candidate) => {
      const { items } = await splitCandidate(id);
      const seldom = items.filter(({ part }) => part === 'on_demand').map(({ entitlement }) => entitlement.name);
      const all = seldom.length === items.length;
      if (all || seldom.length === 0)
        return { made: undefined, why: all ? 'Few used any of it' : 'Nothing of it is known to be used by few' };
      const answer = await confirm({
        title: `Make two roles of ${name}?`,
        text: `In 90 days few used ${seldom.join(', ')}. In a role of its own that can be asked for when it is needed. What people hold of it directly stays until it is reviewed.`,
        action: 'Make two',
      });
      const made = answer === undefined ? undefined : await draftCandidate(id, name, true);
      return { made, why: 'Nothing is made' };
    },
    stales: ['role-mining'],
    done: ({ made, why }) =>
      made === undefined ? why : `Roles ${made.name} and ${made.name}, on demand are made; nobody has them yet`,
  });
  const apply = useAct({
    run: async ({ id, name }: Candidate) => {
      const { people, replaces, left, over } = await previewCandidate(id);
      const answer = await confirm({
        title: `Give ${name} in place of direct grants?`,
        text: `${String(people)} people have it from now on, and ${String(replaces)} direct grants end. What anybody can reach stays the same. ${String(left)} are left as they are.${over.length === 0 ? '' : ` It waits under Changes until somebody accepts it: ${over[0]?.detail ?? ''}.`}`,
        action: 'Give it',
        reason: 'required',
      });
      return answer === undefined ? undefined : await applyCandidate(id, answer.reason);
    },
    stales: ['role-mining', 'mass-changes', 'identities'],
    done: (made) =>
      made === undefined
        ? 'Nothing is changed'
        : made.state === 'held'
          ? 'Over the limit: it waits under Changes until somebody accepts it'
          : 'It is being given; Changes has the way back',
  });
  const chosen = list.rows.find(({ id }) => id === shown);
  return (
    <div className="stack">
      <NativeSelect
        label="Order"
        style={{ maxWidth: '14rem' }}
        value={order}
        onChange={(event) => setOrder(event.currentTarget.value as CandidateOrder)}
        data={[...ORDERS]}
      />
      <Loaded list={list}>
        {(rows) => (
          <PlainTable
            label="Candidate roles"
            rows={rows}
            rowId={(row) => row.id}
            empty="No roles were found."
            columns={[
              { id: 'name', header: 'Name', title: true, cell: (row) => row.name },
              { id: 'people', header: 'People', right: true, cell: (row) => row.people },
              { id: 'entitlements', header: 'Entitlements', right: true, cell: (row) => row.entitlements },
              { id: 'coverage', header: 'Covers', right: true, cell: (row) => row.coverage },
              { id: 'extra', header: 'Extra', right: true, cell: (row) => row.extra },
              { id: 'stability', header: 'Found again', right: true, cell: (row) => percent(row.stability) },
              {
                id: 'rule',
                header: 'Rule',
                cell: (row) =>
                  row.rule === null ? (
                    ''
                  ) : row.rule.same ? (
                    <Tag>the same people</Tag>
                  ) : (
                    `finds ${String(row.rule.finds)}`
                  ),
              },
              {
                id: 'do',
                header: 'Do',
                cell: (row) => (
                  <Group gap="xs" wrap="nowrap">
                    <Button size="compact-xs" variant="default" onClick={() => setShown(row.id)}>
                      Matrix
                    </Button>
                    {row.roleId === null && can(me, 'candidate_role.draft') ? (
                      <>
                        <Button size="compact-xs" variant="default" onClick={() => draft.mutate(row)}>
                          Draft
                        </Button>
                        <Button size="compact-xs" variant="default" onClick={() => split.mutate(row)}>
                          Draft in two…
                        </Button>
                      </>
                    ) : null}
                    {row.roleId !== null && can(me, 'candidate_role.apply') ? (
                      <Button size="compact-xs" onClick={() => apply.mutate(row)}>
                        Apply…
                      </Button>
                    ) : null}
                  </Group>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {list.hasMore ? (
        <button type="button" onClick={list.more}>
          Show more
        </button>
      ) : null}
      {chosen === undefined ? null : <CandidateMatrix key={chosen.id} candidate={chosen} />}
    </div>
  );
};
