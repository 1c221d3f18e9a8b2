import ssh2 from 'ssh2';
import type { Sshd } from '#test/ssh-rig/sshd.ts';
import { ending, seeing, type Protocol, type Talking } from './talking.ts';

/** Without a process for each tick: many of these run on two cores. */
const TICKING = `exec bash -c 'exec 9<> <(:); while :; do echo "tick \${EPOCHREALTIME/[.,]/}."; read -t 0.1 -u 9; done'`;

/** A terminal whose command says what time it is. */
export const ssh = (sshd: Sshd): Protocol => ({
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
