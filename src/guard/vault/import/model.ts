import type { SecretKind } from '../model.ts';

/** A secret as a file to be imported holds it. */
export interface Incoming {
  /** Where in the file: `row 3`, or the entry's place. */
  readonly at: string;
  /** Below the path it is imported to. */
  readonly name: string;
  readonly kind: SecretKind;
  readonly value: string;
  /** Values it had before, oldest first; they become its earlier versions. */
  readonly earlier?: readonly string[] | undefined;
  readonly username?: string | undefined;
  readonly fileName?: string | undefined;
  readonly description?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Something of the file that becomes no secret, and why. */
export interface Unreadable {
  readonly at: string;
  readonly problem: string;
}
export type ReadIn = Incoming | Unreadable;

/** A part of a path of the vault, of any name: what does not fit becomes a hyphen. */
export const partOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._@$ -]+/g, '-')
    .replaceAll(/^[-. ]+|[- ]+$/g, '')
    .slice(0, 80);
