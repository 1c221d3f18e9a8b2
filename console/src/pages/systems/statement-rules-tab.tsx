import { Button, Checkbox, Select, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { accountList } from '../../api/people.ts';
import {
  keepStatementRules,
  statementRulesQuery,
  type KeptRules,
  type StatementRules,
} from '../../api/statement-rules.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const SWITCHES = [
  ['readOnly', 'Reading only'],
  ['noDdl', 'No changes of tables, roles or grants'],
  ['whereNeeded', 'No delete or update without where'],
  ['keepRole', 'Nobody becomes another role'],
] as const;
const NONE: StatementRules = { readOnly: false, noDdl: false, whereNeeded: false, keepRole: false, denyTables: [] };
const EVERYBODY = '';

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

const AccountSelect = ({
  systemName,
  kept,
  value,
  onChange,
}: {
  readonly systemName: string;
  readonly kept: readonly KeptRules[];
  readonly value: string;
  readonly onChange: (accountId: string) => void;
}) => {
  const [search, setSearch] = useState('');
  const { rows } = useRows(accountList({ system: systemName }));
  const found = useRows(accountList({ system: systemName, ...(search === '' ? {} : { search }) }));
  const names = new Map<string, string>([[EVERYBODY, 'all accounts']]);
  for (const { accountId, accountName } of kept) if (accountId !== null) names.set(accountId, accountName ?? accountId);
  for (const account of [...rows, ...found.rows]) names.set(account.id, account.name);
  return (
    <Select
      label="Sessions of"
      description="Those of all accounts and of the account itself hold together."
      searchable
      allowDeselect={false}
      nothingFoundMessage="No account is called so"
      data={[...names].map(([id, label]) => ({ value: id, label }))}
      onSearchChange={(text) => setSearch(names.get(value) === text ? '' : text)}
      value={value}
      onChange={(id) => onChange(id ?? EVERYBODY)}
    />
  );
};

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

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
  const save = useAct({
    run: () => keepStatementRules(id, accountId, { ...switches, denyTables: lines(denied) }),
    stales: ['systems'],
    quiet: true,
    done: () => 'Kept; it holds for sessions that begin now',
  });
  return (
    <form
      className="stack"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
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
      <Problem error={save.error} />
      <div>
        <Button type="submit" size="sm" loading={save.isPending}>
          Keep
        </Button>
      </div>
    </form>
  );
};
