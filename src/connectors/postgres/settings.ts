import { z } from 'zod';
import { TargetError, type Target } from '../port.ts';

/** Settings of a PostgreSQL target. Every key has a working default; unknown keys are refused. */
export const postgresSettings = z.strictObject({
  /** The database to connect to. Roles are those of the whole cluster; table grants are those of this database. */
  database: z.string().min(1).max(63).default('postgres'),
  /** `table`: one entitlement a table and privilege; `schema`: one a schema and privilege, for databases with very many tables; `none`. */
  grants: z.enum(['table', 'schema', 'none']).default('table'),
  /** Longest time one statement may take, in seconds. */
  timeoutSeconds: z.int().min(1).max(300).default(30),
  /** Longest time to wait for connection, TLS and log-in, in seconds. */
  connectSeconds: z.int().min(1).max(60).default(10),
});

export type PostgresSettings = z.infer<typeof postgresSettings>;

/** The target's settings with defaults; TargetError `unsupported` naming the wrong key. */
export function settingsOf(target: Target): PostgresSettings {
  const parsed = postgresSettings.safeParse(target.settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `\`${issue.path.join('.')}\`: ` : '';
  throw new TargetError('unsupported', `settings of this postgres target are wrong: ${where}${issue?.message ?? ''}`);
}
