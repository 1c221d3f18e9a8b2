import { readFileSync } from 'node:fs';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { startRig } from '#test/ssh-rig/rig.ts';
import { findSshd, startSshd } from '#test/ssh-rig/sshd.ts';
import type { BenchLine } from './report.ts';

const KEYS = Number(process.env['KEYS'] ?? 2000);
const WARM = 200;

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

function openShell(options: {
  port: number;
  username: string;
  privateKey: Buffer;
}): Promise<{ client: Client; shell: ClientChannel }> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () => {
      client.setNoDelay(true);
      // `cat` under a raw terminal with echo: the line discipline answers each key, as a shell's editor would
      client.exec(
        "stty -icanon echo -onlcr; printf 'ready\\n'; exec cat > /dev/null",
        { pty: true },
        (error, shell) => {
          if (error !== undefined) return reject(error);
          let seen = '';
          const greet = (chunk: Buffer): void => {
            seen += chunk.toString();
            if (!seen.includes('ready')) return;
            shell.off('data', greet);
            resolve({ client, shell });
          };
          shell.on('data', greet);
        },
      );
    });
    client.connect({ host: '127.0.0.1', ...options, algorithms: { cipher: ['aes128-gcm@openssh.com'] } });
  });
}

/** From a key pressed to its echo seen, in milliseconds. */
function press(shell: ClientChannel): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now();
    shell.once('data', () => resolve(performance.now() - began));
    shell.write('x');
  });
}

/** What the gateway adds to one keystroke's echo, measured key by key in turn with a direct connection to the same sshd. */
export async function run(): Promise<readonly BenchLine[]> {
  const program = findSshd();
  if (program === undefined) {
    console.log('SKIP ssh-echo: no sshd on this machine (apt-get install openssh-server)');
    return [];
  }
  const sshd = await startSshd(program);
  const rig = await startRig(sshd);
  const direct = await openShell({ port: sshd.port, username: sshd.user, privateKey: readFileSync(sshd.keyFile) });
  const through = await openShell({
    port: rig.gateway.address.port,
    username: `${sshd.user}@web1`,
    privateKey: readFileSync(rig.key.file),
  });
  try {
    const near: number[] = [];
    const far: number[] = [];
    for (let key = 0; key < KEYS + WARM; key += 1) {
      const [a, b] = [await press(direct.shell), await press(through.shell)];
      if (key >= WARM) {
        near.push(a);
        far.push(b);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    near.sort((x, y) => x - y);
    far.sort((x, y) => x - y);
    return (
      [
        ['added_p50_ms', 0.5],
        ['added_p99_ms', 0.99],
      ] as const
    ).map(([metric, share]) => ({
      bench: 'ssh-echo',
      case: `${KEYS} keys, through ${at(far, share).toFixed(3)} ms, direct ${at(near, share).toFixed(3)} ms`,
      metric,
      value: at(far, share) - at(near, share),
      unit: 'ms',
      baseline: at(near, share),
      ratio: at(far, share) / at(near, share),
    }));
  } finally {
    direct.client.destroy();
    through.client.destroy();
    await rig.stop();
    await sshd.stop();
  }
}
