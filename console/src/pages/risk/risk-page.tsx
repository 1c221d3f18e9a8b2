import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { lookForRisk, riskLevelsQuery, riskList, riskPolicyQuery } from '../../api/risk.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { PolicyDialog } from './policy-dialog.tsx';
import { factorWords, inWords } from './risk-words.ts';

const WHO = [
  { value: 'identity', label: 'People and other identities' },
  { value: 'account', label: 'Accounts nobody owns' },
];
const LEVELS = [{ value: '', label: 'Any level' }, 'critical', 'high', 'medium', 'low'];
const JUMPED = [
  { value: '', label: 'Whenever' },
  { value: '7', label: 'Jumped within 7 days' },
  { value: '30', label: 'Jumped within 30 days' },
];

/** Whose risk is highest, and why. */
export const RiskPage = () => {
  const me = useMe();
  const [kind, setKind] = useState('identity');
  const [level, setLevel] = useState('');
  const [factor, setFactor] = useState('');
  const [jumped, setJumped] = useState('');
  const [changing, setChanging] = useState(false);
  const levels = useQuery(riskLevelsQuery());
  const policy = useQuery(riskPolicyQuery());
  const list = useRows(
    riskList({
      kind,
      level: level === '' ? undefined : level,
      factor: factor === '' ? undefined : factor,
      jumpedInDays: jumped === '' ? undefined : Number(jumped),
    }),
  );
  const look = useAct({ run: () => lookForRisk(), stales: ['risk'], done: () => 'Everybody is being looked at' });
  const counts = (levels.data?.items ?? []).filter((c) => c.kind === kind && c.level !== 'low');
  return (
    <Page
      title="Risk"
      lead="Whose access deserves a look first. Each score is the sum of its reasons."
      actions={
        <>
          {can(me, 'risk_policy.put') && policy.data !== undefined ? (
            <Button variant="default" onClick={() => setChanging(true)}>
              Levels and jumps…
            </Button>
          ) : null}
          {can(me, 'identity_risk.look') ? (
            <Button variant="default" loading={look.isPending} onClick={() => look.mutate(undefined)}>
              Look at everybody
            </Button>
          ) : null}
        </>
      }
    >
      {changing && policy.data !== undefined ? (
        <PolicyDialog of={policy.data} onClose={() => setChanging(false)} />
      ) : null}
      <div className="row" style={{ alignItems: 'end', flexWrap: 'wrap' }}>
        <NativeSelect label="Of" value={kind} onChange={(e) => setKind(e.currentTarget.value)} data={WHO} />
        <NativeSelect label="Level" value={level} onChange={(e) => setLevel(e.currentTarget.value)} data={LEVELS} />
        <NativeSelect
          label="Because of"
          value={factor}
          onChange={(e) => setFactor(e.currentTarget.value)}
          data={[
            { value: '', label: 'Anything' },
            ...Object.entries(factorWords).map(([value, label]) => ({ value, label })),
          ]}
        />
        <NativeSelect label="When" value={jumped} onChange={(e) => setJumped(e.currentTarget.value)} data={JUMPED} />
        <span className="dim small">{counts.map((c) => `${String(c.n)} ${c.level}`).join(', ')}</span>
      </div>
      {list.error === null ? null : <Failed error={list.error} onRetry={list.retry} />}
      <PlainTable
        label="Those whose risk is highest first"
        rows={list.rows}
        rowId={({ subjectId }) => subjectId}
        empty="Nobody of that kind has any risk that is known."
        columns={[
          {
            id: 'who',
            header: 'Who',
            title: true,
            cell: (row) =>
              row.kind === 'identity' ? (
                <Link to="/identities/$id" params={{ id: row.subjectId }}>
                  {row.name}
                </Link>
              ) : (
                row.name
              ),
          },
          { id: 'of', header: 'Is', cell: ({ subjectKind, department }) => department ?? subjectKind },
          { id: 'level', header: 'Risk', cell: (row) => <RiskBadge risk={row.level} /> },
          { id: 'score', header: 'Score', right: true, cell: ({ score }) => score },
          {
            id: 'why',
            header: 'Mostly because of',
            cell: ({ reasons }) => reasons.slice(0, 2).map(inWords).join(', '),
          },
          { id: 'since', header: 'Since', cell: ({ since }) => <TimeAgo at={since} /> },
          {
            id: 'jumped',
            header: 'Jumped',
            cell: ({ jumpedAt, jumpedFrom }) =>
              jumpedAt === null ? null : (
                <>
                  from {jumpedFrom}, <TimeAgo at={jumpedAt} />
                </>
              ),
          },
        ]}
      />
      {list.hasMore ? (
        <Button variant="default" loading={list.loadingMore} onClick={list.more}>
          Show more
        </Button>
      ) : null}
    </Page>
  );
};
