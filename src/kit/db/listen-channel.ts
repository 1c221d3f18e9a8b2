import { Client, type ClientConfig } from 'pg';
import type { Log } from '#kit/log/index.ts';

export interface Listener {
  listen(channel: string, onPayload: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Subscriber {
  readonly onPayload: (payload: string) => void;
  readonly onReconnect: (() => void) | undefined;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * NOTIFY over one connection that reconnects for ever, with growing pauses. What is notified while it is away is
 * lost, as PostgreSQL defines; `onReconnect` tells a subscriber to look at the rows behind the signal.
 */
export function makeListener(config: ClientConfig, log: Log): Listener {
  const channels = new Map<string, Set<Subscriber>>();
  let client: Promise<Client> | undefined;
  let closed = false;
  let pauseMs = FIRST_PAUSE_MS;
  let timer: NodeJS.Timeout | undefined;

  const tell = (fn: () => void): void => {
    try {
      fn();
    } catch (error) {
      log.error('a listener failed', { error });
    }
  };

  const connect = async (): Promise<Client> => {
    const fresh = new Client(config);
    let gone = false;
    const lost = (): void => {
      if (gone) return;
      gone = true;
      client = undefined;
      fresh.end().catch(() => undefined);
      again();
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', ({ channel, payload }) => {
      for (const s of channels.get(channel) ?? []) tell(() => s.onPayload(payload ?? ''));
    });
    try {
      await fresh.connect();
      for (const channel of channels.keys()) await fresh.query(`listen ${quoted(channel)}`);
    } catch (error) {
      gone = true;
      fresh.end().catch(() => undefined);
      throw error;
    }
    pauseMs = FIRST_PAUSE_MS;
    return fresh;
  };

  const afterReconnect = (): void => {
    log.info('listening to the database again');
    for (const set of channels.values()) for (const s of set) tell(() => s.onReconnect?.());
  };
  const again = (): void => {
    if (closed || channels.size === 0 || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      client = connect();
      void client.then(afterReconnect, () => {
        client = undefined;
        again();
      });
    }, pauseMs);
    timer.unref();
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };

  return {
    async listen(channel, onPayload, onReconnect) {
      const subscriber: Subscriber = { onPayload, onReconnect };
      const known = channels.get(channel);
      const set = known ?? new Set();
      channels.set(channel, set.add(subscriber));
      if (client === undefined) {
        client = connect();
        client.catch(() => {
          client = undefined;
          again();
        });
        await client;
      } else if (known === undefined) await (await client).query(`listen ${quoted(channel)}`);
      return async () => {
        set.delete(subscriber);
        if (set.size > 0) return;
        channels.delete(channel);
        const open = await client?.catch(() => undefined);
        await open?.query(`unlisten ${quoted(channel)}`).catch(() => undefined);
      };
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      channels.clear();
      const open = await client?.catch(() => undefined);
      await open?.end().catch(() => undefined);
    },
  };
}
