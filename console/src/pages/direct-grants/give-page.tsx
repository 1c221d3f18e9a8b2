import { TextInput, Textarea } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { giveAccess } from '../../api/direct-grants.ts';
import { fieldErrors } from '../../api/errors.ts';
import { useRows } from '../../api/pages.ts';
import { entitlementList, identityList } from '../../api/people.ts';
import { roleList } from '../../api/roles.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Page } from '../../ui/page.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';
import { DutiesWhatIf } from '../sod/what-if.tsx';
import { FindOne, type Found } from './find-one.tsx';

/** As many are offered. */
const SHOWN = 8;
interface Thing extends Found {
  readonly what: 'entitlementId' | 'roleId';
}

const usePeople = (search: string): readonly Found[] =>
  useRows({ ...identityList({ search }), enabled: search !== '' })
    .rows.slice(0, SHOWN)
    .map(({ id, displayName, username }) => ({ id, name: displayName, note: username ?? '' }));

function useThings(search: string): readonly Thing[] {
  const entitlements = useRows({ ...entitlementList({ search }), enabled: search !== '' });
  const roles = useRows({ ...roleList(), enabled: search !== '' });
  if (search === '') return [];
  const isMeant = ({ name }: { readonly name: string }): boolean => name.toLowerCase().includes(search.toLowerCase());
  return [
    ...roles.rows
      .filter(isMeant)
      .slice(0, SHOWN / 2)
      .map(({ id, name }) => ({ id, name, note: 'role', what: 'roleId' as const })),
    ...entitlements.rows
      .slice(0, SHOWN)
      .map(({ id, name, systemName }) => ({ id, name, note: systemName ?? '', what: 'entitlementId' as const })),
  ];
}

const midnight = (day: string): string => `${day}T00:00:00.000Z`;

/** Giving somebody access without a request, with what separation of duties says to it before it is given. */
export const GivePage = () => {
  const navigate = useNavigate();
  const [who, setWho] = useState<Found>();
  const [what, setWhat] = useState<Thing>();
  const [form, setForm] = useState({ from: '', until: '', because: '' });
  const named = what === undefined ? undefined : { [what.what]: what.id };
  const act = useAct({
    run: () =>
      giveAccess({
        identity: who?.id ?? '',
        ...named,
        ...(form.from === '' ? {} : { from: midnight(form.from) }),
        ...(form.until === '' ? {} : { until: midnight(form.until) }),
        because: form.because.trim(),
      }),
    stales: ['direct-grants', 'grants', 'identities', 'sod'],
    quiet: true,
    done: () => `${who?.name ?? ''} has ${what?.name ?? ''}${form.from === '' ? '' : ` from ${form.from}`}`,
    after: () => void navigate({ to: '/direct-grants' }),
  });
  const wrong = fieldErrors(act.error);
  return (
    <Page
      title="Give access"
      crumbs={<Link to="/direct-grants">Given directly</Link>}
      lead="Without a request: to appoint who runs Reeve, and for what cannot wait. Never to yourself. It is on the record, and reviews find it."
    >
      <PlainForm act={act} label="Give it" width="34rem" onSubmit={() => act.mutate(undefined)}>
        <FindOne label="Who" chosen={who} onChoose={setWho} error={wrong['identity']} useFound={usePeople} />
        <FindOne
          label="What: an entitlement or a role"
          chosen={what}
          onChoose={setWhat}
          error={wrong['entitlementId'] ?? wrong['roleId']}
          useFound={useThings}
        />
        <TextInput
          type="date"
          label="From"
          description="Empty: now"
          value={form.from}
          error={wrong['from']}
          onChange={(event) => setForm({ ...form, from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Until"
          description="Empty: without an end, until somebody ends it or a review does"
          value={form.until}
          error={wrong['until']}
          onChange={(event) => setForm({ ...form, until: event.currentTarget.value })}
        />
        <Textarea
          label="Why it cannot be asked for"
          required
          withAsterisk={false}
          autosize
          minRows={2}
          value={form.because}
          error={wrong['because']}
          onChange={(event) => setForm({ ...form, because: event.currentTarget.value })}
        />
        {who === undefined || named === undefined ? null : (
          <DutiesWhatIf
            of={{
              identity: who.id,
              gives: [
                {
                  ...named,
                  ...(form.from === '' ? {} : { validFrom: midnight(form.from) }),
                  ...(form.until === '' ? {} : { validTo: midnight(form.until) }),
                },
              ],
            }}
          />
        )}
      </PlainForm>
    </Page>
  );
};
