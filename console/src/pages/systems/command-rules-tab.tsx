import { NumberInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  commandRulesQuery,
  keepCommandRules,
  type CommandRule,
  type KeptCommandRules,
} from '../../api/command-rules.ts';
import { can, useMe } from '../../api/me.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { linesOf } from '../../ui/lines-of.ts';
import { SystemForm } from './system-form.tsx';

const WHAT = [
  ['alert', 'Officers are told of', 'It runs. One pattern a line: words as one types them, * for anything.'],
  ['ask', 'Needs somebody who agrees', 'It waits for an officer; else it is not run.'],
  ['end', 'Ends the session', 'It is not run.'],
] as const;
type Does = CommandRule['does'];

const patternsOf = (rules: readonly CommandRule[], does: Does): string =>
  rules
    .filter((rule) => rule.does === does)
    .map(({ pattern }) => pattern)
    .join('\n');
const inWords = (rules: readonly CommandRule[]): string =>
  rules.map(({ pattern, does }) => `${does} ${pattern}`).join('; ') || 'nothing happens';

/** What happens at which commands of sessions on a host: a seat belt, and said to be one. */
export const CommandRulesTab = ({ id }: { readonly id: string }) => {
  const me = useMe();
  const kept = useQuery(commandRulesQuery(id));
  if (kept.error !== null && kept.data === undefined)
    return <Failed error={kept.error} onRetry={() => void kept.refetch()} />;
  if (kept.data === undefined) return <Waiting />;
  const { items } = kept.data;
  const ofAll = items.find(({ accountId }) => accountId === null);
  return (
    <section className="stack" style={{ maxWidth: '44rem', marginTop: 28 }}>
      <h2 style={{ margin: 0, fontSize: 'var(--mantine-font-size-md)' }}>Command rules</h2>
      <p className="dim" style={{ margin: 0 }}>
        A seat belt, not a wall: a script, an alias or an editor does what no text shows. What must not be done, the
        host has to refuse: by sudo rules, a restricted shell, permissions.
      </p>
      <PlainTable
        label="Command rules"
        rows={items}
        rowId={(rules) => rules.accountId ?? ''}
        empty="Nothing happens at any command."
        columns={[
          { id: 'of', header: 'Sessions of', title: true, cell: (rules) => rules.accountName ?? 'all accounts' },
          { id: 'rules', header: 'Rules', cell: (rules) => inWords(rules.rules) },
          { id: 'revision', header: 'Revision', right: true, cell: (rules) => rules.revision },
          { id: 'changed', header: 'Changed', cell: (rules) => <TimeAgo at={rules.changedAt} /> },
        ]}
      />
      {can(me, 'command_rules.keep') ? <RulesForm key={JSON.stringify(ofAll)} id={id} kept={ofAll} /> : null}
    </section>
  );
};

const RulesForm = ({ id, kept }: { readonly id: string; readonly kept: KeptCommandRules | undefined }) => {
  const rules = kept?.rules ?? [];
  const [texts, setTexts] = useState<Record<Does, string>>({
    alert: patternsOf(rules, 'alert'),
    ask: patternsOf(rules, 'ask'),
    end: patternsOf(rules, 'end'),
  });
  const [askSeconds, setAskSeconds] = useState<number | string>(kept?.askSeconds ?? 120);
  const keep = () =>
    keepCommandRules(id, {
      rules: WHAT.flatMap(([does]) => linesOf(texts[does]).map((pattern) => ({ pattern, does }))),
      askSeconds: Number(askSeconds),
    });
  return (
    <SystemForm run={keep} done="Kept; it holds for sessions that begin now" button="Keep">
      {WHAT.map(([does, label, description]) => (
        <Textarea
          key={does}
          label={label}
          description={description}
          autosize
          minRows={2}
          value={texts[does]}
          onChange={(event) => setTexts({ ...texts, [does]: event.currentTarget.value })}
        />
      ))}
      <NumberInput
        label="Waits for a word, in seconds"
        min={10}
        max={600}
        value={askSeconds}
        onChange={setAskSeconds}
      />
    </SystemForm>
  );
};
