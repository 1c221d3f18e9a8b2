import type { Clock } from '#kit/clock/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';

/** What became of a login: agreed to, from elsewhere (`number`), refused, or nothing in its time. */
type Decided = 'agreed' | 'number' | 'denied' | 'over';

/** A login that this node waits for. */
export interface WatchedLogin {
  /** Settles once; never after `forget`. */
  readonly state: Promise<Decided>;
  forget(): void;
}

/** From the click in the browser to the client: what a person takes for at once. */
const EVERY_MS = 200;

/** Looks, for all logins that wait on this node together, whether they are decided. Nothing is looked at while none waits. */
export function watchLogins({ db, clock, log }: { readonly db: Db; readonly clock: Clock; readonly log: Log }): {
  follow(id: string, endsAt: Date): WatchedLogin;
} {
  const waiting = new Map<string, { readonly endsAt: Date; readonly tell: (state: Decided) => void }>();
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const rows = await db.many<{ id: string; state: string; number: boolean }>(sql`
      select id, state, number_mac is not null as number from ssh_login
       where id = any(${[...waiting.keys()]}::uuid[]) and state <> 'waiting'`);
    for (const { id, state, number } of rows) {
      if (state === 'agreed') tell(id, number ? 'number' : 'agreed');
      else tell(id, state === 'denied' ? 'denied' : 'over');
    }
  };
  const tell = (id: string, state: Decided): void => {
    waiting.get(id)?.tell(state);
    waiting.delete(id);
  };
  const tick = (): void => {
    timer = undefined;
    look()
      .catch((error: unknown) => log.warn('whether logins are agreed to could not be read', { error }))
      .finally(() => {
        const now = clock.now();
        for (const [id, { endsAt }] of waiting) if (endsAt <= now) tell(id, 'over');
        again();
      });
  };
  const again = (): void => {
    if (waiting.size > 0) timer ??= setTimeout(tick, EVERY_MS).unref();
  };
  return {
    follow: (id, endsAt) => {
      const state = new Promise<Decided>((resolve) => waiting.set(id, { endsAt, tell: resolve }));
      again();
      return { state, forget: () => void waiting.delete(id) };
    },
  };
}
