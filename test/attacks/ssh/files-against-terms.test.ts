import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '#test/ssh-rig/fake-ports.ts';
import { nothingLeft, startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { run, type Ran } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const sshdPath = findSshd();
if (sshdPath === undefined) console.log('SKIP files-against-terms: no sshd on this machine');

/** K23, K24: what terms say of files holds for every client that moves them, by `..`, by links and by other programs. */
describe.skipIf(sshdPath === undefined)('K23: files under terms', () => {
  let sshd: Sshd;
  let rig: Rig;
  let there: string;

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
  });
  beforeEach(async () => {
    rig = await startRig(sshd);
    there = join(rig.dir, 'there');
    mkdirSync(join(there, 'open'), { recursive: true });
    mkdirSync(join(there, 'secret'));
    writeFileSync(join(there, 'secret', 'key'), 'the secret');
    writeFileSync(join(there, 'open', 'plain'), 'nothing special');
    symlinkSync('../secret/key', join(there, 'open', 'link'));
    symlinkSync(join(there, 'secret'), join(there, 'open', 'dir'));
  });
  afterEach(async () => {
    await rig.stop();
    await nothingLeft(rig.gateway, rig.ports);
  });
  afterAll(() => sshd.stop());

  const sftp = async (...lines: string[]): Promise<Ran> => {
    const { options, destination } = rig.options('gateway');
    const batch = join(rig.dir, 'batch');
    writeFileSync(batch, `${lines.map((line) => `-${line}`).join('\n')}\n`);
    const ran = await run('sftp', [...options, '-b', batch, destination]);
    await rig.ports.last().whenEnded;
    return ran;
  };
  const told = (type: string): string[] =>
    rig.ports
      .last()
      .events.filter((event) => event.type === type)
      .map((event) => event.detail.replaceAll(there, ''));

  test('that may only be read: none is written, changed, made, moved or removed', async () => {
    rig.ports.files = { direction: 'from_target', deniedPaths: [] };
    const [plain, copy, own] = [join(there, 'open/plain'), join(rig.dir, 'copy'), join(rig.dir, 'batch')];
    const ran = await sftp(
      `get ${plain} ${copy}`,
      `put ${own} ${there}/open/new`,
      `put -a ${own} ${plain}`,
      `rm ${plain}`,
      `rename ${plain} ${plain}2`,
      `mkdir ${there}/made`,
      `chmod 777 ${plain}`,
      `ln -s ${plain} ${there}/l`,
      `ln ${plain} ${there}/h`,
      `ls ${there}/open`,
    );
    expect(readFileSync(copy, 'utf8')).toBe('nothing special');
    expect(readFileSync(plain, 'utf8')).toBe('nothing special');
    for (const made of ['open/new', 'made', 'l', 'h', 'open/plain2']) expect(existsSync(join(there, made))).toBe(false);
    expect(ran.stderr.toString()).toMatch(/permission denied/iu);
    expect(told('file')).toContain(`read /open/plain, 15 bytes, sha256 ${sha256(Buffer.from('nothing special'))}`);
    expect(told('refused')).toHaveLength(8);
  });

  test('that may only be written: none is read', async () => {
    rig.ports.files = { direction: 'to_target', deniedPaths: [] };
    const copy = join(rig.dir, 'copy');
    await sftp(`get ${there}/open/plain ${copy}`, `put ${rig.key.file}.pub ${there}/open/new`);
    expect(existsSync(copy) && readFileSync(copy).length > 0).toBe(false);
    expect(readFileSync(join(there, 'open/new'))).toEqual(readFileSync(`${rig.key.file}.pub`));
  });

  test.each([
    'secret/key',
    'open/../secret/key',
    'open/link',
    'open/dir/key',
    'open/dir/../secret/key',
    '/./secret//key',
  ])('a denied path is not read as %s', async (name) => {
    rig.ports.files = { direction: 'both', deniedPaths: [join(there, 'secret')] };
    const copy = join(rig.dir, 'copy');
    await sftp(
      `cd ${there}`,
      `get ${name.startsWith('/') ? there : ''}${name} ${copy}`,
      `get ${there}/open/plain ${copy}.2`,
    );
    expect(existsSync(copy) && readFileSync(copy).length > 0).toBe(false);
    expect(readFileSync(`${copy}.2`, 'utf8')).toBe('nothing special');
  });

  test('a denied path is not linked to, listed, moved away with its folder, or written', async () => {
    rig.ports.files = { direction: 'both', deniedPaths: [join(there, 'secret')] };
    const own = join(rig.dir, 'batch');
    await sftp(
      `ln -s ${there}/secret/key ${there}/open/l2`,
      `ln ${there}/secret/key ${there}/open/h2`,
      `rename ${there} ${there}.away`,
      `put ${own} ${there}/open/dir/key`,
      `rm ${there}/secret/key`,
      `ls ${there}/secret`,
    );
    for (const made of ['open/l2', 'open/h2']) expect(existsSync(join(there, made))).toBe(false);
    expect(readFileSync(join(there, 'secret/key'), 'utf8')).toBe('the secret');
    expect(told('refused').length).toBeGreaterThanOrEqual(6);
  });

  test('many files go up and down under a denied path elsewhere, each as it is', async () => {
    rig.ports.files = { direction: 'both', deniedPaths: ['/nowhere'] };
    const { options, destination } = rig.options('gateway');
    const from = join(rig.dir, 'from');
    mkdirSync(from);
    for (let i = 0; i < 20; i += 1) writeFileSync(join(from, String(i)), Buffer.alloc(i * 20_000, i));
    const up = await run('scp', [...options, '-qr', from, `${destination}:${there}/up`]);
    const down = await run('scp', [...options, '-qr', `${destination}:${there}/up`, join(rig.dir, 'down')]);
    expect([up.code, down.code]).toEqual([0, 0]);
    for (let i = 0; i < 20; i += 1)
      expect(readFileSync(join(rig.dir, 'down', String(i))).equals(readFileSync(join(from, String(i))))).toBe(true);
  });

  test('K24: no other program of the clients copies what SFTP may not', async () => {
    rig.ports.files = { direction: 'from_target', deniedPaths: [] };
    const { options, destination } = rig.options('gateway');
    const old = await run('scp', [...options, '-O', rig.key.file, `${destination}:${there}/open/old`]);
    const ssh = ['ssh', ...options].map((word) => `'${word}'`).join(' ');
    const sync = await run('rsync', ['-e', ssh, rig.key.file, `${destination}:${there}/open/sync`]);
    expect([old.code === 0, sync.code === 0]).toEqual([false, false]);
    expect(old.stderr.toString()).toContain('files may not be moved this way in this session');
    for (const made of ['open/old', 'open/sync']) expect(existsSync(join(there, made))).toBe(false);
    const down = await run('scp', [...options, '-O', `${destination}:${there}/open/plain`, join(rig.dir, 'down')]);
    expect([down.code, readFileSync(join(rig.dir, 'down'), 'utf8')]).toEqual([0, 'nothing special']);
    // written down: a shell is a shell
    const cat = await run('ssh', [...rig.ssh(), `cat > ${there}/open/cat`], { stdin: Buffer.from('by cat') });
    expect(cat.code).toBe(0);
  });
});
