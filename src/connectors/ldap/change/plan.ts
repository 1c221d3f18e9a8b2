/** What a planned change is. */
import type { LdapModification, LdapValue } from '#kit/ldap/index.ts';
import type { ChangePreview } from '../../port.ts';

/** One request to the server. */
export type Step =
  | {
      readonly do: 'modify';
      readonly dn: string;
      readonly changes: readonly LdapModification[];
      /** Result codes that mean somebody else did it just now. */
      readonly done?: readonly number[];
      /** What to ask instead when the group would be left empty. */
      readonly ifLast?: readonly LdapModification[];
    }
  | { readonly do: 'add'; readonly dn: string; readonly attributes: Readonly<Record<string, readonly LdapValue[]>> }
  | { readonly do: 'delete'; readonly dn: string }
  /** Password modify (RFC 3062), after which a must-change is lifted or not, and a lock that it undid is put back. */
  | { readonly do: 'password'; readonly dn: string; readonly password: string };

export interface Plan extends ChangePreview {
  readonly steps: readonly Step[];
  /** The account has to be unable to log in after it, as the server itself says. */
  readonly provesLock?: { readonly dn: string };
}

export const nothingToDo = (summary: string): Plan => ({ summary, needed: false, steps: [] });

export const planOf = (summary: string, ...steps: readonly Step[]): Plan => ({ summary, needed: true, steps });
