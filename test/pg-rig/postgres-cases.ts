import { readFileSync } from 'node:fs';
import { Client, type ClientConfig } from 'pg';
import { shellCase, type DatabaseCase, type DatabaseWay } from './database-conformance.ts';

/** A shell line, without what the gateway says for itself, once. */
const line = (title: string, script: string): DatabaseCase =>
  shellCase(title, script, (said) => said.replaceAll(/^NOTICE: {2}Reeve: .*\n/gm, ''));

/** What one connection of the Node driver sees. */
const node = (title: string, use: (client: Client) => Promise<unknown>): DatabaseCase => ({
  title,
  see: async (way) => {
    const client = new Client(configOf(way));
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  },
});

function configOf(way: DatabaseWay): ClientConfig {
  const env = way.env(way.database);
  const root = env['PGSSLROOTCERT'];
  return {
    host: env['PGHOST'] ?? '',
    port: Number(env['PGPORT']),
    user: env['PGUSER'] ?? '',
    password: env['PGPASSWORD'] ?? '',
    database: way.database,
    ssl: root === undefined ? { rejectUnauthorized: false } : { ca: readFileSync(root), rejectUnauthorized: true },
  };
}

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'it worked',
    (error: unknown) => ({ code: (error as { code?: string }).code, message: (error as Error).message }),
  );

/** How much is copied in bulk: `npm run bench -- pg-copy` does it with a gigabyte. */
const COPY_MIB = 8;
const PSQL = 'psql -X -v ON_ERROR_STOP=1';

