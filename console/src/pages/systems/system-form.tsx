import { Button } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** A form of what holds on a system from now on: its fields, what went wrong, and the button that sends them. */
export const SystemForm = ({
  run,
  done,
  button,
  stales = [],
  beside,
  children,
}: {
  readonly run: () => Promise<unknown>;
  readonly done: string;
  readonly button: string;
  /** What else is to be read anew. */
  readonly stales?: readonly string[];
  /** What else can be done, beside its button. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}) => {
  const save = useAct({ run, stales: ['systems', ...stales], quiet: true, done: () => done });
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
      <div className="row">
        <Button type="submit" size="sm" loading={save.isPending}>
          {button}
        </Button>
        {beside}
      </div>
    </form>
  );
};
