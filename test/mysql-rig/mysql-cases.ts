import { readFileSync } from 'node:fs';
import type { Connection as CallbackConnection } from 'mysql2';
import { createConnection, type Connection, type ConnectionOptions } from 'mysql2/promise';
import { shellCase as line, type DatabaseCase, type DatabaseWay } from '#test/pg-rig/database-conformance.ts';

const optionsOf = (way: DatabaseWay): ConnectionOptions => {
  const env = way.env(way.database);
  return {
    host: '127.0.0.1',
    port: Number(env['WAY_PORT']),
    user: env['WAY_USER'] ?? '',
    password: env['WAY_PASSWORD'] ?? '',
    database: way.database,
    ssl: { ca: readFileSync(env['WAY_CA'] ?? ''), rejectUnauthorized: true },
  };
};

/** What one connection of the driver for Node sees. */
const node = (
  title: string,
  use: (client: Connection) => Promise<unknown>,
  more: ConnectionOptions = {},
): DatabaseCase => ({
  title,
  see: async (way) => {
    const client = await createConnection({ ...optionsOf(way), ...more });
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  },
});

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'it worked',
    (error: unknown) => {
      const { code, errno, sqlState, message } = error as Record<string, unknown>;
      return { code, errno, sqlState, message: String(message).replace(/conform_\w+/, 'the database') };
    },
  );

