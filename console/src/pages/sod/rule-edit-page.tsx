import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { can, useMe } from '../../api/me.ts';
import type { SodRule } from '../../api/shapes/sod.ts';
import { changeSodRule, sodRuleQuery } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Guards } from './guards.tsx';
import { LiveChange } from './live-count.tsx';
import { draftOf, isReady, RuleFields, termsOf } from './rule-form.tsx';

const route = getRouteApi('/shell/sod/rules/$id');

const Editor = ({ rule }: { readonly rule: SodRule }) => {
  const me = useMe();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => draftOf(rule));
  const change = useAct({
    run: () => changeSodRule(rule.id, termsOf(draft)),
    stales: ['sod'],
    quiet: true,
    done: () => `${rule.name} is changed`,
    after: () => void navigate({ to: '/sod', search: { open: rule.id } }),
  });
  return (
    <form
      className="stack"
      style={{ maxWidth: '60rem' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        change.mutate(undefined);
      }}
    >
      <RuleFields draft={draft} onChange={setDraft} wrong={fieldErrors(change.error)} named />
      <LiveChange rule={rule.id} draft={draft} />
      <Problem error={change.error} />
      <div>
        <Button
          type="submit"
          size="sm"
          disabled={!isReady(draft) || !can(me, 'sod_rule.change')}
          loading={change.isPending}
        >
          Change the rule
        </Button>
      </div>
    </form>
  );
};

/** One rule, to be changed with its effect in view. */
export const RuleEditPage = () => {
  const { id } = route.useParams();
  const query = useQuery(sodRuleQuery(id));
  return (
    <Page
      title={query.data?.name ?? 'Rule'}
      crumbs={<Link to="/sod">Separation of duties</Link>}
      lead={query.data?.description === '' ? undefined : query.data?.description}
    >
      {query.error !== null ? (
        <Failed error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Waiting />
      ) : query.data.counts === 'act' ? (
        <Guards rule={query.data.id} />
      ) : (
        <Editor key={query.data.id} rule={query.data} />
      )}
    </Page>
  );
};
