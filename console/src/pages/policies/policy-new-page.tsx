import { Button, Group, TextInput, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import { draftPolicies, policyVersionQuery, validatePolicies } from '../../api/policies.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import s from './policies.module.css';

const route = getRouteApi('/shell/policies/new');

const example = `@id("house.example")
forbid (
  principal is Reeve::Identity,
  action == Reeve::Action::"request.submit",
  resource
)
when { principal.kind == "vendor" };
`;

const lineOf = (text: string, at: { readonly start: number } | undefined): string =>
  at === undefined ? '' : `line ${String(text.slice(0, at.start).split('\n').length)}: `;

/** Writing the organisation's own policies: validated as typed names and types, kept as a draft, decided by nothing yet. */
export const PolicyNewPage = () => {
  const { from } = route.useSearch();
  const navigate = useNavigate();
  const source = useQuery({ ...policyVersionQuery(from ?? ''), enabled: from !== undefined });
  const [text, setText] = useState(from === undefined ? example : '');
  const [note, setNote] = useState('');
  useEffect(() => {
    if (source.data !== undefined) setText(source.data.text);
  }, [source.data]);
  const validate = useMutation({ mutationFn: () => validatePolicies(text) });
  const save = useAct({
    run: () => draftPolicies({ text, note: note.trim() }),
    stales: ['policies'],
    quiet: true,
    done: ({ name }) => `${name} is a draft; dry-run it next`,
    after: ({ id }) => void navigate({ to: '/policies', search: { open: id } }),
  });
  return (
    <Page
      title="New policy version"
      crumbs={<Link to="/policies">Policies</Link>}
      lead="Your own policies stand beside the shipped ones. A draft decides nothing until it is published."
    >
      <form
        className="stack"
        style={{ maxWidth: '52rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <Textarea
          label="Policies, in Cedar"
          className={s['text'] ?? ''}
          autosize
          minRows={14}
          maxRows={36}
          spellCheck={false}
          required
          withAsterisk={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            validate.reset();
          }}
        />
        <div role="status" className="stack">
          {validate.data === undefined ? null : (
            <StateBadge tone={validate.data.ok ? 'good' : 'bad'}>{validate.data.ok ? 'valid' : 'not valid'}</StateBadge>
          )}
          {[...(validate.data?.problems ?? []), ...(validate.data?.warnings ?? [])].map((problem) => (
            <p key={problem.message}>
              {lineOf(text, problem.at)}
              {problem.message}
              {problem.help === undefined ? '' : ` ${problem.help}`}
            </p>
          ))}
        </div>
        <TextInput
          label="What changes, and why"
          required
          withAsterisk={false}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Problem error={validate.error ?? save.error} />
        <Group gap="xs">
          <Button variant="default" size="sm" loading={validate.isPending} onClick={() => validate.mutate()}>
            Validate
          </Button>
          <Button type="submit" size="sm" loading={save.isPending} disabled={note.trim() === ''}>
            Keep as a draft
          </Button>
        </Group>
      </form>
    </Page>
  );
};
