import { z } from 'zod';
import { TargetError, type Target } from '../port.ts';

/** Settings of a MariaDB target. Every key has a working default; unknown keys are refused. */
export const mysqlSettings = z.strictObject({
  /** How new accounts prove themselves. `auto`: ed25519 where the server has that plugin, else mysql_native_password. */
  passwordMethod: z.enum(['auto', 'ed25519', 'mysql_native_password']).default('auto'),
  /** `first`: the first role an account is given is taken on at log-in, since without that it does nothing until `set role`; `leave`: default roles are let be. */
  defaultRole: z.enum(['first', 'leave']).default('first'),
  /** Rows asked for at a time. */
  pageRows: z.int().min(1).max(20_000).default(5_000),
  /** Longest time one statement may take, in seconds. */
  timeoutSeconds: z.int().min(1).max(300).default(30),
  /** Longest time to wait for connection, TLS and log-in, in seconds. */
  connectSeconds: z.int().min(1).max(60).default(10),
});

export type MysqlSettings = z.infer<typeof mysqlSettings>;

/** The target's settings with defaults; TargetError `unsupported` naming the wrong key. */
export function settingsOf(target: Target): MysqlSettings {
  const parsed = mysqlSettings.safeParse(target.settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `\`${issue.path.join('.')}\`: ` : '';
  throw new TargetError('unsupported', `settings of this mysql target are wrong: ${where}${issue?.message ?? ''}`);
}
