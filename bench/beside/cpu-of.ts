import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Of itself and of those that it has waited for. */
  readonly cpuMs: number;
}

/** Milliseconds of processor that a process and those below it have used, where they bear this name; Linux only. */
export function cpuMsOf(root: number, name: string): number {
  const all = readdirSync('/proc').flatMap((pid) => (/^\d+$/u.test(pid) ? readProcess(Number(pid)) : []));
  const below = (pid: number): number =>
    all.filter((p) => p.parent === pid && p.name.startsWith(name)).reduce((sum, p) => sum + p.cpuMs + below(p.pid), 0);
  return (all.find((p) => p.pid === root)?.cpuMs ?? 0) + below(root);
}

/** None where it ends meanwhile. */
function readProcess(pid: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    const at = (n: number): number => Number(fields[n - 3]);
    // in nanoseconds, where the kernel keeps them: a session is a few ticks
    const own = /^(\d+)/u.exec(readFileSync(`/proc/${pid}/schedstat`, 'utf8'))?.[1];
    const ownMs = own === undefined ? (at(14) + at(15)) * TICK_MS : Number(own) / 1e6;
    return [
      { pid, parent: at(4), name: stat.slice(stat.indexOf('(') + 1, end), cpuMs: ownMs + (at(16) + at(17)) * TICK_MS },
    ];
  } catch {
    return [];
  }
}
