import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { SodRule } from '../../api/shapes/sod.ts';
import { changeSodRule, retireSodRule, sodRuleList } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { IdentityName } from '../identities/identity-name.tsx';
import { Guards } from './guards.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { SodTabs } from './sod-tabs.tsx';
import { countsOf, modeTone, modeWords } from './sod-words.ts';

const facets = {
  severity: { label: 'Severity', values: ['low', 'medium', 'high', 'critical'] },
  mode: { label: 'Mode', values: ['record', 'warn', 'enforce'] },
};
const mode = (row: SodRule) => <StateBadge tone={modeTone[row.mode]}>{modeWords[row.mode]}</StateBadge>;

const columns: readonly Column<SodRule>[] = [
  { id: 'name', header: 'Rule', title: true, width: '24%', cell: (row) => row.name },
  { id: 'severity', header: 'Severity', width: '6.5rem', cell: (row) => <RiskBadge risk={row.severity} /> },
  {
    id: 'sides',
    minor: true,
    header: 'Nobody does both',
    cell: (row) => row.functions.map(({ name }) => name).join(' and '),
  },
  { id: 'mode', header: 'A breach is', width: '8rem', cell: mode },
];

const scopeOf = ({ orgUnits, personCondition }: SodRule): string | undefined => {
  const parts = [...orgUnits, ...(personCondition === null ? [] : [personCondition])];
  return parts.length === 0 ? undefined : parts.join(', ');
};

const Detail = ({ rule }: { readonly rule: SodRule }) => (
  <div className="stack">
    {rule.risk === '' ? null : <p>{rule.risk}</p>}
    {rule.description === '' ? null : <p className="dim">{rule.description}</p>}
    <Facts
      of={[
        ['Severity', <RiskBadge key="severity" risk={rule.severity} />],
        ['A breach is', mode(rule)],
        ['It is broken by', countsOf(rule)],
        ['Only for', scopeOf(rule)],
        ['From the library', rule.libraryId ?? undefined],
        ['Since', <TimeAgo key="since" at={rule.validFrom} />],
      ]}
    />
    {rule.counts === 'act' ? <Guards rule={rule.id} /> : null}
    {(rule.counts === 'act' ? [] : rule.functions).map((side) => (
      <section key={side.name}>
        <h3>{side.name}</h3>
        <ul>
          {side.entitlements.map(({ id, name, gone }) => (
            <li key={id}>
              {name ?? id}
              {gone ? <span className="dim"> (gone)</span> : null}
            </li>
          ))}
        </ul>
      </section>
    ))}
    {rule.controls.length === 0 ? null : (
      <section>
        <h3>What can make up for it</h3>
        <ul>
          {rule.controls.map((control) => (
            <li key={control.id}>
              {control.name}, every {control.everyDays} days, by <IdentityName id={control.ownerId} />
            </li>
          ))}
        </ul>
      </section>
    )}
    {rule.counts === 'act' ? null : (
      <Link to="/sod/violations" search={{ q: `rule:${rule.id}` }}>
        Who is in conflict with it
      </Link>
    )}
  </div>
);

/** What one person must not do alone, and what happens when somebody is about to. */
export const RulesPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const [importing, setImporting] = useState(false);
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(sodRuleList());
  const rows = list.rows.filter(
    (row) =>
      (filters['severity'] === undefined || row.severity === filters['severity']) &&
      (filters['mode'] === undefined || row.mode === filters['mode']) &&
      `${row.name} ${row.description}`.toLowerCase().includes(words.toLowerCase()),
  );
  const change = useAct({
    run: ({ rule, to }: { rule: SodRule; to: SodRule['mode'] }) => changeSodRule(rule.id, { mode: to }),
    stales: ['sod'],
    done: (_, { rule, to }) => `${rule.name}: a breach is ${modeWords[to]} from now on`,
  });
  const retire = useAct({
    run: (rule: SodRule) => retireSodRule(rule.id),
    stales: ['sod'],
    done: (_, rule) => `Retired: ${rule.name}`,
  });
  const may = can(me, 'sod_rule.change');
  const commands: readonly Command<SodRule>[] = [
    {
      id: 'enforce',
      label: 'Refuse breaches',
      keys: 'e',
      primary: true,
      when: (row) => may && row.mode !== 'enforce' && row.counts !== 'act',
      run: ([rule]) => (rule === undefined ? undefined : change.mutate({ rule, to: 'enforce' })),
    },
    {
      id: 'warn',
      label: 'Only warn',
      when: (row) => may && row.mode !== 'warn' && row.counts !== 'act',
      run: ([rule]) => (rule === undefined ? undefined : change.mutate({ rule, to: 'warn' })),
    },
    {
      id: 'change',
      label: 'Change…',
      keys: 'c',
      when: (row) => may && row.counts !== 'act',
      run: ([rule]) =>
        rule === undefined ? undefined : void navigate({ to: '/sod/rules/$id', params: { id: rule.id } }),
    },
    {
      id: 'retire',
      label: 'Retire…',
      keys: 'r',
      danger: true,
      when: (row) => may && row.counts !== 'act',
      run: ([rule]) =>
        void confirm({
          title: `Retire ${rule?.name ?? ''}?`,
          text: 'It no longer stops anybody. What it found stays in the log.',
          action: 'Retire',
          danger: true,
        }).then((answer) => (answer === undefined || rule === undefined ? undefined : retire.mutate(rule))),
    },
  ];
  return (
    <Page
      fill
      title="Separation of duties"
      crumbs={<SodTabs />}
      lead="What one person must not do alone: checked at every request, import, activation and session start, always with the same verdict."
      actions={
        <>
          <Button component="a" href="/v1/sod/rules/export" download="rules.yaml" variant="default">
            Export YAML
          </Button>
          <Button component="a" href="/v1/sod/rules/export.csv" download="rules.csv" variant="default">
            Export CSV
          </Button>
          {can(me, 'sod_rule.create') ? (
            <Button variant="default" onClick={() => setImporting(true)}>
              Import…
            </Button>
          ) : null}
          {can(me, 'sod_rule.create') ? (
            <Button onClick={() => void navigate({ to: '/sod/new' })}>New rule</Button>
          ) : null}
        </>
      }
    >
      <ListView
        label="Rules"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => <Detail rule={row} />}
        empty={{
          title: 'No rule yet',
          text: 'A rule names functions no one person may hold together, for instance creating a vendor and paying it.',
        }}
        cli="reeve sod rules"
      />
      <ImportDialog opened={importing} onClose={() => setImporting(false)} />
    </Page>
  );
};
