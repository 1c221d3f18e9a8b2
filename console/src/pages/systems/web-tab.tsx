import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { removeWebTerms, setWebTerms, webTermsQuery, type WebTerms } from '../../api/web.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { linesOf } from '../../ui/lines-of.ts';
import { RequestRules } from './request-rules.tsx';
import { SystemForm } from './system-form.tsx';

const HOW: readonly { readonly value: WebTerms['credential']; readonly label: string }[] = [
  { value: 'basic', label: 'HTTP Basic: user name and password' },
  { value: 'bearer', label: 'Bearer token' },
  { value: 'header', label: 'A header of its own' },
];

/** How a system is served as a web application, and what requests there may not be. */
export const WebTab = ({ id, systemName }: { readonly id: string; readonly systemName: string }) => {
  const me = useMe();
  const kept = useQuery(webTermsQuery(id));
  if (kept.error !== null && kept.data === undefined)
    return <Failed error={kept.error} onRetry={() => void kept.refetch()} />;
  if (kept.data === undefined) return <Waiting />;
  const { terms } = kept.data;
  return (
    <div className="stack" style={{ maxWidth: '44rem' }}>
      {can(me, 'web_terms.set') ? (
        <TermsForm key={JSON.stringify(terms)} id={id} systemName={systemName} terms={terms} />
      ) : terms === null ? (
        <p className="dim">It is not served as a web application.</p>
      ) : (
        <Facts
          of={[
            ['Site', terms.site],
            ['Credential', terms.header ?? HOW.find(({ value }) => value === terms.credential)?.label],
            ['Host name told', terms.keepHost ? 'the one people see' : 'its own'],
            ['Not recorded', terms.hiddenFields.join(', ') || undefined],
          ]}
        />
      )}
      {terms === null ? null : <RequestRules id={id} systemName={systemName} />}
    </div>
  );
};

const TermsForm = ({
  id,
  systemName,
  terms,
}: {
  readonly id: string;
  readonly systemName: string;
  readonly terms: WebTerms | null;
}) => {
  const [site, setSite] = useState(terms?.site ?? systemName.replaceAll(/[^a-z0-9]+/g, '-'));
  const [credential, setCredential] = useState<WebTerms['credential']>(terms?.credential ?? 'basic');
  const [header, setHeader] = useState(terms?.header ?? '');
  const [keepHost, setKeepHost] = useState(terms?.keepHost ?? false);
  const [hidden, setHidden] = useState((terms?.hiddenFields ?? []).join('\n'));
  const keep = () =>
    setWebTerms(id, {
      site,
      credential,
      keepHost,
      hiddenFields: linesOf(hidden),
      ...(credential === 'header' ? { header } : {}),
    });
  const remove = useAct({
    run: () => removeWebTerms(id),
    stales: ['systems', 'web-place'],
    done: () => 'Served no more; sessions that are open go on',
  });
  return (
    <SystemForm
      run={keep}
      done="Kept; it holds for sessions that begin now"
      button={terms === null ? 'Serve it' : 'Keep'}
      stales={['web-place']}
      beside={
        terms === null ? null : (
          <Button variant="default" size="sm" loading={remove.isPending} onClick={() => remove.mutate(undefined)}>
            Serve it no more
          </Button>
        )
      }
    >
      {terms === null ? <p className="dim">It is not served as a web application yet.</p> : null}
      <TextInput
        label="Site"
        description="The first part of its host name at the gateway: small letters, digits and -."
        required
        value={site}
        onChange={(event) => setSite(event.currentTarget.value)}
      />
      <Select
        label="How its credential goes with each request"
        allowDeselect={false}
        data={[...HOW]}
        value={credential}
        onChange={(value) => setCredential(HOW.find((one) => one.value === value)?.value ?? 'basic')}
      />
      {credential === 'header' ? (
        <TextInput
          label="Header"
          required
          placeholder="x-api-key"
          value={header}
          onChange={(event) => setHeader(event.currentTarget.value)}
        />
      ) : null}
      <Checkbox
        label="Tell it the host name people see"
        description="For applications that make their links from it. Else it is told its own."
        checked={keepHost}
        onChange={(event) => setKeepHost(event.currentTarget.checked)}
      />
      <Textarea
        label="Fields that are not recorded"
        description="One a line: names of query fields and headers, besides those that are known to be secret."
        autosize
        minRows={2}
        value={hidden}
        onChange={(event) => setHidden(event.currentTarget.value)}
      />
    </SystemForm>
  );
};
