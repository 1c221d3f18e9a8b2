import { z } from 'zod';
import { TargetError, type Target } from '../port.ts';

/** A path of SCIM (RFC 7644 §3.10) without a filter: attribute, sub-attribute, or attribute of a schema. */
const path = z
  .string()
  .regex(/^(?:urn:[A-Za-z0-9:._-]{1,200}:)?[A-Za-z$][A-Za-z0-9_$-]{0,63}(?:\.[A-Za-z$][A-Za-z0-9_$-]{0,63})?$/u, {
    error: 'is no path of SCIM, such as name.givenName',
  });

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Settings of a SCIM service provider. Every key has a working default; unknown keys are refused. */
export const scimSettings = z.strictObject({
  /** What comes before /Users. */
  basePath: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9._~-]+)*$/u, { error: 'is no path such as /scim/v2' })
    .default('/scim/v2'),
  /** Fact of a person → where it is kept. `mail` goes into the one address whose type is work. */
  attributes: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/u), path).default({
    mail: 'emails',
    first_name: 'name.givenName',
    last_name: 'name.familyName',
    job_title: 'title',
    department: `${ENTERPRISE}:department`,
    employee_id: `${ENTERPRISE}:employeeNumber`,
  }),
  /** Groups whose members are privileged, by displayName in any case. */
  privilegedGroups: z.array(z.string().min(1)).default(['admin', 'admins', 'administrators', 'owners', 'super admins']),
  /** Values of `roles` that make privileged, in any case. */
  privilegedRoles: z.array(z.string().min(1)).default(['admin', 'administrator', 'owner', 'super admin', 'superadmin']),
  /** Resources a page. */
  pageSize: z.int().min(1).max(1_000).default(100),
  /** Longest time to wait for an answer, in seconds. */
  timeoutSeconds: z.int().min(1).max(300).default(30),
  /** Longest time to wait for connection and TLS, in seconds. */
  connectSeconds: z.int().min(1).max(60).default(10),
});

export type ScimSettings = z.infer<typeof scimSettings>;

/** The target's settings with defaults; TargetError `unsupported` naming the wrong key. */
export function settingsOf(target: Target): ScimSettings {
  const parsed = scimSettings.safeParse(target.settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `\`${issue.path.join('.')}\`: ` : '';
  throw new TargetError('unsupported', `settings of this scim target are wrong: ${where}${issue?.message ?? ''}`);
}
