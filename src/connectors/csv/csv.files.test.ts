import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kit/clock/index.ts';
import type { Change, ReadingPiece, Target } from '../port.ts';
import { csvConnector } from './index.ts';
import { ledger, Office } from './office.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-exchange-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const clock = new TestClock('2026-03-02T09:00:00Z');
const connector = csvConnector({ root, clock });
let office: Office;
let target: Target;
let serial = 0;
const at = (path: string, settings: object = {}): Target => ({
  systemId: 'no-such-system',
  kind: 'csv',
  host: '',
  port: 0,
  settings: { path, ...settings },
  pinned: [],
  credential: { kind: 'none', username: '' },
});
beforeEach(() => {
  serial += 1;
  office = new Office(join(root, `s${serial}`), ledger(), { sums: false });
  office.export();
  target = at(office.folder);
});
const file = (name: string): string => join(office.folder, name);
const pieces = async (from?: string, settings: object = {}): Promise<ReadingPiece[]> => {
  const read: ReadingPiece[] = [];
  for await (const piece of connector.readInPieces?.(at(office.folder, settings), from) ?? []) read.push(piece);
  return read;
};

describe('the folder of a system', () => {
  test('is by default the one named by its id', async () => {
    mkdirSync(join(root, 'no-such-system'), { recursive: true });
    await expect(connector.read({ ...target, settings: {} })).rejects.toMatchObject({ code: 'unreachable' });
    new Office(join(root, 'no-such-system'), ledger()).export();
    expect((await connector.read({ ...target, settings: {} })).accounts).toHaveLength(4);
  });

  test.each([
    ['elsewhere', () => tmpdir()],
    ['the root itself', () => root],
    ['beside the root, with its name in front', () => `${root}-2`],
    ['nowhere', () => '/'],
  ])('%s is refused', async (_what, path) => {
    await expect(connector.read(at(path()))).rejects.toMatchObject({ code: 'refused', retry: false });
  });

  test.each(['relative', './x', '/a/../b', `${root}/s1/../../x`, `${root}//s1`, '/a/\0b'])(
    '%j is no plain absolute path',
    async (path) => {
      await expect(connector.read(at(path))).rejects.toMatchObject({ code: 'unsupported' });
    },
  );

  test('reached through a link is refused, wherever in the path the link is', async () => {
    symlinkSync(office.folder, join(root, `link${serial}`));
    await expect(connector.read(at(join(root, `link${serial}`)))).rejects.toMatchObject({ code: 'refused' });
    mkdirSync(join(root, `up${serial}`));
    symlinkSync(root, join(root, `up${serial}`, 'round'));
    const round = join(root, `up${serial}`, 'round', `s${serial}`);
    await expect(connector.read(at(round))).rejects.toMatchObject({ code: 'refused' });
  });

  test('that is a file is refused, and so is a root that is not there', async () => {
    await expect(connector.read(at(file('accounts.csv')))).rejects.toMatchObject({ code: 'refused' });
    const lost = csvConnector({ root: join(root, 'lost'), clock });
    await expect(lost.read(at(join(root, 'lost', 'x')))).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('a file of the folder', () => {
  test('that is a link, a pipe or a folder is refused at once', async () => {
    const real = file('kept.csv');
    renameSync(file('holdings.csv'), real);
    symlinkSync('/etc/passwd', file('holdings.csv'));
    await expect(connector.read(target)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('link') as string,
    });
    rmSync(file('holdings.csv'));
    execFileSync('mkfifo', [file('holdings.csv')]);
    await expect(connector.read(target)).rejects.toMatchObject({ code: 'refused' });
    rmSync(file('holdings.csv'));
    mkdirSync(file('holdings.csv'));
    await expect(connector.read(target)).rejects.toMatchObject({ code: 'refused' });
  });

  test('that is larger than it may be is not read', async () => {
    appendFileSync(file('holdings.csv'), `# ${'x'.repeat(2_000_000)}\n`);
    await expect(connector.read(at(office.folder, { maxMegabytes: 1 }))).rejects.toMatchObject({ code: 'refused' });
  });

  test('may be missing only where that means nothing', async () => {
    rmSync(file('nesting.csv'));
    expect((await connector.read(target)).nesting).toEqual([]);
    rmSync(file('holdings.csv'));
    await expect(connector.read(target)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test.each([
    [
      'accounts',
      'a word that means nothing',
      (t: string) => t.replace('disabled', 'secret-word'),
      'accounts.csv, row 2: status is none of',
    ],
    [
      'accounts',
      'a time that is none',
      (t: string) => t.replace('2026-01-12T10:48:00Z', 'secret-word'),
      'accounts.csv, row 2: last_used_at',
    ],
    [
      'accounts',
      'an id twice',
      (t: string) => `${t}E-1,secret-word\n`.replace('secret-word', 'secret-word,,,,,,,'),
      'an id is there twice',
    ],
    [
      'accounts',
      'a row cut off',
      (t: string) => `${t.slice(0, -9)}
`,
      'accounts.csv, row 4: has',
    ],
    ['accounts', 'a last line cut off', (t: string) => t.slice(0, -3), 'the last line does not end'],
    ['holdings', 'a stranger', (t: string) => `${t}E-9,secret-word,\n`, 'is in no other file'],
    ['nesting', 'a stranger', (t: string) => `${t}x,secret-word\n`, 'is not in entitlements.csv'],
    [
      'entitlements',
      'another header',
      (t: string) => t.replace('entitlement_id', 'secret-word'),
      'the column entitlement_id is missing',
    ],
    ['entitlements', 'a lost quote', (t: string) => `${t}"secret-word,a\n`, 'a quote is opened and never closed'],
    ['entitlements', 'Latin-1', (t: string) => Buffer.from(`${t}é,a,b,\n`, 'latin1'), 'not UTF-8'],
    ['entitlements', 'nothing', () => '', 'the file is empty'],
    ['entitlements', 'a web page', () => '<html>\n', 'web page'],
  ] as const)(
    '%s with %s is a failed reading that says where, and repeats no value',
    async (table, _what, spoil, why) => {
      writeFileSync(file(`${table}.csv`), spoil(office.textOf(table)));
      const error = await connector.read(target).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'failed', retry: true, message: expect.stringContaining(why) as string });
      expect(String(error)).not.toContain('secret-word');
    },
  );

  test('has to be what SHA256SUMS says, where that is there, and has to be there, where that is required', async () => {
    await expect(connector.read(at(office.folder, { sums: 'required' }))).rejects.toMatchObject({ code: 'failed' });
    const summed = new Office(office.folder, ledger());
    summed.export();
    await connector.read(target);
    // Cut after a whole line: nothing but the sum tells.
    const text = readFileSync(file('holdings.csv'), 'utf8').split('\n').slice(0, -2);
    writeFileSync(file('holdings.csv'), `${text.join('\n')}\n`);
    await expect(connector.read(target)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('SHA256SUMS') as string,
    });
    writeFileSync(file('SHA256SUMS'), 'nonsense\n');
    await expect(connector.read(target)).rejects.toMatchObject({ code: 'failed' });
  });

  test('replaced while it is read makes the reading throw', async () => {
    const reading = connector.readInPieces?.(at(office.folder, { rowsPerPiece: 1 }))[Symbol.asyncIterator]();
    await reading?.next();
    office.export();
    const rest = async (): Promise<void> => {
      for (;;) if ((await reading?.next())?.done === true) return;
    };
    await expect(rest()).rejects.toMatchObject({
      code: 'failed',
      message: 'the files were replaced while they were read',
    });
  });

  test('replaced while a reading was broken off makes it begin again', async () => {
    const [first] = await pieces(undefined, { rowsPerPiece: 1 });
    linkSync(file('nesting.csv'), file('kept'));
    await expect(pieces(first?.resumeAt)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('begin again') as string,
    });
    await expect(pieces('{"x":')).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('an order', () => {
  const apply = (change: Change): Promise<unknown> => connector.apply(target, change);
  const ordered = async (change: Change): Promise<void> => {
    await expect(apply(change)).rejects.toMatchObject({ code: 'awaited', retry: true });
  };
  const grant = { do: 'grant', account: 'lena', entitlement: 'post_journal' } as const;
  const revoke = { ...grant, do: 'revoke' } as const;
  const given = (): unknown[] =>
    office.orders().flatMap((o) => office.linesOf(o).map((l) => [l['do'], l['account_name'], l['entitlement_id']]));

  test('is given once while it may still be carried out, and says since when', async () => {
    await ordered(grant);
    clock.advance(3_600_000);
    await expect(apply(grant)).rejects.toMatchObject({
      message: expect.stringContaining('ordered 2026-03-02T09:00:00.000Z') as string,
    });
    expect(office.orders()).toHaveLength(1);
    office.carryOut();
    expect(await apply(grant)).toEqual({ changed: false });
    expect((await connector.readAccount(target, 'lena'))?.holdings).toEqual(['view_ledger', 'post_journal']);
  });

  test('by two at once is given once', async () => {
    await Promise.all([ordered(grant), ordered(grant), ordered(grant)]);
    expect(office.orders()).toHaveLength(1);
  });

  test('nobody carried out is given again after a day', async () => {
    await ordered(grant);
    clock.advance(25 * 3_600_000);
    await ordered(grant);
    expect(given()).toEqual([
      ['grant', 'lena', 'post_journal'],
      ['grant', 'lena', 'post_journal'],
    ]);
  });

  test('that was taken back is given again when it is wanted again', async () => {
    await ordered(grant);
    office.carryOut();
    clock.advance(1_000);
    await ordered(revoke);
    office.carryOut();
    clock.advance(1_000);
    await ordered(grant);
    expect(given().map((line) => (line as string[])[0])).toEqual(['grant', 'revoke', 'grant']);
  });

  test('to give something to an account that is itself only ordered can be given', async () => {
    const newGrant = { ...grant, account: 'zoe' };
    await expect(apply(newGrant)).rejects.toMatchObject({ code: 'refused' });
    await ordered({
      do: 'create_account',
      account: 'zoe',
      fullName: 'Zoë\n=Q',
      attributes: { mail: 'zoe@example.org', department: 'x' },
    });
    await ordered(newGrant);
    expect(office.linesOf(office.orders()[0] ?? '')).toMatchObject([
      { do: 'create_account', account_name: 'zoe', full_name: 'Zoë =Q' },
      { do: 'set_attribute', attribute: 'email', value: 'zoe@example.org' },
    ]);
    office.carryOut();
    const seen = await connector.readAccount(target, 'zoe');
    expect(seen).toMatchObject({
      account: { state: 'active', attributes: { email: 'zoe@example.org' } },
      holdings: ['post_journal'],
    });
  });

  test('about facts names those these files keep, and only what is different', async () => {
    const facts = {
      do: 'set_attributes',
      account: 'E-1',
      attributes: { mail: null, employee_id: '9', job_title: 'x' },
    } as const;
    expect(await connector.preview(target, facts)).toEqual({ summary: 'set email, employee_id of lena', needed: true });
    await ordered(facts);
    office.carryOut();
    expect(await apply(facts)).toEqual({ changed: false });
    const same = { ...facts, attributes: { job_title: 'y' } };
    expect((await connector.preview(target, same)).needed).toBe(false);
  });

  test('is no formula in any cell, and comes out of the file as it went in', async () => {
    await ordered({ ...grant, entitlement: '-all' });
    const [order = ''] = office.orders();
    expect(readFileSync(join(office.folder, 'changes', order), 'utf8')).toContain(",'-all,");
    expect(office.linesOf(order)).toMatchObject([{ do: 'grant', account_id: 'E-1', entitlement_id: '-all' }]);
  });

  test('is refused where the name could be two accounts', async () => {
    office.tables.accounts.push({ account_id: 'lena', account_name: 'other', kind: 'personal' });
    office.export();
    await expect(apply(grant)).rejects.toMatchObject({ code: 'refused' });
    await expect(connector.readAccount(target, 'lena')).rejects.toMatchObject({ code: 'refused' });
    expect((await connector.readAccount(target, 'E-1'))?.account.name).toBe('lena');
  });

  test('cannot be given through a link that was put in the place of the orders', async () => {
    symlinkSync(tmpdir(), file('changes'));
    await expect(apply(grant)).rejects.toMatchObject({ code: 'refused' });
  });
});
