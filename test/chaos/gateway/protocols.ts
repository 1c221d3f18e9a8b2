import { Client as PostgresClient } from 'pg';
import ssh2 from 'ssh2';
import type { LabPostgres } from '#lab/index.ts';
import { pinOf } from '#test/pg-rig/rig.ts';
import type { Sshd } from '#test/ssh-rig/sshd.ts';
import type { Beside } from './beside.ts';
import type { Target, Visitor } from './people.ts';
import type { Part } from './start-part.ts';

/** A client in the middle of something, through a gateway: what it does says ten times a second what time it is. */
export interface Talking {
  readonly protocol: string;
  readonly visitor: Visitor;
  readonly gateway: Part;
  /** Resolves when its connection is gone, with the moment on the clock of `performance.now()`. */
  readonly ended: Promise<number>;
  readonly isOver: () => boolean;
  /** What it was told of late. */
  readonly told: () => string;
  /** When it first saw something later than that time, both on the clock of `Date.now()`; undefined: it never did. */
  readonly sawAfter: (time: number) => number | undefined;
  close(): void;
}

/** One way to come through a gateway. A protocol more is a row more. */
export interface Protocol {
  readonly name: string;
  readonly target: Target;
  talk(visitor: Visitor, gateway: Part): Promise<Talking>;
}

/** In what a session shows or asks, the time in milliseconds by the clock of this machine. */
export const TICK = /tick (\d{13})\d*\./gu;
const TICK_MS = 100;
/** Without a process for each tick: many of these run on two cores. */
const TICKING = `exec bash -c 'exec 9<> <(:); while :; do echo "tick \${EPOCHREALTIME/[.,]/}."; read -t 0.1 -u 9; done'`;

/** What a client saw, and when. */
function seeing(): { sees(text: string): void; after(time: number): number | undefined } {
  const seen: { readonly time: number; readonly at: number }[] = [];
  let rest = '';
  return {
    sees: (text) => {
      const all = rest + text;
      for (const [, time] of all.matchAll(TICK)) seen.push({ time: Number(time), at: Date.now() });
      // a tick may come in two pieces, and is taken once
      rest = all.slice(all.lastIndexOf('.') + 1);
    },
    after: (time) => seen.find((one) => one.time > time)?.at,
  };
}

/** What a client's connection came to, seen once. */
function ending(): { readonly ended: Promise<number>; readonly isOver: () => boolean; over(): void } {
  let over = false;
  let done: (at: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    done = resolve;
  });
  return {
    ended,
    isOver: () => over,
    over: () => {
      over = true;
      done(performance.now());
    },
  };
}

const ssh = (sshd: Sshd): Protocol => ({
  name: 'ssh',
  target: {
    system: 'web1',
    kind: 'elsewhere',
    host: '127.0.0.1',
    port: sshd.port,
    pin: sshd.hostFingerprint,
    username: sshd.user,
    secret: { kind: 'ssh_key', value: sshd.privateKey },
  },
  talk: (visitor, gateway) =>
    new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      const { ended, isOver, over } = ending();
      const { sees, after } = seeing();
      let told = '';
      client.on('error', reject);
      client.on('close', over);
      client.on('ready', () => {
        client.exec(TICKING, { pty: true }, (error, channel) => {
          if (error !== undefined) return reject(error);
          channel.stderr.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
          channel.on('exit', () => reject(new Error(`the session ended at once: ${told}`)));
          channel.on('data', (chunk: Buffer) => {
            told = (told + chunk.toString('utf8')).slice(-4096);
            sees(chunk.toString('utf8'));
            resolve(talking);
          });
        });
      });
      const talking: Talking = {
        protocol: 'ssh',
        visitor,
        gateway,
        ended,
        isOver,
        told: () => told,
        sawAfter: after,
        close: () => client.destroy(),
      };
      client.connect({
        host: '127.0.0.1',
        port: gateway.port('ssh'),
        username: `${visitor.name}@web1`,
        privateKey: visitor.privateKey,
        readyTimeout: 20_000,
      });
    }),
});

const postgres = (beside: Beside, lab: LabPostgres): Protocol => ({
  name: 'postgres',
  target: {
    system: 'orders',
    kind: 'postgres',
    host: lab.host,
    port: lab.port,
    pin: pinOf(lab),
    username: lab.superuser.username,
    secret: { kind: 'password', value: Buffer.from(lab.superuser.password) },
  },
  talk: async (visitor, gateway) => {
    const { password } = await beside.perform<{ password: string }>(
      'gatewayPasswords.issue',
      { system: 'orders' },
      visitor.id,
    );
    const client = new PostgresClient({
      host: '127.0.0.1',
      port: gateway.port('postgres'),
      user: `${visitor.name}@orders`,
      password,
      database: 'postgres',
      ssl: { rejectUnauthorized: false },
    });
    const { ended, isOver, over } = ending();
    const { sees, after } = seeing();
    let told = '';
    client.on('notice', ({ message }) => (told += `${message}\n`));
    client.on('error', ({ message }) => (told += `${message}\n`));
    client.on('end', over);
    await client.connect();
    const tick = async (): Promise<void> => {
      const said = `tick ${Date.now()}.`;
      await client.query(`select '${said}'`);
      sees(said);
    };
    await tick();
    let asking = false;
    const timer = setInterval(() => {
      if (asking) return;
      asking = true;
      void tick()
        .catch(() => undefined)
        .finally(() => {
          asking = false;
        });
    }, TICK_MS);
    void ended.then(() => clearInterval(timer));
    const close = (): void => {
      clearInterval(timer);
      client.end().catch(() => undefined);
    };
    return { protocol: 'postgres', visitor, gateway, ended, isOver, told: () => told, sawAfter: after, close };
  },
});

/** Every protocol there is a gateway for. */
export const protocolsOf = (
  beside: Beside,
  targets: { readonly sshd: Sshd; readonly lab: LabPostgres },
): readonly Protocol[] => [ssh(targets.sshd), postgres(beside, targets.lab)];
