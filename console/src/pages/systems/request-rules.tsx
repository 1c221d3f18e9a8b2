import { Button, Checkbox, Select, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { accountList } from '../../api/people.ts';
import { keepRequestRules, requestRulesQuery, type RequestRules as Rules } from '../../api/web.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const SWITCHES = [
  ['readOnly', 'Reading only: GET, HEAD and OPTIONS'],
  ['noWebSockets', 'No WebSockets'],
] as const;
const NONE: Rules = { readOnly: false, noWebSockets: false, denyPaths: [], denyHeaders: [] };
const EVERYBODY = '';

const inWords = (rules: Rules): string =>
  [
    ...SWITCHES.filter(([name]) => rules[name]).map(([, label]) => label.toLowerCase()),
    ...(rules.denyPaths.length === 0 ? [] : [`not ${rules.denyPaths.join(', ')}`]),
    ...(rules.denyHeaders.length === 0 ? [] : [`no header ${rules.denyHeaders.join(', ')}`]),
  ].join('; ') || 'nothing is refused';

/** What requests may not be in sessions on a web application: of all its accounts, and of single ones. */
export const RequestRules = ({ id, systemName }: { readonly id: string; readonly systemName: string }) => {
  const me = useMe();
  const kept = useQuery(requestRulesQuery(id));
  const accounts = useRows(accountList({ system: systemName }));
  const [accountId, setAccountId] = useState(EVERYBODY);
  if (kept.error !== null && kept.data === undefined)
    return <Failed error={kept.error} onRetry={() => void kept.refetch()} />;
  if (kept.data === undefined) return <Waiting />;
  const { items } = kept.data;
  const chosen = items.find((rules) => (rules.accountId ?? EVERYBODY) === accountId);
  const names = new Map<string, string>([[EVERYBODY, 'all accounts']]);
  for (const one of items) if (one.accountId !== null) names.set(one.accountId, one.accountName ?? one.accountId);
  for (const account of accounts.rows) names.set(account.id, account.name);
  return (
    <section className="stack" aria-label="Request rules">
      <h2>What requests may not be</h2>
      <PlainTable
        label="Request rules"
        rows={items}
        rowId={(rules) => rules.accountId ?? EVERYBODY}
        empty="Nothing is refused: sessions may ask whatever their account may."
        columns={[
          { id: 'of', header: 'Sessions of', title: true, cell: (rules) => rules.accountName ?? 'all accounts' },
          { id: 'rules', header: 'Rules', cell: inWords },
          { id: 'changed', header: 'Changed', cell: (rules) => <TimeAgo at={rules.changedAt} /> },
        ]}
      />
      {can(me, 'request_rules.keep') ? (
        <>
          <Select
            label="Sessions of"
            description="Those of all accounts and of the account itself hold together."
            searchable
            allowDeselect={false}
            data={[...names].map(([value, label]) => ({ value, label }))}
            value={accountId}
            onChange={(value) => setAccountId(value ?? EVERYBODY)}
          />
          <RulesForm
            key={`${accountId} ${JSON.stringify(chosen)}`}
            id={id}
            accountId={accountId === EVERYBODY ? null : accountId}
            rules={chosen ?? NONE}
          />
        </>
      ) : null}
    </section>
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
  readonly rules: Rules;
}) => {
  const { readOnly, noWebSockets } = rules;
  const [switches, setSwitches] = useState({ readOnly, noWebSockets });
  const [paths, setPaths] = useState(rules.denyPaths.join('\n'));
  const [headers, setHeaders] = useState(rules.denyHeaders.join('\n'));
  const save = useAct({
    run: () => keepRequestRules(id, accountId, { ...switches, denyPaths: lines(paths), denyHeaders: lines(headers) }),
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
        label="Paths nobody asks for"
        description="One a line, as they read without percent signs: /admin, /api/*/secrets. What is below them too."
        autosize
        minRows={2}
        value={paths}
        onChange={(event) => setPaths(event.currentTarget.value)}
      />
      <Textarea
        label="Headers nobody sends"
        description="One a line."
        autosize
        minRows={1}
        value={headers}
        onChange={(event) => setHeaders(event.currentTarget.value)}
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
