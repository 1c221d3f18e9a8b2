import { Checkbox, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { keepRequestRules, requestRulesQuery, type RequestRules as Rules } from '../../api/web.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { linesOf } from '../../ui/lines-of.ts';
import { AccountSelect, EVERYBODY } from './account-select.tsx';
import { SystemForm } from './system-form.tsx';

const SWITCHES = [
  ['readOnly', 'Reading only: GET, HEAD and OPTIONS'],
  ['noWebSockets', 'No WebSockets'],
] as const;
const NONE: Rules = { readOnly: false, noWebSockets: false, denyPaths: [], denyHeaders: [] };

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
  const [accountId, setAccountId] = useState(EVERYBODY);
  if (kept.error !== null && kept.data === undefined)
    return <Failed error={kept.error} onRetry={() => void kept.refetch()} />;
  if (kept.data === undefined) return <Waiting />;
  const { items } = kept.data;
  const chosen = items.find((rules) => (rules.accountId ?? EVERYBODY) === accountId);
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
          <AccountSelect systemName={systemName} kept={items} value={accountId} onChange={setAccountId} />
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
  const keep = () =>
    keepRequestRules(id, accountId, { ...switches, denyPaths: linesOf(paths), denyHeaders: linesOf(headers) });
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
    </SystemForm>
  );
};
