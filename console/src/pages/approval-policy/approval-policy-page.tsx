import { Button, Group, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import {
  approvalPolicyQuery,
  approvalPolicyVersions,
  changeApprovalPolicy,
  tryApprovalPolicy,
} from '../../api/approval-policy.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import s from './approval-policy.module.css';
import { ReevaluationSection } from './reevaluation.tsx';
import { TriedResult } from './tried-result.tsx';

/** Who approves what: read, changed, tried on requests that were made, then put in force. */
export const ApprovalPolicyPage = () => {
  const me = useMe();
  const inForce = useQuery(approvalPolicyQuery);
  const versions = useRows(approvalPolicyVersions());
  const [draft, setDraft] = useState<string>();
  const [note, setNote] = useState('');
  const [last, setLast] = useState('100');
  const yaml = draft ?? inForce.data?.yaml ?? '';
  const trial = useMutation({ mutationFn: () => tryApprovalPolicy({ yaml, last: Number(last) }) });
  const edit = (text: string) => {
    setDraft(text);
    // What was found holds for the text it was found for.
    trial.reset();
  };
  const publish = useAct({
    run: () => changeApprovalPolicy({ yaml, note: note.trim(), trial: trial.data?.trial ?? '' }),
    stales: ['approval-policy'],
    quiet: true,
    done: ({ number }) => `Version ${String(number)} is in force; requests that wait finish under theirs`,
    after: () => {
      setDraft(undefined);
      setNote('');
      trial.reset();
    },
  });
  const mayChange = can(me, 'approval_policy.change');
  const mayReevaluate = can(me, 'request.reevaluate');
  return (
    <Page
      title="Approval policy"
      lead="Who approves what. The first rule whose conditions hold decides about a line of a request. Try a change on past requests before it is in force."
    >
      <Problem error={inForce.error} />
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          publish.mutate(undefined);
        }}
      >
        <Textarea
          label={
            inForce.data === undefined
              ? 'Approval policy'
              : `Approval policy, from version ${String(inForce.data.number)}`
          }
          description="YAML. People by username, systems by name, what approvers hold as system:entitlement."
          className={s['text'] ?? ''}
          autosize
          minRows={14}
          maxRows={36}
          spellCheck={false}
          readOnly={!mayChange}
          value={yaml}
          onChange={(event) => edit(event.currentTarget.value)}
        />
        {mayChange ? (
          <>
            <Group gap="xs" align="end">
              <NativeSelect
                label="Try on"
                value={last}
                onChange={(event) => {
                  setLast(event.currentTarget.value);
                  trial.reset();
                }}
                data={['20', '100', '500'].map((value) => ({ value, label: `the last ${value} requests` }))}
              />
              <Button variant="default" size="sm" loading={trial.isPending} onClick={() => trial.mutate()}>
                Try
              </Button>
            </Group>
            <Problem error={trial.error} />
            {trial.data === undefined ? null : <TriedResult result={trial.data} />}
            <TextInput
              label="What changes, and why"
              required
              withAsterisk={false}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <Problem error={publish.error} />
            <Group gap="xs">
              <Button
                type="submit"
                size="sm"
                loading={publish.isPending}
                disabled={note.trim() === '' || trial.data === undefined}
              >
                Put in force
              </Button>
              {trial.data === undefined ? <span className="dim">Try it first.</span> : null}
            </Group>
          </>
        ) : null}
      </form>
      {mayReevaluate ? <ReevaluationSection /> : null}
      <Section title="Versions">
        <PlainTable
          label="Versions of the approval policy"
          rows={versions.rows}
          rowId={(row) => String(row.number)}
          empty="No version."
          columns={[
            { id: 'number', header: 'Version', title: true, cell: (row) => String(row.number) },
            { id: 'note', header: 'What changed', cell: (row) => row.note },
            {
              id: 'tried',
              header: 'Trying it came to',
              cell: (row) =>
                row.tried === null
                  ? 'not kept'
                  : `${String(row.tried.changed.length)} of ${String(row.tried.tried)} otherwise than under ${String(row.tried.against)}`,
            },
            { id: 'made', header: 'In force since', cell: (row) => <TimeAgo at={row.madeAt} /> },
            {
              id: 'edit',
              header: 'Actions',
              cell: (row) => (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Show above: version ${String(row.number)}`}
                  onClick={() => edit(row.yaml)}
                >
                  Show above
                </Button>
              ),
            },
          ]}
        />
      </Section>
    </Page>
  );
};
