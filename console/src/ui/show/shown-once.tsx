import { Button } from '@mantine/core';
import { Copyable } from './copyable.tsx';

/** A secret that is shown this one time, to be copied, and put away when its reader says so. */
export const ShownOnce = ({
  value,
  label,
  onDone,
}: {
  readonly value: string | undefined;
  readonly label: string;
  readonly onDone: () => void;
}) =>
  value === undefined ? null : (
    <div className="card" role="status">
      <strong>Copy it now; it is not shown again.</strong>
      <div>
        <Copyable text={value} label={label} />
      </div>
      <Button variant="subtle" size="compact-xs" onClick={onDone}>
        I have it
      </Button>
    </div>
  );
