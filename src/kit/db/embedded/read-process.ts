import { readFileSync, readlinkSync, readdirSync } from 'node:fs';

/** A process as /proc shows it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Dead, but not yet reaped by its parent: signals reach it, nothing runs. */
  readonly zombie: boolean;
  /** Clock ticks since boot at its start; with the pid it names a process for ever. */
  readonly startedAt: string;
  readonly name: string;
}

/** Facts about a process, or undefined when there is none. Linux only. */
export function readProcess(pid: number): ProcessFacts | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may itself hold spaces and parentheses (proc(5)).
  const close = stat.lastIndexOf(')');
  const rest = stat.slice(close + 2).split(' ');
  return {
    pid,
    name: stat.slice(stat.indexOf('(') + 1, close),
    zombie: rest[0] === 'Z' || rest[0] === 'X',
    parent: Number(rest[1]),
    startedAt: rest[19] ?? '',
  };
}

/** True when the pid names a process that can still run. */
export const isAlive = (pid: number): boolean => {
  const facts = readProcess(pid);
  return facts !== undefined && !facts.zombie;
};

/** Every postgres process whose working directory is this data directory: PostgreSQL's own always stand there. */
export function postgresProcessesIn(dataDirectory: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === dataDirectory && readProcess(pid)?.name === 'postgres';
      } catch {
        return false;
      }
    });
}
