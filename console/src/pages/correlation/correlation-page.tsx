import { useQuery } from '@tanstack/react-query';
import { correlationRulesQuery } from '../../api/correlation.ts';
import { can, useMe } from '../../api/me.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { AccountCases } from './account-cases.tsx';
import { RulesEditor } from './rules-editor.tsx';

/** Whose accounts are: those a person has to decide about, and the rules by which the rest is linked. */
export const CorrelationPage = () => {
  const me = useMe();
  const rules = useQuery(correlationRulesQuery);
  return (
    <Page title="Whose accounts are" lead="One sure match is linked and says why. What is not sure waits for you.">
      <Section title="Whose is it?">
        <AccountCases may={can(me, 'correlation_case.resolve')} />
      </Section>
      <Section title="Rules">
        {rules.error === null ? null : <Failed error={rules.error} onRetry={() => void rules.refetch()} />}
        {rules.isPending ? <Waiting /> : null}
        {rules.data === undefined ? null : (
          <RulesEditor key={JSON.stringify(rules.data)} rules={rules.data} may={can(me, 'correlation_rules.put')} />
        )}
      </Section>
    </Page>
  );
};
