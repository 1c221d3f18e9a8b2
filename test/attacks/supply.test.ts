import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { supplyProblems, type Lock, type LockedPackage, type Manifest } from '#tools/check-supply.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
const manifest = read('package.json') as Manifest;
const lock = read('package-lock.json') as Lock;
const with_ = (path: string, change: LockedPackage): Lock => ({
  ...lock,
  packages: { ...lock.packages, [path]: { ...lock.packages?.[path], ...change } },
});
const PG = 'node_modules/pg';
const pg = lock.packages?.[PG];

test('what is fetched is what was chosen, from where it was chosen, and runs nothing while it is installed', () => {
  expect(supplyProblems(manifest, lock)).toEqual([]);
  expect(pg?.integrity).toMatch(/^sha512-/);
});

test.each<readonly [what: string, manifest: Manifest, lock: Lock, said: RegExp]>([
  ['an install script nobody allowed', manifest, with_(PG, { hasInstallScript: true }), /pg has an install script/],
  [
    'an install script deep in a tree',
    manifest,
    with_('node_modules/a/node_modules/@x/b', { ...pg, hasInstallScript: true }),
    /@x\/b has an install script/,
  ],
  [
    'an install script under the name of an allowed package',
    manifest,
    with_('node_modules/ssh2', { name: 'ssh2-evil' }),
    /ssh2 has an install script/,
  ],
  ['a package without its digest', manifest, with_(PG, { integrity: '' }), /pg has no SHA-512 digest/],
  ['a digest that can be forged', manifest, with_(PG, { integrity: 'sha1-9sHUJ4wuDsq6KSSsZAX7nOT1HZA=' }), /SHA-512/],
  ['a package of another registry', manifest, with_(PG, { resolved: 'https://registry.evil.example/pg.tgz' }), /evil/],
  ['a package over HTTP', manifest, with_(PG, { resolved: 'http://registry.npmjs.org/pg.tgz' }), /http:/],
  ['a package of a git branch', manifest, with_(PG, { resolved: 'git+ssh://git@example.com/pg.git' }), /git\+ssh/],
  ['a package that is a folder', manifest, with_(PG, { link: true }), /from elsewhere than the registry \(a folder\)/],
  [
    'a runtime package passed off as a binary of another platform',
    manifest,
    { packages: { [PG]: { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'] } } },
    /pg has no SHA-512 digest/,
  ],
  ['a range', { ...manifest, dependencies: { pg: '^8.0.0' } }, lock, /pg is not pinned/],
  ['a tag', { ...manifest, devDependencies: { tsx: 'latest' } }, lock, /tsx is not pinned/],
  ['an address in place of a version', { dependencies: { pg: 'github:evil/pg' } }, lock, /pg is not pinned/],
  ['a permission left over', { allowScripts: { ...manifest.allowScripts, pg: true } }, lock, /allows pg/],
  ['a lock without packages', manifest, {}, /names no package/],
])('%s is found', (_what, one, other, said) => {
  expect(supplyProblems(one, other).join('\n')).toMatch(said);
});

test('and fails the check that is run before a commit', async () => {
  expect(readFileSync(join(ROOT, 'tools/check.ts'), 'utf8')).toContain('tools/check-supply.ts');
  const folder = mkdtempSync(join(tmpdir(), 'reeve-supply-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(with_(PG, { hasInstallScript: true })));
    const ran = await new Promise<{ code: unknown; said: string }>((done) => {
      const command = [join(ROOT, 'node_modules/.bin/tsx'), [join(ROOT, 'tools/check-supply.ts')]] as const;
      execFile(...command, { cwd: folder, timeout: 30_000 }, (error, _out, said) => done({ code: error?.code, said }));
    });
    expect(ran).toEqual({ code: 1, said: expect.stringMatching(/^node_modules\/pg has an install script[^\n]*\n$/) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
