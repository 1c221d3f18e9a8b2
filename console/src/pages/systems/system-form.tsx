import { Button } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** A form of what holds on a system from now on: its fields, what went wrong, and the button that sends them. */
export const SystemForm = ({
  run,
  done,
  button,
  children,
}: {
  readonly run: () => Promise<unknown>;
  readonly done: string;
  readonly button: string;
  readonly children: ReactNode;
}) => {
  const save = useAct({ run, stales: ['systems'], quiet: true, done: () => done });
  return (
    <form
      className="stack"
      style={{ maxWidth: '44rem' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
      {children}
      <Problem error={save.error} />
      <div>
        <Button type="submit" size="sm" loading={save.isPending}>
          {button}
        </Button>
      </div>
    </form>
  );
};
