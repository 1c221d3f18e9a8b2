import { useRows } from '../../api/pages.ts';
import { can, useMe } from '../../api/me.ts';
import type { SodRuleOfLibrary } from '../../api/shapes/sod.ts';
import { adoptSodRules, sodLibraryList } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { Guards } from './guards.tsx';
import { FunctionMapping } from './function-mapping.tsx';
import { SodTabs } from './sod-tabs.tsx';
import { modeWords } from './sod-words.ts';

type State = SodRuleOfLibrary['state'];
const stateWords: Readonly<Record<State, string>> = {
  offered: 'not adopted',
  unmapped: 'not in force: to be mapped',
  in_force: 'in force',
  kept: 'always kept to',
};
const stateTone: Readonly<Record<State, Tone>> = { offered: 'quiet', unmapped: 'wait', in_force: 'good', kept: 'good' };
const state = (row: SodRuleOfLibrary) => <StateBadge tone={stateTone[row.state]}>{stateWords[row.state]}</StateBadge>;

const columns: readonly Column<SodRuleOfLibrary>[] = [
  { id: 'id', header: 'Id', width: '5.5rem', cell: (row) => row.id },
  { id: 'name', header: 'Nobody does both', title: true, cell: (row) => row.name },
  { id: 'process', header: 'Process', minor: true, width: '10rem', cell: (row) => row.process },
  { id: 'severity', header: 'Severity', width: '6.5rem', cell: (row) => <RiskBadge risk={row.severity} /> },
  { id: 'state', header: 'Here', width: '13rem', cell: state },
];

const Detail = ({ rule, mayMap }: { readonly rule: SodRuleOfLibrary; readonly mayMap: boolean }) => (
  <div className="stack">
    <p>{rule.risk}</p>
    <Facts
      of={[
        ['Here', state(rule)],
        ['A breach is', rule.mode === null ? undefined : modeWords[rule.mode]],
        ['What can make up for it', rule.control],
        ['Counts', rule.sameOrgUnit ? 'best within one unit: give the rule a scope' : undefined],
      ]}
    />
    {rule.keptBy !== null && rule.ruleId !== null ? <Guards rule={rule.ruleId} /> : null}
    {rule.keptBy === null
      ? rule.functions.map((fn) => <FunctionMapping key={fn.key} of={fn.key} mayMap={mayMap} />)
      : null}
  </div>
);

/** The shipped library of rules: what is in force here, and what is to be mapped before it can be. */
export const LibraryPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const list = useRows(sodLibraryList());
  const facets = {
    process: { label: 'Process', values: [...new Set(list.rows.map((row) => row.process))] },
    state: { label: 'Here', values: ['offered', 'unmapped', 'in_force', 'kept'] },
    severity: { label: 'Severity', values: ['low', 'medium', 'high', 'critical'] },
  };
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const rows = list.rows.filter(
    (row) =>
      (filters['process'] === undefined || row.process === filters['process']) &&
      (filters['state'] === undefined || row.state === filters['state']) &&
      (filters['severity'] === undefined || row.severity === filters['severity']) &&
      `${row.id} ${row.name} ${row.risk}`.toLowerCase().includes(words.toLowerCase()),
  );
  const adopt = useAct({
    run: (chosen: readonly SodRuleOfLibrary[]) => adoptSodRules({ ids: chosen.map((row) => row.id), mode: 'record' }),
    stales: ['sod'],
    done: ({ adopted, created }) =>
      `${adopted.length} adopted, ${created.length} in force: breaches are recorded until you say otherwise`,
  });
  const may = can(me, 'sod_rule.create');
  const commands: readonly Command<SodRuleOfLibrary>[] = [
    {
      id: 'adopt',
      label: 'Adopt',
      keys: 'e',
      primary: true,
      bulk: true,
      when: (row) => may && row.state === 'offered',
      run: (chosen) => adopt.mutate(chosen),
    },
  ];
  return (
    <Page
      fill
      title="Library of rules"
      crumbs={<SodTabs />}
      lead="Rules from common control practice. Adopt those that concern you, and say once what each function is here."
    >
      <ListView
        label="Library"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => <Detail rule={row} mayMap={may} />}
        empty={{ title: 'No rule like this', text: 'Leave out a word or a filter.' }}
        cli="reeve sod library"
      />
    </Page>
  );
};
