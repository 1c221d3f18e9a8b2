import { Button } from '@mantine/core';
import { useState } from 'react';

/** Pages that are read one after the other, each from where the one before ended. */
export interface TurnedPages {
  /** Where the page that is shown begins. */
  readonly from: number;
  readonly isFirst: boolean;
  earlier(): void;
  later(next: number): void;
}

export function useTurnedPages(): TurnedPages {
  const [pages, setPages] = useState<readonly number[]>([0]);
  return {
    from: pages.at(-1) ?? 0,
    isFirst: pages.length === 1,
    earlier: () => setPages((before) => before.slice(0, -1)),
    later: (next) => setPages((before) => [...before, next]),
  };
}

/** The buttons that turn them; `next` is where the following page begins, null where this is the last. Nothing where all is on one. */
export const TurnPages = ({
  pages,
  next,
  loading,
}: {
  readonly pages: TurnedPages;
  readonly next: number | null;
  readonly loading: boolean;
}) =>
  pages.isFirst && next === null ? null : (
    <div>
      <Button variant="default" disabled={pages.isFirst} onClick={pages.earlier}>
        Earlier
      </Button>{' '}
      <Button
        variant="default"
        disabled={next === null}
        loading={loading}
        onClick={() => (next === null ? undefined : pages.later(next))}
      >
        Later
      </Button>
    </div>
  );
