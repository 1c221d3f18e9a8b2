import { Button, Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { reevaluate, reevaluationQuery } from '../../api/approval-policy.ts';
import type { Reevaluation } from '../../api/shapes/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { stepName } from '../requests/request-words.ts';

type Item = Reevaluation['items'][number];

const becomes = (item: Item): string => {
  if (item.stuck !== null) return item.stuck;
  const steps = item.steps.map((step) =>
    step.kept === null
      ? `${stepName(step)}: ${step.approvers.map(({ name }) => name).join(', ')}`
      : `${stepName(step)}: kept, ${step.kept.name}`,
  );
  const dropped = item.dropped.map(({ kind, by }) => `${stepName({ kind })} of ${by.name} counts no more`);
  const refused = item.refused.map(({ because }) => `refused: ${because}`);
  return [...(steps.length === 0 && refused.length === 0 ? ['given at once'] : steps), ...dropped, ...refused].join(
    '; ',
  );
};

/** Open requests under an older version: what would become of each under the one in force, and putting them under it. */
export const ReevaluationSection = () => {
  const { data, error } = useQuery(reevaluationQuery);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const act = useAct({
    run: ({ ids, reason }: { ids: string[]; reason: string }) => reevaluate({ ids, reason }),
    stales: ['approval-policy', 'requests', 'approvals'],
    done: ({ to, ids }) => `${String(ids.length)} now under version ${String(to)}`,
    after: () => setChosen(new Set()),
  });
  const items = data?.items ?? [];
  const wanted = items.filter(({ id }) => chosen.has(id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <Section title="Requests that wait under an older version">
      <p className="dim">
        They finish under the version they began with. Where it has to be, put them under the one in force: decisions
        taken are kept where it has the same step, and the rest is asked for again.
      </p>
      <Problem error={error} />
      <PlainTable
        label="Requests that wait under an older version"
        rows={items}
        rowId={({ id }) => id}
        empty="None: all that wait are under the version in force."
        columns={[
          {
            id: 'choose',
            header: 'Choose',
            cell: (item) => (
              <Checkbox
                aria-label={`Choose ${item.number}`}
                checked={chosen.has(item.id)}
                disabled={item.stuck !== null}
                onChange={() => toggle(item.id)}
              />
            ),
          },
          {
            id: 'number',
            header: 'Request',
            title: true,
            cell: (item) => (
              <Link to="/requests/$id" params={{ id: item.id }}>
                {item.number}
              </Link>
            ),
          },
          { id: 'what', header: 'For', cell: (item) => `${item.beneficiary.name}: ${item.summary}` },
          { id: 'from', header: 'Version', cell: (item) => `${String(item.from)} → ${String(data?.to ?? '')}` },
          { id: 'becomes', header: 'What becomes of it', cell: becomes },
        ]}
      />
      {items.length === 0 ? null : (
        <div>
          <Button
            size="sm"
            variant="default"
            disabled={wanted.length === 0}
            loading={act.isPending}
            onClick={() =>
              void confirm({
                title: `Put ${wanted.map(({ number }) => number).join(', ')} under version ${String(data?.to ?? '')}?`,
                text: wanted.map((item) => `${item.number}: ${becomes(item)}`).join('. '),
                action: 'Put under it',
                reason: 'required',
              }).then((answer) =>
                answer === undefined
                  ? undefined
                  : act.mutate({ ids: wanted.map(({ id }) => id), reason: answer.reason }),
              )
            }
          >
            Put under the version in force…
          </Button>
        </div>
      )}
    </Section>
  );
};
