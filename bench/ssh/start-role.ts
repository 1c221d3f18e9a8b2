import { fork } from 'node:child_process';
import { join } from 'node:path';
import { builtInto } from '../beside/built.ts';

const ROLES = await builtInto('ssh', { role: new URL('./role.ts', import.meta.url) });

/** A process that plays one part; it ends with this one. */
export interface Role {
  ask<T>(act: string, input?: unknown): Promise<T>;
  stop(): void;
}

/** Starts one; see `role.ts` for what it can be asked. */
export function startRole(): Role {
  const child = fork(join(ROLES, 'role.js'), {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { done: (answer: never) => void; fail: (error: Error) => void }>();
  let last = 0;
  child.on('message', (message: { n: number; answer?: never; error?: string }) => {
    const { done, fail } = waiting.get(message.n) ?? {};
    waiting.delete(message.n);
    if (message.error === undefined) done?.(message.answer as never);
    else fail?.(new Error(message.error));
  });
  child.on('exit', (code) => {
    for (const { fail } of waiting.values()) fail(new Error(`the process ended with ${String(code)}`));
  });
  return {
    ask: (act, input) =>
      new Promise((done, fail) => {
        last += 1;
        waiting.set(last, { done, fail });
        child.send({ n: last, act, input });
      }),
    stop: () => child.disconnect(),
  };
}

/** A gateway with recordings between an echoing target and clients, and a bare relay in the same place, each a process. */
export async function startThree(dir: string): Promise<{
  readonly gateway: Role;
  readonly target: Role;
  readonly relayed: { readonly port: number; readonly username: string; readonly privateKey: string };
  readonly clients: Role;
  readonly through: { readonly port: number; readonly username: string; readonly privateKey: string };
  readonly direct: { readonly port: number; readonly username: string; readonly privateKey: string };
  stop(): void;
}> {
  const [gateway, target, clients, relay] = [startRole(), startRole(), startRole(), startRole()];
  const key = await clients.ask<{ privateKey: string; fingerprint: string }>('key');
  const at = await target.ask<{ port: number; fingerprint: string }>('target');
  const { port } = await gateway.ask<{ port: number }>('gateway', { dir, target: at, known: key.fingerprint });
  const bare = await relay.ask<{ port: number }>('relay', at);
  const { privateKey } = key;
  return {
    gateway,
    target,
    clients,
    through: { port, username: 'bench@web1', privateKey },
    relayed: { port: bare.port, username: 'bench', privateKey },
    direct: { port: at.port, username: 'bench', privateKey },
    stop: () => {
      for (const role of [clients, gateway, target, relay]) role.stop();
    },
  };
}
