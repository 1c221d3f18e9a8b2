import { runCommand } from '#lab/index.ts';
import type { TargetName } from '../every-target.ts';

/** What a target itself keeps of what was done to people's accounts there. None of it is asked of Reeve. */
export interface TargetRecord {
  readonly name: TargetName;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  up(): Promise<void>;
  /** Something that is another as soon as more was done there; quick to ask. */
  stir(): Promise<number> | number;
  /**
   * What was carried out since it was opened for people whose names begin so: `create nova`, `grant nova webops`,
   * `revoke nova webops`, `lock nova`, `password nova`, one line each time. A log of changes without names says `*` for both.
   */
  done(prefix: string): Promise<readonly string[]>;
  /** Whether that log is the target's own truth, so that nothing done can be missing in it; else what a power cut came between may be. */
  readonly complete: boolean;
  /** Whether it says who each operation was about. */
  readonly named: boolean;
  /** Whether passwords that are set are in it, one line each. */
  readonly passwords: boolean;
  /** How the accounts of people whose names begin so stand: text in a fixed order, without ids, times and hashes. */
  stands(prefix: string): Promise<string>;
}

/** Lines in a fixed order. */
export const sorted = (lines: readonly string[]): string => `${[...lines].sort().join('\n')}\n`;

/** What a program says; throws with its last words where it fails. */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(program, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    limit: 30_000,
  });
  if (code !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

export function needed<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('this lab was started without it');
  return part;
}

/** What an entry is called, by its distinguished name. */
export const nameInDn = (dn: string): string => /(?:uid|CN|cn)=([^,]+)/u.exec(dn)?.[1] ?? '';

/** Whether an operation of `done` is about somebody whose name begins so. */
export const isAbout =
  (prefix: string) =>
  (operation: string): boolean =>
    operation.split(' ')[1]?.startsWith(prefix) === true;
