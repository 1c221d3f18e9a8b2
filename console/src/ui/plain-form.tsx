import { Button } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Problem } from './feedback/states.tsx';

/** A form in the flow of a page: its fields one below the other, what went wrong, and the button that sends it. */
export const PlainForm = ({
  act,
  label,
  width = '40rem',
  onSubmit,
  children,
}: {
  /** What sending it does. */
  readonly act: { readonly error: Error | null; readonly isPending: boolean };
  /** The verb on the button. */
  readonly label: string;
  readonly width?: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}) => (
  <form
    className="stack"
    style={{ maxWidth: width }}
    onSubmit={(event: FormEvent) => {
      event.preventDefault();
      onSubmit();
    }}
  >
    {children}
    <Problem error={act.error} />
    <div>
      <Button type="submit" size="sm" loading={act.isPending}>
        {label}
      </Button>
    </div>
  </form>
);
