import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { createSodRule } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { LiveCount } from './live-count.tsx';
import { emptyRule, isReady, RuleFields, termsOf } from './rule-form.tsx';

/** A rule: functions no one person may have together, each with the access that gives it. */
export const RuleNewPage = () => {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(emptyRule);
  const make = useAct({
    run: () => createSodRule({ ...termsOf(draft), name: draft.name.trim() }),
    stales: ['sod'],
    quiet: true,
    done: (rule) => `${rule.name} is in force`,
    after: (rule) => void navigate({ to: '/sod', search: { open: rule.id } }),
  });
  return (
    <Page
      title="New rule"
      crumbs={<Link to="/sod">Separation of duties</Link>}
      lead="Functions no one person may have together."
    >
      <form
        className="stack"
        style={{ maxWidth: '60rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          make.mutate(undefined);
        }}
      >
        <RuleFields draft={draft} onChange={setDraft} wrong={fieldErrors(make.error)} />
        <LiveCount draft={draft} />
        <Problem error={make.error} />
        <div>
          <Button
            type="submit"
            size="sm"
            disabled={!isReady(draft) || draft.name.trim() === ''}
            loading={make.isPending}
          >
            Put it in force
          </Button>
        </div>
      </form>
    </Page>
  );
};
