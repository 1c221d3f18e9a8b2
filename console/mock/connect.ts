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
  'POST /v1/browser-sessions': () => ({ id: id('b5', 0), key: 'rvb_mock', endsAt: minutes(1) }),
};

const entries = [
  { name: 'releases', kind: 'folder', size: 4096, modifiedAt: 1_760_000_000 },
  { name: 'nginx.log', kind: 'file', size: 48_211, modifiedAt: 1_760_000_000 },
  { name: 'a\u202egnp.exe', kind: 'file', size: 17, modifiedAt: 1_760_000_000 },
];

/** A shell that repeats what is typed, and a folder. */
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
      const said = JSON.parse(data.toString()) as { key?: string; files?: { id: number; list?: string } };
      if (said.key !== undefined) {
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