/** What people and programs do with a database. Run in order: later ones use the tables of earlier ones. */
export const mysqlCases: readonly DatabaseCase[] = [
  line(
    'a select of every kind of value',
    `mariadb -t $DB -e "select 1, 2.5, 'é漢😀', null, true, now() > '2000-01-01', json_array(1,2), x'00ff', date'2020-02-29', cast('10:11:12.5' as time(1))"`,
  ),
  line(
    'several statements in one',
    `mariadb -vv $DB -e "create table t (a int primary key, b text); insert into t select seq, concat(repeat('x', 90), seq) from seq_1_to_20000; select count(*) from t" | grep -v sec`,
  ),
  line(
    'an error, where it is and what it is',
    `mariadb $DB -e "select 1 from nowhere"; mariadb $DB -e "selec 1"; mariadb $DB -e "insert into t values (1, 'again')"; mariadb -f $DB -e "select 1/0; selec; select 2"`,
  ),
  line('warnings', `mariadb -t --show-warnings $DB -e "select 1/0; select cast('12x' as int); show warnings"`),
  line(
    'a transaction that is rolled back, interactively',
    `printf 'begin;\\nupdate t set b = 0 where a = 1;\\nselect b from t where a = 1;\\nrollback;\\nselect length(b) from t where a = 1;\\n' | mariadb -n -t $DB`,
  ),
  line(
    'a script from a pipe with commands of the client',
    `printf 'use $DB\\nshow tables;\\n\\\\u mysql\\nselect database();\\nuse $DB\\ndescribe t;\\nselect a from t order by a limit 2\\\\G\\n' | sed "s/\\$DB/$DB/" | mariadb`,
  ),
  line('completion asks for the columns of every table', `echo 'select 1;' | mariadb --auto-rehash $DB`),
  line('a large result, byte for byte', `mariadb -B $DB -e "select * from t order by a"`),
  line('a large result that is not buffered', `mariadb -q -B $DB -e "select * from t order by a" | sha256sum`),
  line(
    'a row of 18 MB, which takes several packets',
    `mariadb -N -B --max-allowed-packet=64M $DB -e "select repeat('0123456789', 1800000), repeat('x', 700)" | sha256sum`,
  ),
  line(
    'a statement of 17 MB, which takes several packets',
    `mariadb $DB -e "create table big (b longtext)"; (printf "insert into big values ('"; head -c 17000000 /dev/zero | tr '\\\\0' 'x'; printf "')") > $DIR/big.sql; mariadb --max-allowed-packet=64M $DB < $DIR/big.sql; mariadb $DB -e "select length(b), md5(b) from big"`,
  ),
  line(
    'a procedure with several results, and one that fails after its first',
    `printf 'delimiter //\\ncreate procedure p() begin select 1 as a; select 2 as b union select 3; end//\\ncreate procedure q() begin select 1; signal sqlstate "45000" set message_text = "no"; end//\\n' | mariadb $DB; mariadb -t $DB -e "call p(); call q()"; mariadb $DB -e "select 'after'"`,
  ),
  line(
    'statements prepared by SQL',
    `mariadb -t $DB -e "prepare s from 'select ? + a as c from t where a < ?'; set @x = 10, @y = 3; execute s using @x, @y; deallocate prepare s; execute immediate 'select 5'"`,
  ),
  line(
    'reading files of the client is refused by the server',
    `printf '1\\tx\\n' > $DIR/in.txt; mariadb --local-infile=0 $DB -e "load data local infile '$DIR/in.txt' into table t"`,
  ),
  line('a database that is not there', `mariadb nowhere -e 'select 1' 2>&1 | sed 's/Reeve: //'`),
  line('mysqldump as SQL', `mysqldump --skip-comments $DB t | sha256sum; mysqldump --skip-comments -d --routines $DB`),
  line(
    'mysqldump in one transaction, and back',
    `mysqldump --single-transaction --quick --hex-blob $DB t > $DIR/t.sql && mariadb $DB -e "drop table t" && mariadb $DB < $DIR/t.sql && mariadb -B $DB -e "select count(*), sum(crc32(b)) from t"`,
  ),
  line(
    'a statement that is stopped by Ctrl-C',
    `mariadb -n $DB -e "select sleep(20)" > $DIR/out 2>&1 & for i in $(seq 100); do [ "$(mariadb -N -B -e "select count(*) from information_schema.processlist where info = 'select sleep(20)' and db = '$DB'")" = 1 ] && break; sleep 0.1; done; kill -INT $!; wait $!; echo $?; grep -v -e sleep -e '^--' -e '^$' $DIR/out`,
  ),
  node('the driver for Node: values of every kind, by text and prepared', async (client) => [
    (await client.query('select ? as a, ? as b, ? as c, ? as d', [1, 'é', Buffer.from([0, 255]), null]))[0],
    (
      await client.execute('select ? as a, ? as b, ? as c, ? as d, ? as e', [
        1.5,
        'é',
        Buffer.from([0, 255]),
        null,
        new Date(86_400_000),
      ])
    )[0],
    (await client.execute('select a, length(b) as l from t where a between ? and ? order by a', [3, 6]))[0],
    (await client.execute('select a, length(b) as l from t where a between ? and ? order by a', [7, 8]))[0],
  ]),
  node('the driver for Node: errors and what works after them', async (client) => [
    await failure(client.query('selec')),
    await failure(client.execute('select * from nowhere where a = ?', [1])),
    await failure(client.execute('insert into t values (?, ?)', [1, 'again'])),
    (await client.query('select 1 as one'))[0],
  ]),
  node('the driver for Node: what changed', async (client) => [
    (await client.query("update t set b = 'y' where a < 10"))[0],
    (await client.execute('delete from t where a > ? limit 3', [19_000]))[0],
    (await client.query('create table n (id int auto_increment primary key, v text)'))[0],
    (await client.execute('insert into n (v) values (?), (?)', ['a', 'b']))[0],
  ]),
  node('the driver for Node: many at once, one after the other', async (client) => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => client.query('select ? as i', [i])));
    return all.map(([rows]) => (rows as { i: number }[])[0]?.i);
  }),
  node(
    'the driver for Node: several statements and a procedure',
    async (client) => [
      (await client.query('select 1 as a; update t set b = 1 where a = 1; call p()'))[0],
      await failure(client.query('select 1; selec; select 3')),
    ],
    { multipleStatements: true },
  ),
  node('the driver for Node: a statement of 17 MB', async (client) => {
    await client.query('insert into n (v) values (?)', ['z'.repeat(60_000)]);
    return (
      await client.query('select length(?) as l, md5(?) as m', ['q'.repeat(8_700_000), 'r'.repeat(8_700_000)])
    )[0];
  }),
  node('the driver for Node: a ping, another database and a reset', async (client) => {
    await client.ping();
    await client.query('use mysql');
    return (await client.query('select database() as d'))[0];
  }),
  node('the driver for Node: rows one by one, left in the middle', async (client) => {
    const { connection } = client as unknown as { connection: CallbackConnection };
    const stream = connection.query('select * from t order by a').stream();
    let seen = 0;
    for await (const _row of stream) {
      seen += 1;
      if (seen === 10_000) break;
    }
    return seen;
  }),
];
