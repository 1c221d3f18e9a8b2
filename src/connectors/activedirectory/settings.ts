import { z } from 'zod';
import { LdapError, parseDn } from '#kit/ldap/index.ts';
import { TargetError, type Target } from '../port.ts';

/** A distinguished name of something in a domain. */
export const name = z.string().refine(isName, 'is no distinguished name such as OU=People,DC=corp,DC=example');

/** Settings of an Active Directory target. Every key has a working default; unknown keys are refused. */
export const activeDirectorySettings = z.strictObject({
  /** Where accounts are created; empty: the domain's container for users. */
  createIn: z.union([z.literal(''), name]).default(''),
  /** Org unit of a person → where that unit's accounts are. Creating and changing `org_unit` goes by it; other units stay where they are. */
  orgUnits: z.record(z.string().min(1), name).default({}),
  /** What follows the `@` in the log-in name of accounts Reeve creates; empty: the domain's DNS name. */
  upnSuffix: z
    .string()
    .regex(/^(?:[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*)?$/u, 'is no DNS name')
    .default(''),
  /** Whether permissions on units, groups and people are read for ways to become an administrator. */
  controlPaths: z.boolean().default(true),
  /** Entries a page; a domain controller gives 1000 at most. */
  pageSize: z.int().min(10).max(1000).default(500),
  /** Longest silence while an answer is owed, in seconds. */
  timeoutSeconds: z.int().min(1).max(600).default(60),
  /** Longest time to wait for connection and TLS, in seconds. */
  connectSeconds: z.int().min(1).max(60).default(10),
});

export type ActiveDirectorySettings = z.infer<typeof activeDirectorySettings>;

/** The target's settings with defaults; TargetError `unsupported` naming the wrong key. */
export function settingsOf(target: Target): ActiveDirectorySettings {
  const parsed = activeDirectorySettings.safeParse(target.settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `\`${issue.path.join('.')}\`: ` : '';
  throw new TargetError(
    'unsupported',
    `settings of this activedirectory target are wrong: ${where}${issue?.message ?? ''}`,
  );
}

function isName(text: string): boolean {
  try {
    return parseDn(text).length > 1;
  } catch (error) {
    if (error instanceof LdapError) return false;
    throw error;
  }
}