/** What people and programs do with a database. Run in order: later ones use the tables of earlier ones. */
export const postgresCases: readonly DatabaseCase[] = [
  line(
    'a select of every kind of value',
    `${PSQL} -c "select 1, 2.5::numeric, 'é漢😀', null, true, now() > 'epoch', array[1,2], '{\\"a\\":1}'::jsonb, '\\\\x00ff'::bytea"`,
  ),
  line(
    'several statements in one',
    `${PSQL} -c "create table t (a int primary key, b text); insert into t select g, repeat('x', 90) || g from generate_series(1, 20000) g; select count(*) from t"`,
  ),
  line(
    'an error, where it is and what it is',
    `psql -X -c "select 1 from nowhere"; psql -X -v VERBOSITY=verbose -c "selec 1"; psql -X -c "insert into t values (1, 'again')"`,
  ),
  line(
    'a transaction that fails and is rolled back',
    `printf 'begin;\\nupdate t set b = 0 where a = 1;\\nselect 1/0;\\nselect 2;\\ncommit;\\nselect length(b) from t where a = 1;\\n' | psql -X`,
  ),
  line(
    'a script from a pipe with meta commands',
    `printf '\\\\d t\\n\\\\dt\\n\\\\l+ postgres\\n\\\\conninfo x\\nselect a from t order by a limit 2 \\\\gdesc\\n' | psql -X | grep -v -e Size -e postgres`,
  ),
  line('a large result, byte for byte', `${PSQL} -A -t -c "select * from t order by a"`),
  line('a result in pieces by a cursor', `${PSQL} -A -t -v FETCH_COUNT=1000 -c "select * from t order by a"`),
  line(
    'copy out and in by \\copy',
    `${PSQL} -q -c "\\copy t to '$DIR/t.csv' csv header" && sha256sum < $DIR/t.csv && ${PSQL} -c "create table u (like t)" -c "\\copy u from '$DIR/t.csv' csv header" -c "select count(*), sum(hashtext(b)) from u"`,
  ),
  line(
    'copy in binary, 5 MiB',
    `${PSQL} -q -c "create table big as select g as a, repeat(md5(g::text), 40) as b from generate_series(1, 4000) g" && ${PSQL} -c "copy big to stdout (format binary)" > $DIR/big.bin && sha256sum < $DIR/big.bin && ${PSQL} -c "create table big2 (like big)" -c "\\copy big2 from '$DIR/big.bin' (format binary)"`,
  ),
  line(
    `copy out and in, ${COPY_MIB} MiB, byte for byte`,
    `${PSQL} -q -c "create unlogged table bulk as select n, repeat(md5(n::text), 30) || chr(9) || 'häuser' as b from generate_series(1, ${COPY_MIB * 1030}) n" -c "create unlogged table bulk2 (like bulk)" && ${PSQL} -c "copy bulk to stdout" | tee $DIR/bulk | sha256sum && ${PSQL} -c "copy bulk2 from stdin" < $DIR/bulk && ${PSQL} -c "copy bulk2 to stdout" | sha256sum && ${PSQL} -q -c "drop table bulk, bulk2"`,
  ),
  line(
    'copy data that looks like messages',
    `printf 'Q\\\\0\\\\0\\\\0 drop table t; X\\nE C Z 57P01\\n' | ${PSQL} -c "create table odd (a text)" -c "copy odd from stdin" -c "table odd"`,
  ),
  line(
    'a copy that fails halfway',
    `printf '1\\tx\\nnot a number\\ty\\n3\\tz\\n' | psql -X -c "copy t from stdin" -c "select count(*) from t"`,
  ),
  line(
    'large objects, which are function calls',
    `head -c 300000 /dev/zero | tr '\\0' 'x' > $DIR/lo; ${PSQL} -q -c "\\lo_import $DIR/lo" -c "\\lo_export :LASTOID $DIR/lo.out" && cmp $DIR/lo $DIR/lo.out && echo same`,
  ),
  line(
    'a statement that is cancelled by Ctrl-C',
    // psql tells that it has asked before or after the answer, as it happens.
    `psql -X -c "select pg_sleep(20)" 2> $DIR/err & for i in $(seq 100); do [ "$(psql -X -Atc "select count(*) from pg_stat_activity where query = 'select pg_sleep(20)' and state = 'active' and datname = current_database()")" = 1 ] && break; sleep 0.1; done; kill -INT $!; wait $!; echo $?; grep -v 'Cancel request sent' $DIR/err >&2`,
  ),
  line('notices and warnings', `psql -X -c "do \\$\\$ begin raise notice 'one'; raise warning 'two'; end \\$\\$"`),
  line(
    'a database that is not there',
    `PGDATABASE=nowhere psql -X -c 'select 1' 2>&1 | sed 's/.*FATAL: *//; s/^Reeve: //'`,
  ),
  ...['simple', 'extended', 'prepared'].map((mode) =>
    line(
      `pgbench, with ${mode} statements`,
      `printf '\\\\set a random(1, 1000)\\nbegin;\\nupdate t set b = :a::text where a = :a;\\nselect b from t where a = :a;\\nend;\\n' > $DIR/tx.sql; pgbench -n -M ${mode} -f $DIR/tx.sql -c 2 -t 50 | grep -E 'processed|failed|mode'`,
    ),
  ),
  line(
    'pgbench, in a pipeline',
    `printf '\\\\startpipeline\\nselect 1;\\nupdate t set b = 1 where a = 1;\\nselect 2;\\n\\\\endpipeline\\n' > $DIR/pipe.sql; pgbench -n -M prepared -f $DIR/pipe.sql -t 100 | grep -E 'processed|failed|mode'`,
  ),
  line('pg_dump as SQL', `pg_dump -O -x -t odd | grep -v restrict`),
  line(
    'pg_dump in its own format, and pg_restore',
    `pg_dump -Fc -t u -f $DIR/u.dump && ${PSQL} -q -c "drop table u" && pg_restore -d $DB $DIR/u.dump && ${PSQL} -A -t -c "select count(*), sum(hashtext(b)) from u"`,
  ),
  line(
    'pg_dump by several at once, and back by several',
    `rm -rf $DIR/d; pg_dump -Fd -j 3 -t t -t u -f $DIR/d && ${PSQL} -q -c "drop table t, u" && pg_restore -j 3 -d $DB $DIR/d && ${PSQL} -A -t -c "select count(*) from t, lateral (select 1) x"`,
  ),
  node('the driver for Node: values of every kind, named and unnamed', async (client) => {
    const named = {
      name: 'n',
      text: 'select $1::int as a, $2::text as b, $3::bytea as c, $4::jsonb as d',
      values: [1, 'x', Buffer.from([0, 255]), { y: 1 }],
    };
    const first = await client.query(named);
    const second = await client.query({ ...named, values: [null, null, null, null] });
    return [first.rows, second.rows, (await client.query('select $1::int[] as l', [[1, 2]])).rows];
  }),
  node('the driver for Node: errors and what works after them', async (client) => [
    await failure(client.query('select $1::int', ['no number'])),
    await failure(client.query('selec')),
    await failure(client.query({ name: 'bad', text: 'select * from nowhere', values: [] })),
    (await client.query('select 1 as one')).rows,
  ]),
  node('the driver for Node: many at once, one after the other', async (client) => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => client.query('select $1::int as i', [i])));
    return all.map((r) => (r.rows as { i: number }[])[0]?.i);
  }),
  {
    title: 'a notification that somebody else sent',
    see: async (way) => {
      const [hears, says] = [new Client(configOf(way)), new Client(configOf(way))];
      await Promise.all([hears.connect(), says.connect()]);
      try {
        const heard = new Promise((resolve) => hears.once('notification', resolve)) as Promise<{ payload?: string }>;
        await hears.query('listen news');
        await says.query("notify news, 'hello'");
        return (await heard).payload;
      } finally {
        await Promise.all([hears.end(), says.end()]);
      }
    },
  },
  node('the driver for Node: names used again for something else', async (client) => {
    await client.query('prepare again as select 1 as x');
    await client.query('deallocate again');
    await client.query('prepare again as select 2 as x');
    return (await client.query('execute again')).rows;
  }),
];
