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

/** True while the pid still names the process these facts are of, and no later one. */
export const isSame = (facts: ProcessFacts): boolean => readProcess(facts.pid)?.startedAt === facts.startedAt;

/**
 * Every postgres process of this data directory: all of them stand in it, and the postmaster names it in its arguments.
 * Where a process stands can be hidden from root too (a container without the ptrace capability); then only the
 * postmaster is found.
 */
export function postgresProcessesIn(dataDirectory: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => readProcess(pid)?.name === 'postgres')
    .filter((pid) => standsIn(pid, dataDirectory) || argumentsOf(pid).includes(dataDirectory));
}

function standsIn(pid: number, directory: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch {
    return false;
  }
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
