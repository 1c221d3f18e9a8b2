import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inert } from './print.ts';

/** Answers as a Reeve would, so that what is tested is the command line and not the server. */
let server: Server;
let url: string;
let home: string;
const seen: { method: string; path: string; headers: Record<string, unknown>; body: () => string }[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'reeve-cli-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: () => body });
    const status = Number(
      /status=(\d+)/.exec(decodeURIComponent(request.url ?? ''))?.[1] ??
        (request.url?.startsWith('/v1/sessions/') ? 404 : 200),
    );
    const problem = {
      type: 'x',
      title: 't',
      status,
      detail: 'the detail',
      code: 'some.code',
      fix: 'do this',
      trace_id: 't',
    };
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
    if (status >= 400) response.end(JSON.stringify(problem));
    else if (request.url?.endsWith('/feeds') === true)
      response.end(
        JSON.stringify({
          id: '1',
          state: 'refused',
          problems: [{ detail: 'the file is\u001b[2J empty' }],
          heldBecause: [],
        }),
      );
    else if (request.url === '/v1/me')
      response.end(JSON.stringify({ id: '1', displayName: 'Evil \u001b]52;c;x\u0007', roles: [] }));
    else
      response.end(
        JSON.stringify({
          items: request.url?.includes('tokens') ? [] : [{ id: '1', name: 'n', fingerprint: 'SHA256:x' }],
          nextCursor: request.url?.includes('systems') ? 'next' : null,
        }),
      );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});

const run = (args: readonly string[], to = url): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      ['bin/reeve', ...args],
      {
        env: { PATH: process.env['PATH'], HOME: home, REEVE_URL: to, REEVE_TOKEN: 'rv_test', NO_COLOR: '1' },
        timeout: 30_000,
      },
      (error, out, err) => done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

test('an empty list prints [] as JSON and exits 0', async () => {
  expect(await run(['token', 'ls', '--json'])).toMatchObject({ code: 0, out: '[]\n' });
});

test('a list into a pipe is tab-separated, and only the fields asked for as JSON', async () => {
  expect((await run(['ssh-key', 'ls'])).out).toBe('1\tn\tSHA256:x\t-\t-\t-\n');
  expect(JSON.parse((await run(['ssh-key', 'ls', '--json', 'name'])).out)).toEqual([{ name: 'n' }]);
});

test('a cut list says on stderr how to go on', async () => {
  expect((await run(['systems', 'ls'])).err).toContain('--cursor next');
});

test('what the data says cannot steer the terminal', async () => {
  const { out } = await run(['status']);
  expect(out.includes('\u001b')).toBe(false);
  expect(inert('a\u001b[2Jb')).toBe('a\\x1b[2Jb');
});

test.each([
  [401, 3],
  [403, 4],
  [404, 6],
  [409, 7],
  [422, 2],
  [503, 8],
  [500, 1],
])('an answer of %i exits %i with one line that says what and what to do', async (status, code) => {
  const got = await run(['vault', 'ls', '--search', `status=${status}`]);
  expect(got.code).toBe(code);
  expect(got.err).toBe('reeve: the detail. do this (some.code)\n');
  expect(got.out).toBe('');
});

test('a server that does not answer exits 8, a wrong command 2, with the nearest known one', async () => {
  expect((await run(['status'], 'http://127.0.0.1:1')).code).toBe(8);
  const typo = await run(['sesions', 'ls']);
  expect(typo.code).toBe(2);
  expect(typo.err).toContain('sessions');
});

test('an unsafe call carries an Idempotency-Key and the token, and the token is in no argument', async () => {
  await run(['sessions', 'end', '0199f7a0-0000-7000-8000-000000000000', '--because', 'x']);
  const last = seen.at(-1);
  expect(last?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  expect(last?.headers['authorization']).toBe('Bearer rv_test');
});

test('a file a command can do without is sent where it is named, and missed where it is needed', async () => {
  const file = join(home, 'draft.csv');
  writeFileSync(file, 'id\n1\n');
  await run(['sources', 'preview', 'hr', '--terms', '{"rank":5}']);
  expect(JSON.parse(seen.at(-1)?.body() ?? '')).toEqual({ terms: { rank: 5 } });
  await run(['sources', 'preview', 'hr', '--file', file]);
  expect(JSON.parse(seen.at(-1)?.body() ?? '')).toEqual({ content: 'aWQKMQo=', encoding: 'base64' });
  expect((await run(['sources', 'import', 'hr'])).err).toContain("required option '--file <path>'");
});

test('a file is sent byte for byte, and an answer that is a no exits 7 with its reasons', async () => {
  const file = join(home, 'people.csv');
  writeFileSync(file, Buffer.from([0xff, 0x00, 0x41]));
  const got = await run(['sources', 'import', 'hr', '--file', file]);
  expect(JSON.parse(seen.at(-1)?.body() ?? '')).toEqual({
    content: Buffer.from([0xff, 0x00, 0x41]).toString('base64'),
    encoding: 'base64',
  });
  expect(got.code).toBe(7);
  expect(got.err).toBe('reeve: the file is\\x1b[2J empty\n');
  expect((await run(['sources', 'import', 'hr', '--file', join(home, 'nowhere')])).err).toContain('cannot be read');
});

test('completion knows the commands', async () => {
  expect((await run(['__complete', 'sess'])).out).toBe('sessions\n');
});
