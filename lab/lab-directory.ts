/**
 * The folder one lab run works in, and the sweep of what crashed runs left behind.
 *
 * Everything a run starts dies with it (hosts end when their standard input closes, PostgreSQL by
 * `setpriv --pdeathsig`), so a sweep normally finds only folders. It still looks for processes: each one
 * the lab starts is written down with its start time, and only a process matching both is ended.
 */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from './run-command.ts';

const PREFIX = 'reeve-lab-';
const OWNER = 'owner.json';
const YOUNG_MS = 60_000;

interface ProcessMark {
  readonly pid: number;
  /** Clock ticks since boot at which it started: tells a process from a later one with the same number. */
  readonly started: string;
}

export interface LabDirectory {
  readonly path: string;
  /** Writes down a started process so that a later sweep can end it if this run is killed. */
  mark(name: string, pid: number): void;
  /** Removes the folder. Safe to call twice. */
  remove(): void;
}

/** Start time of a live process, or undefined when there is none (a zombie counts as none). */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

const isAlive = (mark: ProcessMark): boolean => processStart(mark.pid) === mark.started;

function readMark(file: string): ProcessMark | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('pid' in parsed) || !('started' in parsed)) return undefined;
    return { pid: Number(parsed.pid), started: String(parsed.started) };
  } catch {
    return undefined;
  }
}

/** Makes this run's folder. It is world-traversable (PostgreSQL runs as another user) but not listable. */
export function makeLabDirectory(): LabDirectory {
  const path = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(path, 0o711);
  const mark = (name: string, pid: number): void => {
    const started = processStart(pid);
    if (started !== undefined)
      writeFileSync(join(path, `${name}.json`), JSON.stringify({ pid, started }), { mode: 0o600 });
  };
  mark(OWNER.replace('.json', ''), process.pid);
  return { path, mark, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Folders of labs the process with this number started and has not stopped. */
export function labFoldersOf(pid: number): readonly string[] {
  const folders = readdirSync(tmpdir())
    .filter((entry) => entry.startsWith(PREFIX))
    .map((entry) => join(tmpdir(), entry));
  return folders.filter((folder) => readMark(join(folder, OWNER))?.pid === pid);
}

/** Ends what dead runs left running and removes their folders. Live labs of other processes are not touched. Returns what was removed. */
export async function sweepLeftovers(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(tmpdir(), name);
    try {
      const stat = statSync(path);
      if (process.getuid !== undefined && stat.uid !== process.getuid()) continue;
      const owner = readMark(join(path, OWNER));
      if (owner === undefined ? Date.now() - stat.mtimeMs < YOUNG_MS : isAlive(owner)) continue;
      const marks = readdirSync(path).filter((file) => file.endsWith('.json') && file !== OWNER);
      for (const file of marks) {
        const mark = readMark(join(path, file));
        if (mark === undefined || !isAlive(mark)) continue;
        process.kill(mark.pid, 'SIGKILL');
        await waitUntil(`leftover process ${mark.pid} of ${path} to end`, 2000, () => !isAlive(mark));
      }
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
      removed.push(path);
    } catch (cause) {
      if (existsSync(path)) process.emitWarning(`lab: could not sweep ${path}: ${String(cause)}`);
    }
  }
  return removed;
}
