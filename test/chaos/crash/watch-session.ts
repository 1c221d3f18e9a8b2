import type { SshUser } from '#lab/reeve/ssh-user.ts';

/** Counts aloud, twenty times a second, until its terminal goes away. */
const COUNTING = 'i=0; while :; do i=$((i+1)); echo "tick $i."; sleep 0.05; done';

/** A session under the eyes of its client: what arrived there and when. */
export interface WatchedSession {
  /** True once it runs; false when it ended before, or did not begin in time. */
  working(limitMs: number): Promise<boolean>;
  /** The number the client had read by then; 0 for none. `at` is on the clock of `performance.now()`. */
  seenBy(at: number): number;
  /** Reeve's name for it, as its terminal was told; undefined before. */
  id(): string | undefined;
  said(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly at: number }>;
  stop(): void;
}

/** Opens a shell at a terminal, which is told its session's id, and has it count aloud. */
export function watchSession(ssh: SshUser): WatchedSession {
  const session = ssh.start('lena@web1', [], { tty: true });
  session.process.stdin?.on('error', () => undefined);
  session.process.stdin?.write(`${COUNTING}\n`);
  const arrived: { readonly n: number; readonly at: number }[] = [];
  const over = (): boolean => session.process.exitCode !== null || session.process.signalCode !== null;
  let read = 0;
  session.process.stdout?.on('data', () => {
    // The lines before this one were looked at already; a tick may come in two pieces.
    const text = session.output();
    for (const found of text.slice(read).matchAll(/tick (\d+)\./g)) {
      arrived.push({ n: Number(found[1]), at: performance.now() });
    }
    read = text.lastIndexOf('\n') + 1;
  });
  return {
    working: async (limitMs) => {
      const end = performance.now() + limitMs;
      while (arrived.length < 3 && !over() && performance.now() < end)
        await new Promise((done) => setTimeout(done, 20));
      return arrived.length >= 3 && !over();
    },
    seenBy: (at) => arrived.findLast((a) => a.at <= at)?.n ?? 0,
    id: () => /Session ([0-9a-f-]{36})/.exec(session.output())?.[1],
    said: () => session.output().slice(-400),
    ended: session.ended,
    stop: () => void session.process.kill('SIGKILL'),
  };
}
