import { Client, type ClientConfig } from 'pg';
import type { Log } from '#kit/log/index.ts';
import { asDbError } from './db-error.ts';

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

const HEARTBEAT_MS = 15_000;

/**
 * NOTIFY over one connection that reconnects for ever, with growing pauses, and is asked now and then whether it is
 * still there. What is notified while it is away is lost, as PostgreSQL defines; `onReconnect` tells a subscriber to
 * look at the rows behind the signal.
 */
export function makeListener(config: ClientConfig, log: Log): Listener {
  const channels = new Map<string, Set<Subscriber>>();
  let current: Promise<Client> | undefined;
  let closed = false;
  let missed = false;
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
    const fresh = new Client({ ...config, query_timeout: HEARTBEAT_MS / 2 });
    let listening = false;
    const heartbeat = setInterval(() => void fresh.query('select 1').catch(() => lost()), HEARTBEAT_MS);
    heartbeat.unref();
    const lost = (): void => {
      clearInterval(heartbeat);
      fresh.end().catch(() => undefined);
      if (!listening) return;
      listening = false;
      current = undefined;
      missed = true;
      tryLater();
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
      lost();
      throw asDbError(error, 'listen');
    }
    listening = true;
    pauseMs = FIRST_PAUSE_MS;
    return fresh;
  };

  const open = (): Promise<Client> => {
    clearTimeout(timer);
    timer = undefined;
    const attempt = connect();
    current = attempt;
    attempt.then(afterConnect, () => {
      current = undefined;
      missed = true;
      tryLater();
    });
    return attempt;
  };
  const afterConnect = (): void => {
    if (!missed) return;
    missed = false;
    log.info('listening to the database again');
    for (const set of channels.values()) for (const s of set) tell(() => s.onReconnect?.());
  };
  const tryLater = (): void => {
    if (closed || channels.size === 0 || timer !== undefined) return;
    timer = setTimeout(() => void open().catch(() => undefined), pauseMs);
    timer.unref();
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };

  const leave = async (channel: string, subscriber: Subscriber): Promise<void> => {
    const set = channels.get(channel);
    if (set === undefined || !set.delete(subscriber) || set.size > 0) return;
    channels.delete(channel);
    const client = await current?.catch(() => undefined);
    await client?.query(`unlisten ${quoted(channel)}`).catch(() => undefined);
  };

  return {
    async listen(channel, onPayload, onReconnect) {
      const subscriber: Subscriber = { onPayload, onReconnect };
      const isNew = !channels.has(channel);
      channels.set(channel, (channels.get(channel) ?? new Set()).add(subscriber));
      try {
        const client = await (current ?? open());
        // The connection may have listed its channels before this one was among them.
        if (isNew) await client.query(`listen ${quoted(channel)}`);
      } catch (error) {
        await leave(channel, subscriber);
        throw asDbError(error, 'listen');
      }
      return () => leave(channel, subscriber);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      channels.clear();
      const client = await current?.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}
