import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { identityQuery } from '../../api/people.ts';
import { sodRuleQuery } from '../../api/sod.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { ExceptionDialog } from './exception-dialog.tsx';

const route = getRouteApi('/shell/sod/except');

/** Somebody asked for an exception: who, from which rule, and what they have already. */
export const ExceptPage = () => {
  const { rule: ruleId, identity } = route.useSearch();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const rule = useQuery(sodRuleQuery(ruleId));
  const who = useQuery(identityQuery(identity));
  const error = rule.error ?? who.error;
  if (error !== null) return <Failed error={error} />;
  if (rule.data === undefined || who.data === undefined) return <Waiting />;
  return (
    <Page
      title={`An exception from “${rule.data.name}”`}
      lead="Asked for by mail. Granting it tolerates the conflict until a date; the access is decided by its own approvers after."
      actions={<Button onClick={() => setOpen(true)}>Grant it…</Button>}
    >
      <Facts
        of={[
          [
            'For',
            <Link key="who" to="/identities/$id" params={{ id: identity }}>
              {who.data.displayName}
            </Link>,
          ],
          ['Rule', rule.data.name],
          ['What could happen', rule.data.risk === '' ? undefined : rule.data.risk],
        ]}
      />
      <ExceptionDialog
        identityId={identity}
        conflict={open ? { rule: rule.data.name, ruleId } : undefined}
        onClose={() => {
          setOpen(false);
          void navigate({ to: '/sod/exceptions' });
        }}
      />
    </Page>
  );
};
