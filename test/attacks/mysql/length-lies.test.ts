import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND } from '#gateways/mysql/wire/commands.ts';
import { packet } from '#gateways/mysql/wire/packets.ts';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { command, errorOf, handshake, query, RawMysqlClient } from '#test/mysql-rig/raw-client.ts';
import { PASSWORD, rigBefore, type MysqlRig } from '#test/mysql-rig/rig.ts';
import { nothingLeft } from '#test/pg-rig/rig.ts';

/** Attacks 13, K28 and K29: packets that lie about their length, arrive in pieces, too early, too late or out of order. */
let lab: LabMariadb;
let rig: MysqlRig;
const clients: RawMysqlClient[] = [];
beforeAll(async () => {
  lab = await startMariadb();
  rig = await rigBefore(lab, { longestMessage: 1024 * 1024 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  await nothingLeft(rig);
});
afterAll(async () => {
  await rig?.stop();
  await lab?.stop();
});
const reach = (): RawMysqlClient => {
  const client = new RawMysqlClient(rig.gateway.address.port);
  clients.push(client);
  return client;
};
const header = (length: number, sequence: number): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(length, 0, 3);
  head[3] = sequence;
  return head;
};
const recorded = (): readonly string[] => rig.ports.sessions.flatMap((s) => s.recorder.all.map(({ text }) => text));
const smuggled = query('create table mysql.smuggled (a int)');

describe('before the login', () => {
  it.each<[string, Buffer]>([
    ['of no bytes', header(0, 1)],
    ['of sixteen megabytes', header(0xff_ffff, 1)],
    ['out of order', packet(7, Buffer.alloc(32, 0xff))],
    ['of another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['of before MySQL 4.1', packet(1, Buffer.from([0x05, 0x08, 0, 0, 0]), Buffer.alloc(27))],
    ['that asks for TLS and goes on', packet(1, Buffer.from([0x00, 0x0a, 0, 0]), Buffer.alloc(29))],
  ])('a first packet %s ends the connection', async (_what, bytes) => {
    const client = reach();
    await client.hear(1);
    client.forget();
    client.say(bytes, Buffer.alloc(64));
    await client.gone();
    expect(client.bytes).toHaveLength(0);
  });

  it.each<[string, Buffer]>([
    ['that is cut off', handshake('reeve@db1').subarray(0, 40)],
    ['whose name does not end', Buffer.concat([handshake('').subarray(0, 32), Buffer.from('reeve@db1')])],
    [
      'with more proof than it has',
      Buffer.concat([handshake('').subarray(0, 32), Buffer.from('r\0\xfd\xff\xff\xff', 'latin1')]),
    ],
    ['that goes on after its end', Buffer.concat([handshake('reeve@db1'), Buffer.from('x')])],
    ['whose name is no text', Buffer.concat([handshake('').subarray(0, 32), Buffer.from('\xff\xfe\0\0x\0', 'latin1')])],
  ])('a handshake %s ends it', async (_what, content) => {
    const client = reach();
    await client.tls();
    client.say(packet(2, content));
    await client.gone();
    expect(client.bytes).toHaveLength(0);
  });

  it('a session is not opened by statements that come before the password, or right behind it', async () => {
    const early = reach();
    await early.tls();
    early.say(packet(2, handshake('reeve@db1')), smuggled);
    await early.gone();
    const behind = reach();
    await behind.tls();
    behind.say(packet(2, handshake('reeve@db1')));
    await behind.hear(1);
    behind.say(packet(4, Buffer.from(`${PASSWORD}\0`)), smuggled);
    await behind.gone();
    expect(recorded()).toEqual([]);
  });
});

describe('in a session', () => {
  const run =
    (...content: readonly number[]) =>
    (id: number) =>
      command(COMMAND.execute, Buffer.from([id, 0, 0, 0, 0, 1, 0, 0, 0, ...content]));
  it.each<[string, Buffer | ((id: number) => Buffer)]>([
    ['over what is taken', header(1024 * 1024 + 1, 0)],
    [
      'that goes on until it is over what is taken',
      Buffer.concat([header(0xff_ffff, 0), Buffer.alloc(2 * 1024 * 1024)]),
    ],
    ['with a number that is not the first', packet(1, Buffer.from([COMMAND.query]), Buffer.from('select 1'))],
    ['of a run that names no types', run(0, 0)],
    ['of a run that ends too early', (id) => command(COMMAND.execute, Buffer.from([id, 0, 0, 0, 0]))],
    ['of a run with a value longer than it', run(0, 1, 253, 0, 0xfd, 0xff, 0xff, 0xff)],
    ['of a run with a value of a length that is none', run(0, 1, 253, 0, 0xff)],
    ['of a run that goes on after its end', run(0, 1, 1, 0, 5, ...smuggled)],
    ['of a run with a date of another length', run(0, 1, 7, 0, 3, 1, 1, 1)],
    ['of a run of a type there is not', run(0, 1, 99, 0, 5)],
    ['of a run whose type goes beyond its first byte', run(0, 1, 253, 1, 1, 0x78)],
    [
      'of a piece of a value that is of nothing',
      (id) => command(COMMAND.sendLongData, Buffer.from([id, 0, 0, 0, 9, 0]), 'x'),
    ],
  ])('a packet %s ends it, and nothing of it reaches the database', async (_what, bytes) => {
    const client = reach();
    await client.logIn();
    const [prepared] = await client.ask(command(COMMAND.prepare, 'select ?'), 5);
    const id = prepared?.content.readUInt32LE(1) ?? 0;
    client.forget();
    client.say(typeof bytes === 'function' ? bytes(id) : bytes, smuggled);
    await client.gone();
    expect(client.bytes.toString('latin1')).toContain('broke the protocol');
    expect(rig.ports.last().ended[0]?.reason).toBe('protocol violation by the client');
    expect(rig.ports.last().recorder.all).toHaveLength(1);
  });

  it('types that are bound by another number than 1 end it: the server would take them, and the record others', async () => {
    const client = reach();
    await client.logIn();
    const [prepared] = await client.ask(command(COMMAND.prepare, 'select ?'), 5);
    const id = prepared?.content.readUInt32LE(1) ?? 0;
    await client.ask(run(0, 1, 253, 0, 1, 0x78)(id), 5);
    client.forget();
    client.say(run(0, 2, 15, 0, 13, ...Buffer.from('not as it was'))(id));
    await client.gone();
    expect(client.bytes.toString('latin1')).toContain('broke the protocol');
    expect(rig.ports.last().recorder.all).toHaveLength(2);
  });

  it('an empty packet and commands that are none are answered, and it goes on', async () => {
    const client = reach();
    await client.logIn();
    for (const one of [
      header(0, 0),
      command(0x99),
      command(0x11, 'root\0'),
      command(0x12),
      command(0x08),
      command(0xfa),
    ])
      expect(errorOf((await client.ask(one))[0] ?? { sequence: 0, content: Buffer.alloc(1) })).toContain('1047 Reeve');
    expect((await client.ask(query('do 1')))[0]?.content[0]).toBe(0);
  });

  it('cut at every byte it is the same, on the record and to the database', async () => {
    const client = reach();
    await client.logIn();
    const all = Buffer.concat([
      query('select 1'),
      command(COMMAND.ping),
      query("select 'a' union select 'b'"),
      query('selec'),
    ]);
    client.say(all);
    await client.hear(5 + 1 + 6 + 1);
    const whole = client.bytes.toString('latin1');
    const record = JSON.stringify(rig.ports.last().recorder.all);
    const again = reach();
    await again.logIn();
    for (const byte of all) {
      again.say(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await again.hear(5 + 1 + 6 + 1);
    expect(again.bytes.toString('latin1')).toBe(whole);
    expect(JSON.stringify(rig.ports.last().recorder.all)).toBe(record);
  });

  it('what comes after the end goes nowhere', async () => {
    const client = reach();
    await client.logIn();
    client.say(command(COMMAND.quit), smuggled);
    await client.gone();
    expect(rig.ports.last().recorder.all).toEqual([]);
    const check = reach();
    await check.logIn();
    expect(
      errorOf((await check.ask(query('select * from mysql.smuggled')))[0] ?? { sequence: 0, content: Buffer.alloc(1) }),
    ).toContain('1146');
  });
});
