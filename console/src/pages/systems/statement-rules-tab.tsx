import { Checkbox, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { keepStatementRules, statementRulesQuery, type StatementRules } from '../../api/statement-rules.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { linesOf } from '../../ui/lines-of.ts';
import { AccountSelect, EVERYBODY } from './account-select.tsx';
import { SystemForm } from './system-form.tsx';

const SWITCHES = [
  ['readOnly', 'Reading only'],
  ['noDdl', 'No changes of tables, roles or grants'],
  ['whereNeeded', 'No delete or update without where'],
  ['keepRole', 'Nobody becomes another role'],
] as const;
const NONE: StatementRules = { readOnly: false, noDdl: false, whereNeeded: false, keepRole: false, denyTables: [] };

const inWords = (rules: StatementRules): string =>
  [
    ...SWITCHES.filter(([name]) => rules[name]).map(([, label]) => label.toLowerCase()),
    ...(rules.denyTables.length === 0 ? [] : [`not ${rules.denyTables.join(', ')}`]),
  ].join('; ') || 'nothing is refused';

interface Props {
  readonly id: string;
  readonly systemName: string;
}

/** What statements may not be in sessions on a database: of all its accounts, and of single ones. */
export const StatementRulesTab = ({ id, systemName }: Props) => {
  const me = useMe();
  const kept = useQuery(statementRulesQuery(id));
  const [accountId, setAccountId] = useState(EVERYBODY);
  if (kept.error !== null && kept.data === undefined)
    return <Failed error={kept.error} onRetry={() => void kept.refetch()} />;
  if (kept.data === undefined) return <Waiting />;
  const { items } = kept.data;
  const chosen = items.find((rules) => (rules.accountId ?? EVERYBODY) === accountId);
  return (
    <div className="stack" style={{ maxWidth: '44rem' }}>
      <PlainTable
        label="Statement rules"
        rows={items}
        rowId={(rules) => rules.accountId ?? EVERYBODY}
        empty="Nothing is refused: sessions may ask whatever their account may."
        columns={[
          { id: 'of', header: 'Sessions of', title: true, cell: (rules) => rules.accountName ?? 'all accounts' },
          { id: 'rules', header: 'Rules', cell: inWords },
          { id: 'changed', header: 'Changed', cell: (rules) => <TimeAgo at={rules.changedAt} /> },
        ]}
      />
      {can(me, 'statement_rules.keep') ? (
        <>
          <AccountSelect systemName={systemName} kept={items} value={accountId} onChange={setAccountId} />
          <RulesForm
            key={`${accountId} ${JSON.stringify(chosen)}`}
            id={id}
            accountId={accountId === EVERYBODY ? null : accountId}
            rules={chosen ?? NONE}
          />
        </>
      ) : null}
    </div>
  );
};

const RulesForm = ({
  id,
  accountId,
  rules,
}: {
  readonly id: string;
  readonly accountId: string | null;
  readonly rules: StatementRules;
}) => {
  const { readOnly, noDdl, whereNeeded, keepRole } = rules;
  const [switches, setSwitches] = useState({ readOnly, noDdl, whereNeeded, keepRole });
  const [denied, setDenied] = useState(rules.denyTables.join('\n'));
  const keep = () => keepStatementRules(id, accountId, { ...switches, denyTables: linesOf(denied) });
  return (
    <SystemForm run={keep} done="Kept; it holds for sessions that begin now" button="Keep">
      {SWITCHES.map(([name, label]) => (
        <Checkbox
          key={name}
          label={label}
          checked={switches[name]}
          onChange={(event) => setSwitches({ ...switches, [name]: event.currentTarget.checked })}
        />
      ))}
      <Textarea
        label="Tables nobody asks"
        description="One a line: table, schema.table or schema.*. A view or function that is there may still reach them."
        autosize
        minRows={2}
        value={denied}
        onChange={(event) => setDenied(event.currentTarget.value)}
      />
    </SystemForm>
  );
};
