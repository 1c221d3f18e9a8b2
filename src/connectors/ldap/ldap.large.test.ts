import { afterAll, describe, expect, it } from 'vitest';
import type { LabLdap } from '#lab/index.ts';
import type { ReadAccount, ReadingPiece, Target } from '../port.ts';
import { ldapConnector } from './index.ts';
import { asRoot, directory, targetOf } from './lab-directory.fixture.ts';
import { crowd } from './crowd.fixture.ts';

const PEOPLE = 20_000;

let lab: LabLdap | undefined;
afterAll(async () => lab?.stop());
const shared = (async () => {
  const started = await directory({ extra: crowd(PEOPLE), loadLimit: 60_000 });
  if ('skip' in started) console.log(`SKIP a large directory: ${started.skip}`);
  else lab = started;
  return started;
})();

async function piecesOf(target: Target, from?: string): Promise<ReadingPiece[]> {
  const pieces: ReadingPiece[] = [];
  for await (const piece of ldapConnector.readInPieces?.(target, from) ?? []) pieces.push(piece);
  return pieces;
}
const rows = (pieces: readonly ReadingPiece[], what: 'accounts' | 'entitlements' | 'holdings' | 'nesting') =>
  pieces.flatMap((piece): readonly unknown[] => piece[what] ?? []).map((row) => JSON.stringify(row));

describe('a directory of 20,000 accounts and a group of them all', { timeout: 120_000 }, () => {
  it('comes in small pieces that together are the whole reading', async (context) => {
    const started = await shared;
    if ('skip' in started) return context.skip(started.skip);
    const target = targetOf(started);
    const pieces = await piecesOf(target);
    const reading = await ldapConnector.read(target);
    for (const what of ['accounts', 'entitlements', 'holdings', 'nesting'] as const) {
      const whole = reading[what].map((row) => JSON.stringify(row));
      expect(new Set(whole).size).toBe(whole.length);
      expect(rows(pieces, what).sort()).toEqual(whole.sort());
    }
    expect(reading.holdings.length).toBeGreaterThan(PEOPLE);
    expect(pieces.at(-1)?.whole?.mark).toBeDefined();
    const largest = Math.max(...pieces.map((piece) => (piece.holdings?.length ?? 0) + (piece.accounts?.length ?? 0)));
    expect(largest).toBeLessThanOrEqual(5_000);
  });

  it('goes on where it broke off, wherever that was, and names nothing twice or never', async (context) => {
    const started = await shared;
    if ('skip' in started) return context.skip(started.skip);
    const target = targetOf(started);
    const whole = await piecesOf(target);
    const breaks = whole.flatMap((piece, at) => (piece.resumeAt === undefined ? [] : [{ at, from: piece.resumeAt }]));
    expect(breaks.length).toBeGreaterThan(6);
    for (const index of [1, breaks.length - 2]) {
      const found = breaks[index];
      if (!found) throw new Error(`no break ${index}`);
      const joined = [...whole.slice(0, found.at + 1), ...(await piecesOf(target, found.from))];
      for (const what of ['accounts', 'entitlements', 'holdings', 'nesting'] as const)
        expect(rows(joined, what).sort()).toEqual(rows(whole, what).sort());
      expect(joined.at(-1)?.whole?.mark).toBeDefined();
    }
    const other = { ...target, settings: { pageSize: 100 } };
    await expect(piecesOf(other, breaks[3]?.from)).rejects.toMatchObject({ code: 'failed' });
  });

  it('somebody taken out of the large group and somebody new are read as changes, not the directory', async (context) => {
    const started = await shared;
    if ('skip' in started) return context.skip(started.skip);
    const target = targetOf(started);
    const { mark = '' } = await ldapConnector.read(target);
    const entitlement = await asRoot(started, async (ldap) => {
      const entry = await ldap.readEntry(`cn=crowd,ou=groups,${started.suffix}`, ['entryUUID']);
      return `group:${entry?.text('entryUUID')}`;
    });
    const begun = performance.now();
    await ldapConnector.apply(target, { do: 'revoke', account: 'person-0000007', entitlement });
    await ldapConnector.apply(target, { do: 'create_account', account: 'person-new', fullName: 'Person New' });
    await ldapConnector.apply(target, { do: 'grant', account: 'person-new', entitlement });
    const changesMs = performance.now() - begun;
    expect(changesMs).toBeLessThan(5_000);
    const changes = await ldapConnector.readChanges?.(target, mark);
    const holders = changes?.holdersOf.find((one) => one.entitlement === entitlement)?.accounts ?? [];
    expect(holders).toHaveLength(PEOPLE);
    expect([holders.includes('person-0000007'), holders.includes('person-new')]).toEqual([false, true]);
    const ids = (changes?.accounts ?? []).map((account: ReadAccount) => account.nativeId);
    expect([ids.includes('person-new'), ids.length < 50]).toEqual([true, true]);
  });

  it('is not taken for whole by an account with a size limit', async (context) => {
    const started = await shared;
    if ('skip' in started) return context.skip(started.skip);
    const credential = {
      kind: 'password',
      username: `uid=lena,ou=people,${started.suffix}`,
      password: started.passwords.get('lena') ?? '',
    } as const;
    const reading = ldapConnector.read({ ...targetOf(started), credential });
    await expect(reading).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('olcLimits') });
  });
});
