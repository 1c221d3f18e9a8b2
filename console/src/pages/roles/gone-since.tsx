import { Tag } from '../../ui/show/badges.tsx';

/** That something is gone at its source, and since when; nothing where it is there. */
export const GoneSince = ({ at }: { readonly at: string | null | undefined }) =>
  at == null ? null : (
    <Tag title="Its system no longer has it: it gives nothing until it is back or replaced">
      {`gone since ${at.slice(0, 10)}`}
    </Tag>
  );
