import assert from 'node:assert/strict';
import { LONGEST_VALUE, type RowReader, type RowsPiece, type Target } from '../port.ts';
import { relay } from './relay.ts';
import type { Bench, Case, RowsRig } from './rig.ts';
import { everything, refusal, refused } from './steps.ts';

interface Reads {
  readonly rows: RowReader;
  readonly rig: RowsRig;
  readonly target: Target;
}

/** What a case about rows works with; undefined for a kind that reads none. */
function readsOf({ connector, rig, target }: Bench): Reads | undefined {
  if (connector.rows === undefined) return undefined;
  assert.ok(rig.rows, `${connector.kind} reads rows of people, and the rig does not say where some are`);
  return { rows: connector.rows, rig: rig.rows, target: rig.rows.target ?? target };
}

async function piecesOf(pieces: AsyncIterable<RowsPiece>): Promise<RowsPiece[]> {
  const all: RowsPiece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

const rowsOf = (pieces: readonly RowsPiece[]): string[] =>
  pieces.flatMap((piece) => piece.rows.map((row) => JSON.stringify(row))).sort();

/** One case, left out silently for kinds that read no rows. */
const rowCase = (title: string, prove: (reads: Reads, bench: Bench) => Promise<void>, needs?: Case['needs']): Case => ({
  title,
  ...(needs === undefined ? {} : { needs }),
  prove: async (bench) => {
    const reads = readsOf(bench);
    if (reads !== undefined) await prove(reads, bench);
  },
});

/** Reading rows of people, for kinds that do. */
export const rowCases: readonly Case[] = [
  rowCase('a place names its columns, and its rows are texts in the columns that were asked for', async (reads) => {
    const { rows, rig, target } = reads;
    const names = (await rows.columns(target, rig.place)).map(({ name }) => name);
    for (const column of rig.columns) assert.ok(names.includes(column), `${column} is not among ${names.join(', ')}`);
    const pieces = await piecesOf(rows.read(target, rig.place, rig.columns));
    assert.deepEqual(
      pieces.map((piece) => piece.whole === true),
      pieces.map((_, at) => at === pieces.length - 1),
      'only the last piece says that it is whole',
    );
    for (const piece of pieces) {
      assert.deepEqual(piece.columns, rig.columns);
      for (const row of piece.rows) {
        assert.equal(row.length, rig.columns.length);
        for (const value of row) assert.ok(typeof value === 'string' && value.length <= LONGEST_VALUE + 1);
      }
    }
    const keys = pieces.flatMap((piece) => piece.rows.map((row) => row[0]));
    assert.ok(keys.length >= rig.least, `${keys.length} rows, where ${rig.least} are at least`);
    assert.equal(new Set(keys).size, keys.length, 'a row is there twice');
    assert.deepEqual(rowsOf(await piecesOf(rows.read(target, rig.place, rig.columns))), rowsOf(pieces));
  }),

  rowCase('columns come in the order and the spelling they were asked for', async ({ rows, rig, target }) => {
    const asked = rig.columns.toReversed().map((name) => (name.startsWith('@') ? name : name.toUpperCase()));
    const turned = await piecesOf(rows.read(target, rig.place, asked));
    const straight = await piecesOf(rows.read(target, rig.place, rig.columns));
    assert.deepEqual(turned[0]?.columns, asked);
    const back = turned.map((piece) => ({ ...piece, rows: piece.rows.map((row) => row.toReversed()) }));
    assert.deepEqual(rowsOf(back), rowsOf(straight));
  }),

  rowCase('a column that is not there is told by those that are, without a row', async ({ rows, rig, target }) => {
    const gone = 'conformgone';
    const pieces = await piecesOf(rows.read(target, rig.place, [...rig.columns, gone]));
    assert.equal(rowsOf(pieces).length, 0);
    assert.equal(pieces.at(-1)?.whole, true);
    for (const name of rig.columns) assert.ok(pieces[0]?.columns.includes(name), `${name} is there`);
    assert.ok(pieces[0]?.columns.includes(gone) === false);
  }),

  rowCase('a place that is not there is refused', async ({ rows, rig, target }) => {
    await refused(rows.columns(target, rig.nowhere), ['refused'], 'columns');
    await refused(piecesOf(rows.read(target, rig.nowhere, rig.columns)), ['refused'], 'read');
  }),

  rowCase('a name in a place, and a column, is a name and nothing else', async ({ rows, rig, target }, bench) => {
    const before = await bench.rig.unharmed();
    for (const place of rig.hostile) {
      await refused(rows.columns(target, place), ['refused', 'unsupported'], JSON.stringify(place));
      await refused(piecesOf(rows.read(target, place, rig.columns)), ['refused', 'unsupported'], JSON.stringify(place));
    }
    for (const name of [
      'x"; drop table pwned; --',
      'x`; drop table pwned; -- ',
      "x' or '1'='1",
      'x)(uid=*',
      'a\0b',
      '',
    ]) {
      const attempt = piecesOf(rows.read(target, rig.place, [...rig.columns, name]));
      const error = await refusal(attempt);
      if (error === undefined) assert.equal(rowsOf(await attempt).length, 0, `rows came for the column ${name}`);
      else assert.equal(error.code, 'refused');
    }
    assert.deepEqual([...(await bench.rig.unharmed())].sort(), [...before].sort());
  }),

  rowCase('an unknown key of a place is refused, and every known one has a default or is asked for', async (reads) => {
    const { rows, rig, target } = reads;
    assert.equal(rows.place.safeParse({ ...rig.place, nonsense: 1 }).success, false);
    assert.equal(rows.place.safeParse(rig.place).success, true);
    await refused(rows.columns(target, { ...rig.place, nonsense: 1 }), ['refused'], 'columns');
  }),

  rowCase('where secrets are kept nothing is read', async ({ rows, rig, target }) => {
    for (const { place, columns } of rig.secret)
      await refused(piecesOf(rows.read(target, place, columns)), ['refused'], JSON.stringify({ place, columns }));
    const named = (await rows.columns(target, rig.place)).map(({ name }) => name.toLowerCase());
    for (const { columns } of rig.secret)
      for (const name of columns)
        if (!rig.columns.includes(name)) assert.ok(!named.includes(name.toLowerCase()), `${name} is named`);
  }),

  rowCase(
    'rows are asked of nobody but the pinned target, and a target that is not there is unreachable, soon',
    async ({ rows, rig, target }, bench) => {
      const before = await bench.rig.loginAttempts();
      for (const pinned of [[bench.rig.otherPin], []]) {
        const error = await refused(
          piecesOf(rows.read({ ...target, pinned }, rig.place, rig.columns)),
          ['untrusted'],
          'read',
        );
        const { credential } = target;
        if (credential.kind === 'password') assert.ok(!everything(error).includes(credential.password));
      }
      assert.equal(await bench.rig.loginAttempts(), before, 'a credential was sent');
      const begun = performance.now();
      await refused(
        piecesOf(rows.read({ ...target, port: 1, settings: bench.rig.impatient }, rig.place, rig.columns)),
        ['unreachable'],
        'read',
      );
      assert.ok(performance.now() - begun < 5_000, 'it took too long');
    },
    ['pins', 'network'],
  ),

  rowCase(
    'rows cut short anywhere throw instead of being fewer',
    async ({ rows, rig, target }) => {
      const whole = rowsOf(await piecesOf(rows.read(target, rig.place, rig.columns)));
      const through = (to: { readonly host: string; readonly port: number }): Promise<RowsPiece[]> =>
        piecesOf(rows.read({ ...target, host: to.host, port: to.port }, rig.place, rig.columns));
      const measure = await relay(target, {});
      assert.deepEqual(rowsOf(await through(measure)), whole);
      await measure.stop();
      let threw = 0;
      for (const part of [0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99]) {
        const cut = await relay(target, { cutAfter: Math.floor(measure.bytes() * part) });
        const attempt = through(cut);
        const error = await refusal(attempt);
        await cut.stop();
        // The last bytes are goodbyes: rows that are whole by then may be given, fewer never.
        if (error) assert.ok(error.retry, `cut at ${part}: ${error.message}`);
        else assert.deepEqual(rowsOf(await attempt), whole, `cut at ${part}`);
        threw += error ? 1 : 0;
      }
      assert.ok(threw >= 4, `only ${threw} of 8 cuts were noticed`);
    },
    ['network'],
  ),

  rowCase(
    'whoever stops early ends the connection',
    async ({ rows, rig, target }) => {
      const line = await relay(target, {});
      for await (const piece of rows.read({ ...target, host: line.host, port: line.port }, rig.place, rig.columns)) {
        assert.ok(piece.columns.length > 0);
        break;
      }
      const end = performance.now() + 3_000;
      while (line.open() > 0 && performance.now() < end) await new Promise((done) => setTimeout(done, 20));
      assert.equal(line.open(), 0, 'a connection is still open');
      await line.stop();
    },
    ['network'],
  ),
];
