import type { Command } from 'commander';
import { call, connection } from '../call.ts';
import { ShownOutput } from './shown-output.ts';

/** What one fetch of a watched session answers. */
interface Followed {
  readonly state: 'live' | 'ended';
  readonly held: 'paused' | 'observer' | null;
  readonly endedBecause: string | null;
  readonly events: readonly { readonly code: string; readonly data: string }[];
  readonly next: number;
  readonly finished: boolean;
}

const HELD = { paused: 'paused', observer: 'waits for an observer' } as const;

/** `reeve watch`: a session in this terminal as it runs. Ctrl-C leaves; what is typed here goes nowhere. */
export function addWatch(program: Command): void {
  program
    .command('watch')
    .argument('<session>', 'its id; reeve sessions ls --state live lists them')
    .option('--observe', 'as the observer it needs: it runs while you watch, and is paused when you leave')
    .option('--tail', 'begin a little before now, not at its start')
    .description('watch a session as it runs; watching is recorded itself')
    .action(async (id: string, options: { observe?: boolean; tail?: boolean }) => {
      const to = connection();
      const how = options.observe === true ? 'observe' : 'watch';
      const begun = await call(to, 'POST', `/v1/sessions/${encodeURIComponent(id)}/${how}`, {});
      const { watchId } = begun as { watchId: string };
      const leaving = new AbortController();
      process.once('SIGINT', () => leaving.abort());
      const output = new ShownOutput();
      let held: Followed['held'] = null;
      let where = options.tail === true ? 'tail=true' : 'after=0';
      try {
        while (!leaving.signal.aborted) {
          const got = (await call(to, 'GET', `/v1/session-watches/${watchId}?${where}&waitMs=1000`)) as Followed;
          for (const { code, data } of got.events) output.show(code, data);
          where = `after=${got.next}`;
          if (got.held !== held) output.show('m', got.held === null ? 'goes on' : HELD[got.held]);
          held = got.held;
          if (got.finished || (got.state === 'ended' && got.events.length === 0)) {
            output.show('m', `ended: ${got.endedBecause ?? 'just now'}`);
            return;
          }
        }
      } finally {
        output.restore();
        await call(to, 'POST', `/v1/session-watches/${watchId}/leave`, {}).catch(() => undefined);
      }
    });
}
