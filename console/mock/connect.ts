import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { id, minutes, type Routes } from './answer.ts';

/** What can be opened, and a key to open it. */
export const connectRoutes: Routes = {
  'GET /v1/ssh-gateway': () => ({
    gateways: [{ address: 'localhost', port: 3022, knownHost: '[localhost]:3022 ssh-ed25519 AAAA' }],
    accounts: [
      { account: 'lena', system: 'web1', own: true },
      { account: 'root', system: 'web1', own: false },
      { account: 'deploy', system: 'build2', own: false },
    ],
  }),
  'GET /v1/me/openable-accounts': () => ({
    items: [
      { account: 'lena', system: 'web1', own: true, protocol: 'ssh' },
      { account: 'root', system: 'web1', own: false, protocol: 'ssh' },
      { account: 'dba', system: 'orders', own: true, protocol: 'postgres' },
      { account: 'app', system: 'billing', own: false, protocol: 'mysql' },
    ],
  }),
  'POST /v1/browser-sessions': () => ({ id: id('b5', 0), key: 'rvb_mock', endsAt: minutes(1) }),
};

const entries = [
  { name: 'releases', kind: 'folder', size: 4096, modifiedAt: 1_760_000_000 },
  { name: 'nginx.log', kind: 'file', size: 48_211, modifiedAt: 1_760_000_000 },
  { name: 'a\u202egnp.exe', kind: 'file', size: 17, modifiedAt: 1_760_000_000 },
];

type Ran = { readonly id: number; readonly text: string };

/** Results of all kinds: rows, an absent value, script, bytes, a value that was cut; and an error with its place. */
const prompt = (tell: (message: object) => void, run: Ran): void => {
  const of = { id: run.id, n: 1 };
  tell({ begins: { ...of, where: { start: 0, end: Math.min(run.text.length, 40) } } });
  tell({
    columns: {
      ...of,
      columns: [
        { name: 'id', type: 'bigint', isNumber: true },
        { name: 'customer', type: 'text', isNumber: false },
        { name: '<img src=x onerror=alert(1)>', type: 'jsonb', isNumber: false },
        { name: 'seen', type: 'timestamptz', isNumber: false },
      ],
    },
  });
  tell({
    rows: {
      ...of,
      rows: Array.from({ length: 480 }, (_, n) => [
        String(n * 17 + 4),
        n % 5 === 1 ? null : n % 5 === 2 ? '' : n % 5 === 3 ? '<script>alert(1)</script>' : `Larkspur ${String(n)}`,
        n % 7 === 0
          ? { begins: '{"lines":[', bytes: 5_200_300 }
          : n % 7 === 1
            ? { hex: '00ff0a', bytes: 3 }
            : '{"a": 1}',
        '2026-11-27 05:00:00+00',
      ]),
    },
    upTo: 1,
  });
  tell({ done: { ...of, tag: 'SELECT 480', rows: 480, more: true, ms: 34 } });
  const second = { id: run.id, n: 2 };
  tell({ begins: { ...second, where: { start: 0, end: run.text.length } } });
  tell({
    failed: {
      ...second,
      code: '42703',
      message: 'column "custmer" does not exist',
      hint: 'Perhaps you meant to reference the column "orders.customer".',
      at: Math.min(7, run.text.length),
      ms: 2,
    },
  });
  tell({ over: { id: run.id, transaction: 'failed' } });
};

const tables = [
  ['public', 'customers', 'BASE TABLE'],
  ['public', 'orders', 'BASE TABLE'],
  ['public', 'open_orders', 'VIEW'],
  ['pg_catalog', 'pg_class', 'BASE TABLE'],
];
const columns = [
  ['id', 'bigint', 'NO'],
  ['customer', 'text', 'YES'],
];

/** A shell that repeats what is typed, and a folder; or an SQL prompt. */
export const takeSockets = (server: Server): void => {
  const sockets = new WebSocketServer({ server, path: '/v1/browser-sessions/connect' });
  sockets.on('connection', (socket) => {
    const show = (text: string): void => socket.send(Buffer.concat([Buffer.of(0), Buffer.from(text)]));
    const tell = (message: object): void => socket.send(JSON.stringify(message));
    let taken = 0;
    socket.on('message', (data: Buffer, binary) => {
      if (binary) {
        taken += data.length - 1;
        tell({ taken });
        return show(data.subarray(1).toString().replaceAll('\r', '\r\n'));
      }
      const said = JSON.parse(data.toString()) as {
        key?: string;
        prompt?: object;
        files?: { id: number; list?: string };
        run?: Ran;
        look?: { id: number; table?: object };
      };
      if (said.run !== undefined) prompt(tell, said.run);
      if (said.look !== undefined) {
        tell({ found: { id: said.look.id, rows: said.look.table === undefined ? tables : columns, more: false } });
        tell({ over: { id: said.look.id, transaction: 'none' } });
      }
      if (said.prompt !== undefined) {
        tell({
          opened: {
            protocol: 'postgres',
            database: 'shop',
            longestText: 60_000,
            mostRows: { screen: 10_000, file: 1e6 },
          },
        });
        const session = { id: id('5e5', 0), endsAt: minutes(80), held: null, pausedBecause: null, watchers: 1 };
        tell({ session });
        tell({ notice: { severity: 'notice', text: 'Reeve: recorded · until 16:20 · ends if revoked · grant G-91' } });
      } else if (said.key !== undefined) {
        tell({ opened: { mostFileBytes: 1024 ** 3 } });
        tell({ session: { id: id('5e5', 0), endsAt: minutes(80) } });
        show('Reeve: recorded · until 16:20 · ends if revoked · grant G-91\r\n');
        show('\u001b[1;34mroot@web1\u001b[0m:~# systemctl status nginx\r\n');
        show(
          '\u001b[38;2;40;200;90m●\u001b[0m nginx.service - web server\r\n   Active: \u001b[1;32mactive (running)\u001b[0m\r\n',
        );
        show('\u001b[1;34mroot@web1\u001b[0m:~# ');
      }
      if (said.files?.list !== undefined) tell({ files: { id: said.files.id, path: '/root', entries, more: false } });
    });
  });
};
