import { readdirSync, readFileSync } from 'node:fs';

/** Everything the arguments and environments of a process and its descendants said while it was watched. */
export function watchProcesses(rootPid: number, everyMs = 100): { said(): string; stop(): void } {
  const said = new Set<string>();
  const look = (): void => {
    const parents = new Map<number, number>();
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const parent = / (\d+) /.exec(readOf(name, 'stat').replace(/^.*\) \S/, ''))?.[1];
      if (parent !== undefined) parents.set(Number(name), Number(parent));
    }
    for (const pid of parents.keys()) {
      if (!descends(pid, rootPid, parents)) continue;
      for (const file of ['cmdline', 'environ']) {
        const text = readOf(String(pid), file).replaceAll('\0', '\n');
        if (text !== '') said.add(text);
      }
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  return { said: () => [...said].join('\n'), stop: () => clearInterval(timer) };
}

/** A process may be gone between being listed and being read. */
function readOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function descends(pid: number, from: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) if (at === from) return true;
  return false;
}
