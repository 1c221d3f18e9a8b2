import { NativeSelect, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { changeLinkSettings, linkSettingsQuery, type LinkMode } from '../../api/notices.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';

const MODES: readonly { readonly value: LinkMode; readonly label: string }[] = [
  { value: 'off', label: 'Off: mails lead to the request' },
  { value: 'signed_in', label: 'Whoever follows one signs in' },
  { value: 'low_risk', label: 'Low risk is decided by the link alone' },
];

/** Whether mails about approvals carry a link that decides. */
export const LinkSettings = () => {
  const kept = useQuery(linkSettingsQuery);
  const [changed, setChanged] = useState<{ mode?: LinkMode; hours?: number }>({});
  const save = useAct({
    run: changeLinkSettings,
    stales: ['decision-link-settings'],
    quiet: true,
    done: () => 'Mails sent from now on go by it',
    after: () => setChanged({}),
  });
  if (kept.isPending) return <Waiting />;
  if (kept.isError) return <Failed error={kept.error} onRetry={() => void kept.refetch()} />;
  const form = { ...kept.data, ...changed };
  const wrong = fieldErrors(save.error);
  return (
    <Section title="Links in mails">
      <p className="dim">
        Each link is for one person and one step, decides once, and only by a button on the page it opens: programs that
        follow links decide nothing. Turned off, links sent before still work for those who sign in.
      </p>
      <PlainForm act={save} label="Save" width="28rem" onSubmit={() => save.mutate(form)}>
        <NativeSelect
          label="Links"
          data={MODES}
          value={form.mode}
          error={wrong['mode']}
          onChange={(event) => {
            const mode = MODES.find(({ value }) => value === event.currentTarget.value)?.value;
            if (mode !== undefined) setChanged({ ...changed, mode });
          }}
        />
        <NumberInput
          label="Hours a link works"
          min={1}
          max={336}
          value={form.hours}
          error={wrong['hours']}
          onChange={(hours) => setChanged({ ...changed, hours: Number(hours) })}
        />
      </PlainForm>
    </Section>
  );
};
