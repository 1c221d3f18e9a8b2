import { Button, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ProblemError } from '../../api/errors.ts';
import { can, useMe } from '../../api/me.ts';
import { describeSystem } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** What the API of a system of kind `rest` is like. It is checked before it is kept: every mistake is named by its place. */
export const DescriptionTab = ({ id, description }: { readonly id: string; readonly description: string }) => {
  const me = useMe();
  const [text, setText] = useState(description);
  const save = useAct({
    run: () => describeSystem(id, text),
    stales: ['systems'],
    quiet: true,
    done: () => 'Kept; the next reading goes by it',
  });
  const places = save.error instanceof ProblemError ? (save.error.problem.errors ?? []) : [];
  return (
    <form
      className="stack"
      style={{ maxWidth: '60rem' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
      <Textarea
        label="Description of its API, in YAML"
        autosize
        minRows={14}
        maxRows={40}
        spellCheck={false}
        readOnly={!can(me, 'system.configure')}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          save.reset();
        }}
      />
      <Problem error={save.error} />
      {places.length > 1 ? (
        <ul>
          {places.map(({ pointer, detail }) => (
            <li key={`${pointer} ${detail}`}>
              <span className="mono">{pointer.replace('/settings/description/', '')}</span> {detail}
            </li>
          ))}
        </ul>
      ) : null}
      {can(me, 'system.configure') ? (
        <div>
          <Button type="submit" size="sm" loading={save.isPending} disabled={text === description}>
            Keep it
          </Button>
        </div>
      ) : null}
    </form>
  );
};
