/** Two controls of password policies: what a log-in says (draft-behera-ldap-password-policy-10), and whether an account could log in (Sun's account usability). */
import { readBer, readBerInteger, type LdapControl, type LdapEntry, type LdapResult } from '#kit/ldap/index.ts';

const policyOid = '1.3.6.1.4.1.42.2.27.8.5.1';
/** Sent with a bind, so that a refusal says why. */
export const policyRequest: LdapControl = { oid: policyOid };

const verdicts = [
  'password_expired',
  'account_locked',
  'must_change',
  'change_not_allowed',
  'old_password_needed',
  'quality',
  'too_short',
  'too_young',
  'in_history',
] as const;
export type PolicyVerdict = (typeof verdicts)[number];

/** What the policy said beside the result; undefined when it said nothing. */
export function policyVerdict(result: LdapResult): PolicyVerdict | undefined {
  const value = result.controls.find((control) => control.oid === policyOid)?.value;
  if (!value || value.length === 0) return undefined;
  const [sequence] = readBer(value);
  for (const { tag, content } of readBer(sequence?.content ?? Buffer.alloc(0)))
    if (tag === 0x81) return verdicts[readBerInteger(content)];
  return undefined;
}

const usabilityOid = '1.3.6.1.4.1.42.2.27.9.5.8';
/** Sent with a search: the server adds to each account with a password whether it could log in now. */
export const usabilityRequest: LdapControl = { oid: usabilityOid };

/**
 * `locked_for`: by failed log-ins, for so many seconds more. `shut`: locked for good, or the password has expired: the control
 * does not tell these two apart in slapd 2.5.
 */
export type Usability = { readonly is: 'usable' | 'shut' } | { readonly is: 'locked_for'; readonly seconds: number };

/** What the server said of an entry; undefined where no policy judges it, as with an account without a password. */
export function usabilityOf(entry: LdapEntry): Usability | undefined {
  const value = entry.controls.find((control) => control.oid === usabilityOid)?.value;
  if (!value) return undefined;
  const [choice] = readBer(value);
  if (choice?.tag === 0x80) return { is: 'usable' };
  if (choice?.tag !== 0xa1) return undefined;
  const fields = new Map(Array.from(readBer(choice.content), ({ tag, content }) => [tag, content]));
  const inactive = (fields.get(0x80)?.[0] ?? 0) !== 0;
  const reset = (fields.get(0x81)?.[0] ?? 0) !== 0;
  const seconds = fields.has(0x84) ? readBerInteger(fields.get(0x84) ?? Buffer.alloc(0)) : -1;
  if (inactive && seconds > 0) return { is: 'locked_for', seconds };
  return reset && !inactive ? { is: 'usable' } : { is: 'shut' };
}
