import { Button } from '@mantine/core';
import { confirm } from './confirm.tsx';

/** The button of a row that ends something, and asks before it does. */
export const AskButton = ({
  label,
  of,
  title,
  text,
  action,
  onYes,
}: {
  /** The verb on it. */
  readonly label: string;
  /** What it is about, for those who hear the button alone: `token ci`. */
  readonly of: string;
  readonly title: string;
  /** What comes of it. */
  readonly text: string;
  /** The verb that says yes; absent: the same as on the button. */
  readonly action?: string;
  readonly onYes: () => void;
}) => (
  <Button
    variant="subtle"
    color="red"
    size="compact-xs"
    aria-label={`${label} ${of}`}
    onClick={() =>
      void confirm({ title, text, action: action ?? label, danger: true }).then((answer) =>
        answer === undefined ? undefined : onYes(),
      )
    }
  >
    {label}
  </Button>
);
