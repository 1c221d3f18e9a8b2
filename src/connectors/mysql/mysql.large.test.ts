import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabMariadb } from '#lab/index.ts';
import type { ReadingPiece, Target } from '../port.ts';
import { mysqlConnector } from './index.ts';
import { ask, noServer, server, stopServer, targetOf } from './lab-server.fixture.ts';

const PEOPLE = 3_000;

let lab: LabMariadb;
if (noServer !== '') console.log(`SKIP a MariaDB server with very many accounts: ${noServer}`);
beforeAll(async () => {
  if (noServer !== '') return;
  lab = await server();
  const person = "concat('person-', lpad(seq, 6, '0'))";
  await ask(
    lab,
    0,
    'use billing',
    `insert into mysql.global_priv select '%', ${person}, '{"access":0,"plugin":"mysql_native_password","authentication_string":"invalid"}' from seq_1_to_${PEOPLE}`,
    `insert into mysql.roles_mapping select '%', ${person}, 'billing_read', 'N' from seq_1_to_${PEOPLE}`,
    `insert into mysql.tables_priv (Host, Db, User, Table_name, Grantor, Timestamp, Table_priv, Column_priv)
       select '%', 'billing', ${person}, 'invoice', 'root@localhost', now(), 'Select,Insert', '' from seq_1_to_${PEOPLE}`,
    `insert into mysql.columns_priv (Host, Db, User, Table_name, Column_name, Timestamp, Column_priv)
       select '%', 'billing', ${person}, 'customer', 'name', now(), 'Select' from seq_1_to_${PEOPLE}`,
    `insert into mysql.db (Host, Db, User, Select_priv) select '%', concat('db', seq % 500), ${person}, 'Y' from seq_1_to_${PEOPLE}`,
    'flush privileges',
  );
});
afterAll(stopServer);

async function piecesOf(target: Target, from?: string): Promise<ReadingPiece[]> {
  const pieces: ReadingPiece[] = [];
  for await (const piece of mysqlConnector.readInPieces?.(target, from) ?? []) pieces.push(piece);
  return pieces;
}
const rows = (pieces: readonly ReadingPiece[], what: 'accounts' | 'entitlements' | 'holdings' | 'nesting') =>
  pieces.flatMap((piece): readonly unknown[] => piece[what] ?? []).map((row) => JSON.stringify(row));

describe.skipIf(noServer !== '')('a server of 3,000 accounts with rights of all kinds', () => {
  it('comes in small pieces that together are the whole reading', async () => {
    const target = targetOf(lab);
    const pieces = await piecesOf(target);
    const reading = await mysqlConnector.read(target);
    for (const what of ['accounts', 'entitlements', 'holdings', 'nesting'] as const) {
      const whole = reading[what].map((row) => JSON.stringify(row));
      expect(new Set(whole).size).toBe(whole.length);
      expect(rows(pieces, what).sort()).toEqual(whole.sort());
    }
    expect(reading.holdings.length).toBeGreaterThan(5 * PEOPLE);
    const listed = new Set(reading.entitlements.map(({ nativeId }) => nativeId));
    expect(reading.holdings.filter(({ entitlement }) => !listed.has(entitlement))).toEqual([]);
    expect([...listed].filter((id) => /^grant:db\d+\.\*:SELECT$/u.test(id))).toHaveLength(500);
    const largest = Math.max(...pieces.map((piece) => (piece.holdings?.length ?? 0) + (piece.accounts?.length ?? 0)));
    expect(largest).toBeLessThanOrEqual(5_000);
  });

  it('goes on where it broke off, in the middle of what one table is granted to', async () => {
    const target = { ...targetOf(lab), settings: { pageRows: 700 } };
    const whole = await piecesOf(target);
    const breaks = whole.flatMap((piece, at) => (piece.resumeAt === undefined ? [] : [{ at, from: piece.resumeAt }]));
    expect(breaks.length).toBeGreaterThan(18);
    for (const index of [1, 8, 14, breaks.length - 2]) {
      const found = breaks[index];
      if (!found) throw new Error(`no break ${index}`);
      const joined = [...whole.slice(0, found.at + 1), ...(await piecesOf(target, found.from))];
      for (const what of ['accounts', 'entitlements', 'holdings', 'nesting'] as const)
        expect(rows(joined, what).sort()).toEqual(rows(whole, what).sort());
    }
    await expect(piecesOf(targetOf(lab), breaks[3]?.from)).rejects.toMatchObject({ code: 'failed' });
  });

  it('does not pass for whole when rights changed while it was read, nor goes on after that', async () => {
    const target = targetOf(lab);
    const kept: ReadingPiece[] = [];
    const read = async (): Promise<void> => {
      for await (const piece of mysqlConnector.readInPieces?.(target) ?? []) {
        kept.push(piece);
        if (kept.length === 3) await ask(lab, 0, 'grant select on wiki.* to `person-000001`');
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'failed', retry: true });
    expect(kept.some((piece) => piece.whole !== undefined)).toBe(false);
    await expect(piecesOf(target, kept.at(-1)?.resumeAt)).rejects.toMatchObject({ code: 'failed' });
  });

  it('tells in no time that nothing changed, and asks to be read whole when anything did', async () => {
    const target = targetOf(lab);
    const { mark = '' } = await mysqlConnector.read(target);
    const begun = performance.now();
    expect(await mysqlConnector.readChanges?.(target, mark)).toMatchObject({ accounts: [], holdingsOf: [], mark });
    expect(performance.now() - begun).toBeLessThan(2_000);
    const changes = [
      'grant insert on wiki.* to `person-000002`',
      'revoke insert on wiki.* from `person-000002`',
      'alter user `person-000002` account lock',
      'alter user `person-000002` account unlock',
      'create definer = root@localhost procedure wiki.act() select 1',
      'drop procedure wiki.act',
    ];
    let last = mark;
    for (const [index, change] of changes.entries()) {
      await ask(lab, 0, change);
      expect([change, await mysqlConnector.readChanges?.(target, last)]).toEqual([change, undefined]);
      if (index % 2 === 0) last = (await mysqlConnector.read(target)).mark ?? '';
    }
  });
});
