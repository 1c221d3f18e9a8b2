import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#kit/errors/index.ts';
import { call, type Connection } from '../call.ts';

/** What was asked of a system, and how far it is. */
export interface SystemWork {
  readonly state: string;
  readonly systemName: string;
  readonly problem: string | null;
}

interface SystemsPage {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly nextCursor: string | null;
}

const LONGEST_WAIT_MS = 180_000;

/** Waits until what was asked of a system has come to something. */
export async function untilSettled<T extends Pick<SystemWork, 'state' | 'systemName'> = SystemWork>(
  to: Connection,
  path: string,
  what = 'setting up',
): Promise<T> {
  const until = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const trust = (await call(to, 'GET', path)) as T;
    if (trust.state !== 'asked') return trust;
    if (Date.now() > until)
      throw new AppError({
        code: 'ssh_ca.still_waiting',
        status: 504,
        detail: `nothing came of ${what} ${trust.systemName} yet`,
        fix: 'is a worker running? look again: reeve ca status',
      });
    await pause(500);
  }
}

/** A system by its name, or its id as it is. */
export async function systemId(to: Connection, system: string): Promise<string> {
  if (/^[0-9a-f-]{36}$/u.test(system)) return system;
  for (let cursor: string | null = ''; cursor !== null;) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await call(to, 'GET', `/v1/systems?limit=200${from}`)) as SystemsPage;
    const one = page.items.find(({ name }) => name === system);
    if (one !== undefined) return one.id;
    cursor = page.nextCursor;
  }
  throw new AppError({
    code: 'system.not_found',
    status: 404,
    detail: `there is no system ${system}`,
    fix: 'reeve systems ls',
  });
}
