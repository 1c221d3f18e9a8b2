import { randomBytes, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cachingSha2Proof } from '#kit/mysql-proofs/index.ts';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { PASSWORD, rigBefore, startMysqlRig, type MysqlRig } from '#test/mysql-rig/rig.ts';
import { run } from '#test/ssh-rig/run-program.ts';

/**
 * No server of Debian's asks for `caching_sha2_password`. What stands in for one: the driver for Node, whose proof of the
 * short way is somebody else's work, and this gateway itself, which asks its clients by the long one and lets real ones in.
 */
type Plugin = (options: object) => (of: object) => (data: Buffer) => Buffer;
// by its path: the package does not offer it by name
const driver = createRequire(import.meta.url)(
  join(import.meta.dirname, '../../../node_modules/mysql2/lib/auth_plugins/caching_sha2_password.js'),
) as Plugin;

let lab: LabMariadb;
let inner: MysqlRig;
let outer: MysqlRig;
beforeAll(async () => {
  lab = await startMariadb();
  inner = await rigBefore(lab);
  outer = await startMysqlRig({
    host: '127.0.0.1',
    port: inner.gateway.address.port,
    pinned: [`tls-sha256:${new X509Certificate(inner.certificate).fingerprint256}`],
    username: 'reeve%db1',
    password: PASSWORD,
  });
});
afterAll(async () => {
  await outer?.stop();
  await inner?.stop();
  await lab?.stop();
});

it.each(['x', 'correct horse', 'pässwörd 漢字', randomBytes(60).toString('base64')])(
  'the short way proves %s as the driver for Node does',
  (password) => {
    const question = randomBytes(20);
    const theirs = driver({})({ connection: { config: { password } } })(Buffer.concat([question, Buffer.alloc(1)]));
    expect(cachingSha2Proof(question, Buffer.from(password)).equals(theirs)).toBe(true);
  },
);

it('the long way leads to a server that asks for it, and not to one with another certificate', async () => {
  const ran = await run('mariadb', ['-ureeve@db1', '-N', '-B', '-e', "select concat('through ', 'two')"], {
    env: outer.env,
  });
  expect(ran.stdout.toString()).toBe('through two\n');
  expect(inner.ports.redeemed).toHaveLength(2);
  const { target } = outer.ports;
  outer.ports.target = { ...target, pinned: [`tls-sha256:${'AA:'.repeat(31)}AA`] };
  expect((await run('mariadb', ['-ureeve@db1', '-e', 'select 1'], { env: outer.env })).stderr.toString()).toContain(
    'certificate',
  );
  outer.ports.target = { ...target, secret: { password: Buffer.from('another') } };
  expect((await run('mariadb', ['-ureeve@db1', '-e', 'select 1'], { env: outer.env })).stderr.toString()).toContain(
    'does not take the credential',
  );
});
