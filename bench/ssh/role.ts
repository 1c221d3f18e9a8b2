/**
 * A process of its own for one part of a bench, so that what the gateway uses is the gateway's: `gateway`, with recordings
 * on disk, `target`, which echoes, `clients`, or `relay`, which passes bytes on and does nothing else. Told what to do by messages, answers each with one.
 */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { makeHostKey, startSshGateway, type SshGateway } from '#gateways/ssh/index.ts';
import { openRecordings, storeInFolder } from '#guard/sessions/recording/index.ts';
import { keysOf, rootKeyOf, toOpenSshKey } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';

const fingerprint = (pem: Buffer): string => {
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error || Array.isArray(key)) throw new Error('no key');
  return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/u, '')}`;
};
const gc = (globalThis as { gc?: () => void }).gc ?? ((): void => {});
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Enabled by the first look at it: it wakes the process a thousand times a second. */
const lag = monitorEventLoopDelay({ resolution: 1 });
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Place {
  readonly port: number;
  readonly username: string;
  readonly privateKey: string;
}
const shells: { client: Client; shell: ClientChannel }[] = [];
let typing: NodeJS.Timeout | undefined;
let gateway: SshGateway | undefined;

const open = (to: Place): Promise<{ client: Client; shell: ClientChannel }> =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () => {
      client.setNoDelay(true);
      client.shell({ term: 'xterm' }, (error, shell) => {
        if (error !== undefined) return reject(error);
        shell.resume();
        resolve({ client, shell });
      });
    });
    client.connect({
      host: '127.0.0.1',
      ...to,
      readyTimeout: 60_000,
      algorithms: { cipher: ['aes128-gcm@openssh.com'] },
    });
  });
const echoed = (shell: ClientChannel, key: string): Promise<number> =>
  new Promise((resolve) => {
    const began = performance.now();
    const see = (chunk: Buffer): void => {
      if (!chunk.includes(key)) return;
      shell.off('data', see);
      resolve(performance.now() - began);
    };
    shell.on('data', see);
    shell.write(key);
  });

const acts: Record<string, (input: never) => Promise<unknown>> = {
  target: async () => {
    const hostKey = toOpenSshKey(makeHostKey());
    const server = new ssh2.Server({ hostKeys: [hostKey] }, (conn) => {
      conn.on('error', () => {});
      conn.on('authentication', (ask) => (ask.method === 'none' ? ask.reject(['publickey']) : ask.accept()));
      conn.on('session', (accept) => {
        const session = accept();
        session.on('pty', (yes) => yes?.());
        session.on('shell', (yes) => {
          const channel = yes();
          channel.on('data', (chunk: Buffer) => channel.write(chunk));
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as { port: number }).port, fingerprint: fingerprint(hostKey) };
  },
  gateway: async (input: { dir: string; target: { port: number; fingerprint: string }; known: string }) => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const ports = new FakePorts({
      host: '127.0.0.1',
      port: input.target.port,
      pinned: [input.target.fingerprint],
      username: 'bench',
      secret: { privateKey: Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' })) },
    });
    ports.known.set(input.known, 'somebody');
    const recordings = openRecordings({
      store: await storeInFolder(input.dir),
      keys: keysOf(rootKeyOf(randomBytes(32))),
      waitSeconds: 60,
    });
    const admit = ports.admit.bind(ports);
    ports.admit = async (ask) => {
      const answer = await admit(ask);
      ports.sessions.length = 0;
      if (!answer.admitted) return answer;
      const recording = await recordings.begin(newId(), { title: 'bench', startedAt: new Date() });
      const ended = async (): Promise<void> => void (await recording.finish());
      return { admitted: true, ticket: { ...answer.ticket, recorder: recording.recorder, ended } };
    };
    gateway = await startSshGateway({ hostKey: makeHostKey(), limits: { connectionsPerPerson: 5000 } }, ports);
    return { port: gateway.address.port };
  },
  relay: async (input: { port: number }) => {
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port: input.port, host: '127.0.0.1', noDelay: true });
      near.pipe(far).pipe(near);
      for (const each of [near, far]) each.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as { port: number }).port };
  },
  usage: async () => {
    const used = cpuMs();
    for (let i = 0; i < 3; i += 1) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return {
      cpuMs: used,
      lookMs: cpuMs() - used,
      rss: process.memoryUsage().rss,
      open: gateway?.metrics.sessionsOpen ?? 0,
    };
  },
  cpu: async () => cpuMs(),
  /** How busy it was: of its thread, of a core with what works beside it, and how late its timers were. */
  load: async () => {
    const lateMs = lag.percentile(99) / 1e6 - 1;
    lag.enable();
    lag.reset();
    return {
      atMs: performance.now(),
      cpuMs: cpuMs(),
      threadMs: performance.eventLoopUtilization().active,
      lateMs,
    };
  },
  key: async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = toOpenSshKey(Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' })));
    return { privateKey: pem.toString(), fingerprint: fingerprint(pem) };
  },
  open: async (input: { to: Place; count: number }) => {
    let left = input.count;
    const hand = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        shells.push(await open(input.to));
      }
    };
    await Promise.all(Array.from({ length: 4 }, hand));
    return { open: shells.length };
  },
  type: async (input: { perSecond: number }) => {
    let next = 0;
    const each = 10;
    typing = setInterval(() => {
      for (let i = 0; i < (input.perSecond * shells.length * each) / 1000; i += 1) {
        shells[next % shells.length]?.shell.write('y');
        next += 1;
      }
    }, each);
  },
  stop: async () => clearInterval(typing),
  press: async (input: { ways: readonly Place[]; keys: number }) => {
    const all = await Promise.all(input.ways.map(open));
    const took: number[][] = input.ways.map(() => []);
    for (let n = 0; n < input.keys + 100; n += 1) {
      for (const [i, { shell }] of all.entries()) {
        const ms = await echoed(shell, 'x');
        if (n >= 100) took[i]?.push(ms);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const { client } of all) client.destroy();
    return took.map((values) => {
      const sorted = values.toSorted((a, b) => a - b);
      return { p50: at(sorted, 0.5), p99: at(sorted, 0.99) };
    });
  },
};

process.on('message', ({ n, act, input }: { n: number; act: string; input: never }) => {
  const done = acts[act];
  if (done === undefined) throw new Error(`no act ${act}`);
  done(input).then(
    (answer) => process.send?.({ n, answer }),
    (error: unknown) => process.send?.({ n, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
