import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIG } from '#test/http-rig/application.ts';
import { frame, nothingLeft, startHttpRig, upgradeTo, type HttpRig } from '#test/http-rig/rig.ts';
import { run, type Ran } from '#test/ssh-rig/run-program.ts';

/** For curl, through the gateway is like straight to the application: each case runs both ways and must see the same. */
let rig: HttpRig;
let password: string;
beforeAll(async () => {
  rig = await startHttpRig();
  password = rig.password();
  writeFileSync(join(rig.dir, 'upload'), BIG.subarray(0, 12 * 1024 * 1024));
  writeFileSync(join(rig.dir, 'small'), 'a=1&b=2');
});
afterAll(async () => {
  await nothingLeft(rig);
  await rig?.stop();
});

/** Headers of one connection, and those the gateway adds or has to add. */
const OF_THE_WAY = /^(?:connection|keep-alive|transfer-encoding|date):/i;

function seen({ code, stdout }: Ran): unknown {
  const at = stdout.lastIndexOf('\r\n\r\n');
  const head = stdout.subarray(0, Math.max(0, at)).toString('latin1');
  const lines = head.split('\r\n').filter((line) => !OF_THE_WAY.test(line));
  return {
    code,
    lines,
    body: createHash('sha256')
      .update(stdout.subarray(at + 4))
      .digest('hex'),
  };
}

const CASES: readonly (readonly [title: string, path: string, ...args: string[]])[] = [
  ['GET with a length', '/text'],
  ['HEAD', '/text', '-I'],
  ['HEAD of what has no length', '/echo', '-I'],
  ['OPTIONS', '/echo', '-X', 'OPTIONS'],
  ['POST of a form', '/echo', '--data', '@SMALL'],
  ['POST without a body', '/echo', '-X', 'POST'],
  ['PUT of a file, in chunks', '/echo', '-T', 'UPLOAD', '-H', 'Transfer-Encoding: chunked', '-H', 'Expect:'],
  ['PUT of a file, after 100-continue', '/echo', '-T', 'UPLOAD', '-H', 'Expect: 100-continue'],
  ['100-continue that is answered with no', '/no-thanks', '-T', 'UPLOAD', '-H', 'Expect: 100-continue'],
  ['DELETE with a body', '/echo', '-X', 'DELETE', '--data', 'x=1'],
  ['GET with a body', '/echo', '-X', 'GET', '--data', '{"query":1}'],
  ['PATCH', '/echo', '-X', 'PATCH', '--data', 'y'],
  ['an answer in chunks', '/chunks'],
  ['gzip, as it came', '/gzip', '-H', 'Accept-Encoding: gzip'],
  ['304', '/etag', '-H', 'If-None-Match: "larkspur-1"'],
  ['200 for another tag', '/etag', '-H', 'If-None-Match: "other"'],
  ['a range', '/big', '-r', '1000000-2000000'],
  ['50 MB', '/big'],
  ['404', '/not-there'],
  ['an odd status, and headers that come twice', '/odd'],
  ['a query as it came', '/echo?q=%C3%A4+b&&x=%2F..%2f&y=a|b'],
  ['a path as it came', '/a/%2Fb;v=1//c', '--path-as-is'],
  ['HTTP/1.0', '/text', '-0', '--no-alpn'],
  ['HTTP/1.0, an answer without a length', '/chunks', '-0', '--no-alpn'],
];

describe('through the gateway is like the application itself', () => {
  it.for(CASES.map((one) => [one[0], one] as const))('%s', async ([, [, path, ...args]]) => {
    const files = args.map((arg) =>
      arg.replace('UPLOAD', join(rig.dir, 'upload')).replace('SMALL', join(rig.dir, 'small')),
    );
    const both = await Promise.all([rig.direct(path, '-i', ...files), rig.curl(password, path, '-i', ...files)]);
    const [direct, through] = both.map(seen);
    expect(through).toEqual(direct);
    expect(through).toMatchObject({ code: 0 });
  });

  it('one connection serves many requests', async () => {
    const ask = (origin: string) => [
      '-w',
      '%{num_connects} ',
      '-o',
      '/dev/null',
      `${origin}/text`,
      '-o',
      '/dev/null',
      `${origin}/etag`,
      '-o',
      '/dev/null',
      `${origin}/gzip`,
    ];
    const ran = await run('curl', [
      '-sS',
      '--cacert',
      join(rig.dir, 'gateway.crt'),
      '-H',
      `Reeve-Password: ${password}`,
      ...ask(rig.origin),
    ]);
    expect(ran.stdout.toString()).toBe('1 0 0 ');
  });

  it('a WebSocket says what was said, both ways, small and large', async () => {
    const client = await rig.raw();
    client.say(upgradeTo(rig, '/ws', password));
    await client.hears('\r\n\r\n');
    expect(client.text).toContain('HTTP/1.1 101 Switching Protocols');
    expect(client.text).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    client.say(frame('hello'));
    await client.hears('hello');
    const large = 'x'.repeat(300_000);
    client.say(frame(`${large}end-of-it`));
    await client.hears('end-of-it');
    client.say(frame(Buffer.alloc(0), 8));
    await client.ends();
  });

  it('all of it was one session, each request a line of its record', () => {
    const { sessions } = rig.ports.inner;
    expect(sessions).toHaveLength(1);
    const { all } = sessions[0]?.recorder ?? { all: [] };
    expect(
      all.find((one) => one.text === 'GET /big' && one.ended?.tag?.startsWith('200') === true)?.ended,
    ).toMatchObject({
      bytes: { in: 0, out: BIG.length },
    });
    expect(all.find((one) => one.via === 'websocket')).toMatchObject({
      text: 'GET /ws',
      ended: { tag: '101 Switching Protocols' },
    });
    expect(JSON.stringify(all)).not.toContain(password);
  });
});
