import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Ran } from '#test/ssh-rig/run-program.ts';

/** One way to the same host: straight, or through the gateway. Cases only see this. */
export interface Way {
  readonly name: 'direct' | 'gateway';
  /** `user@host` as every client takes it. */
  readonly destination: string;
  /** A program that is ssh with this way's options; what rsync, scp, sftp and git are told to use. */
  readonly program: string;
  /** A folder of this way's own, on both ends at once: the host is this machine. */
  readonly dir: string;
  readonly ports: { readonly reach: number; readonly listen: number; readonly local: number };
}

/** What a case saw. Two ways conform when this is the same. */
export type Outcome = Readonly<Record<string, unknown>>;

export interface Case {
  readonly title: string;
  /** Programs the case needs besides ssh; where one is missing the case prints SKIP. */
  readonly needs?: readonly string[];
  see(way: Way): Promise<Outcome>;
}

export function makeWay(
  name: Way['name'],
  root: string,
  access: { readonly options: readonly string[]; readonly destination: string },
  ports: Way['ports'],
): Way {
  const dir = join(root, name);
  mkdirSync(dir, { recursive: true });
  const program = join(root, `ssh-${name}`);
  const quoted = access.options.map((o) => `'${o}'`).join(' ');
  writeFileSync(program, `#!/bin/sh\nexec ssh ${quoted} "$@"\n`);
  chmodSync(program, 0o755);
  return { name, dir, program, destination: access.destination, ports };
}

/** One word for a shell, whatever is in it. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A shell line in which $SSH, $DEST and $DIR stand for the way. */
export const line = (
  way: Way,
  script: string,
  options: { readonly stdin?: Buffer; readonly limitMs?: number } = {},
): Promise<Ran> =>
  run('bash', ['-c', script], {
    limitMs: options.limitMs ?? 60_000,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    env: {
      REACH: String(way.ports.reach),
      LISTEN: String(way.ports.listen),
      LOCAL: String(way.ports.local),
      SSH: way.program,
      DEST: way.destination,
      DIR: way.dir,
      GIT_SSH: way.program,
      RSYNC_RSH: way.program,
    },
  });

/** Exit code and both outputs; long outputs as their digest. Paths and names that differ between the ways are evened out. */
export function seen(ran: Ran, way: Way): Outcome {
  const show = (data: Buffer): string => {
    if (data.length > 4096) return `${data.length} bytes, sha256 ${createHash('sha256').update(data).digest('hex')}`;
    return data
      .toString('latin1')
      .replaceAll(way.dir, '$DIR')
      .replaceAll(way.destination, '$DEST')
      .replaceAll(way.program, '$SSH');
  };
  return { code: ran.code, signal: ran.signal, stdout: show(ran.stdout), stderr: show(ran.stderr) };
}

/** A case that is one shell line. */
export const oneLine = (
  title: string,
  script: string,
  options: { readonly stdin?: Buffer; readonly needs?: readonly string[] } = {},
): Case => ({
  title,
  ...(options.needs === undefined ? {} : { needs: options.needs }),
  see: async (way) => seen(await line(way, script, options), way),
});
