import { Button, SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import type { SodViolator } from '../../api/shapes/sod.ts';
import { sodRuleList, sodViolatorList } from '../../api/sod.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { RiskBadge, StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Path } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import r from '../requests/requests.module.css';
import { SodTabs } from './sod-tabs.tsx';
import { exercisedWords, modeWords } from './sod-words.ts';

type Violation = SodViolator['violations'][number];
interface Found {
  readonly person: SodViolator['identity'];
  readonly violation: Violation;
}

const order = ['critical', 'high', 'medium', 'low'];

const exercisedOrder = ['both', 'one', 'unknown', 'none'];

/** Violations under what they have in common: such first as were exercised on both sides, then the gravest. */
const grouped = (found: readonly Found[], by: 'person' | 'rule'): [string, Found[]][] => {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const key = by === 'person' ? one.person.id : one.violation.ruleId;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const gravest = (of: readonly Found[]): number => Math.min(...of.map((f) => order.indexOf(f.violation.severity)));
  const exercised = (of: readonly Found[]): number =>
    Math.min(...of.map((f) => exercisedOrder.indexOf(f.violation.exercised)));
  return [...groups].toSorted(
    ([, a], [, b]) => exercised(a) - exercised(b) || gravest(a) - gravest(b) || b.length - a.length,
  );
};

const One = ({ found: { person, violation }, by }: { readonly found: Found; readonly by: 'person' | 'rule' }) => (
  <div className={r['sod']}>
    <div className="row">
      {by === 'person' ? (
        <Link to="/sod/rules/$id" params={{ id: violation.ruleId }}>
          {violation.rule}
        </Link>
      ) : (
        <Link to="/identities/$id" params={{ id: person.id }}>
          {person.name}
        </Link>
      )}
      {by === 'person' ? <RiskBadge risk={violation.severity} /> : null}
      <Tag>{modeWords[violation.mode]}</Tag>
      <StateBadge tone={violation.exercised === 'both' ? 'bad' : 'quiet'}>
        {exercisedWords[violation.exercised]}
      </StateBadge>
      <span className="dim small">
        {violation.since === null ? 'since when is not known' : <TimeAgo at={violation.since} />}
      </span>
    </div>
    {violation.sides.map((side, i) => (
      <div key={side.function}>
        <span className="dim small">
          {i === 0 ? side.function : `together with ${side.function}`}
          {side.lastUsedAt === null ? null : (
            <>
              , last used <TimeAgo at={side.lastUsedAt} />
            </>
          )}
        </span>
        {side.paths.map((path) => (
          <Path key={path.map((step) => step.id).join('/')} of={path.map((step) => step.name)} />
        ))}
      </div>
    ))}
  </div>
);

/** Who stands in a conflict now, by person or by rule, with every path to each side. */
export const ViolationsPage = () => {
  const [search] = useListSearch();
  const ruleId = /rule:(?<id>[0-9a-f-]{36})/u.exec(search.q ?? '')?.groups?.['id'];
  const [by, setBy] = useState<'person' | 'rule'>('person');
  const rules = useRows(sodRuleList());
  const list = useRows(sodViolatorList({ ruleId }));
  const found = list.rows.flatMap(({ identity, violations }) =>
    violations.map((violation) => ({ person: identity, violation })),
  );
  const groups = grouped(found, by);
  const only = rules.rows.find((rule) => rule.id === ruleId);
  return (
    <Page
      title="Violations of duties"
      crumbs={<SodTabs />}
      lead="Who stands in a conflict now that no exception tolerates. Ending one side of it resolves it."
      actions={
        <SegmentedControl
          aria-label="Group by"
          value={by}
          onChange={(value) => setBy(value as 'person' | 'rule')}
          data={[
            { value: 'person', label: 'By person' },
            { value: 'rule', label: 'By rule' },
          ]}
        />
      }
    >
      {only === undefined ? null : (
        <p>
          Only of “{only.name}”. <Link to="/sod/violations">Show all</Link>
        </p>
      )}
      {list.error !== null ? <Failed error={list.error} onRetry={list.retry} /> : null}
      {list.loading ? <Waiting /> : null}
      {!list.loading && list.error === null && groups.length === 0 ? (
        <p className="dim">Nobody stands in a conflict that is not tolerated.</p>
      ) : null}
      <div className="stack">
        {groups.map(([key, of]) => {
          const [first] = of;
          if (first === undefined) return null;
          return (
            <section key={key} className="card stack">
              <h2 className="row">
                {by === 'person' ? (
                  <Link to="/identities/$id" params={{ id: first.person.id }}>
                    {first.person.name}
                  </Link>
                ) : (
                  <>
                    <Link to="/sod/rules/$id" params={{ id: first.violation.ruleId }}>
                      {first.violation.rule}
                    </Link>
                    <RiskBadge risk={first.violation.severity} />
                  </>
                )}
                <span className="dim small">{of.length === 1 ? '1 conflict' : `${of.length} conflicts`}</span>
              </h2>
              {of.map((one) => (
                <One key={`${one.person.id} ${one.violation.ruleId} ${one.violation.validFrom}`} found={one} by={by} />
              ))}
            </section>
          );
        })}
        {list.hasMore ? (
          <Button variant="default" loading={list.loadingMore} onClick={list.more}>
            Show more people
          </Button>
        ) : null}
      </div>
    </Page>
  );
};
