import { z } from 'zod';
import { TargetError, type Target } from '../port.ts';

/** Settings of a Linux target. Every key has a working default; unknown keys are refused. */
export const linuxSettings = z.strictObject({
  /** How root is reached: `auto` means directly when the credential's user is root, otherwise through `sudo -n`. */
  become: z.enum(['auto', 'none', 'sudo']).default('auto'),
  /**
   * How a password is proved: `login` over SSH; `host` asks the host as root whether the password fits and the account is open, for
   * hosts whose sshd takes no passwords (or none of root's).
   */
  proof: z.enum(['login', 'host']).default('login'),
  /** Login shell of accounts Reeve creates. */
  shell: z
    .string()
    .regex(/^\/[A-Za-z0-9/._-]+$/u)
    .default('/bin/bash'),
  /** Longest time one call may take, in seconds, connection included. */
  timeoutSeconds: z.int().min(1).max(300).default(30),
  /** Longest time to wait for the TCP connection and the SSH handshake, in seconds. */
  connectSeconds: z.int().min(1).max(60).default(10),
});

export type LinuxSettings = z.infer<typeof linuxSettings>;

/** The target's settings with defaults; TargetError `unsupported` naming the wrong key. */
export function settingsOf(target: Target): LinuxSettings {
  const parsed = linuxSettings.safeParse(target.settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `\`${issue.path.join('.')}\`: ` : '';
  throw new TargetError('unsupported', `settings of this linux target are wrong: ${where}${issue?.message ?? ''}`);
}
