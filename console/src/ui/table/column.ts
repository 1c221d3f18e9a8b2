import type { ReactNode } from 'react';

/** One column of a list. */
export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** CSS width; without one the column shares what is left. */
  readonly width?: string;
  readonly right?: boolean;
  /** Not shown until chosen. */
  readonly hidden?: boolean;
  /** Makes room while details are open beside the list: they say it too. */
  readonly minor?: boolean;
  /** Names the row when it is shown as a card; no label is put before it. */
  readonly title?: boolean;
}

/** Something that can be done to rows: by button, by key, from the palette. */
export interface Command<T> {
  readonly id: string;
  readonly label: string;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly primary?: boolean;
  /** Whether it makes sense for this row. */
  readonly when?: (row: T) => boolean;
  /** Whether it may run on several rows at once. */
  readonly bulk?: boolean;
  readonly run: (rows: readonly T[]) => void;
}
