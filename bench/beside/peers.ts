import { mkdirSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from '#kit/crypto/index.ts';
import { freePort } from '#lab/loopback.ts';
import { run as runProgram, start, until, type Running } from '#test/ssh-rig/run-program.ts';

/** A program of Debian's that stands where the gateway stands, and does neither look nor record. */
export interface Peer {
  readonly port: number;
  stop(): Promise<void>;
}

const pair = (): { readonly key: string; readonly certificate: string } =>
  selfSigned({ names: ['localhost', '127.0.0.1'], from: new Date(Date.now() - 60_000), days: 1 });

async function listening(running: Running, port: number, name: string): Promise<Peer> {
  await until(
    async () => (await runProgram('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`])).code === 0,
    `${name} to listen: ${running.stderr()}`,
  );
  return {
    port,
    stop: async () => {
      running.child.kill('SIGTERM');
      await running.done;
    },
  };
}

/** nginx as a reverse proxy of one worker, with TLS to both sides and connections kept to the application. */
export async function startNginx(dir: string, application: number): Promise<Peer> {
  const port = await freePort('127.0.0.1');
  const root = join(dir, 'nginx');
  mkdirSync(root);
  const { key, certificate } = pair();
  writeFileSync(join(root, 'key.pem'), key, { mode: 0o600 });
  writeFileSync(join(root, 'crt.pem'), certificate);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `${one}_temp_path ${root}/${one};`,
  );
  writeFileSync(
    join(root, 'nginx.conf'),
    `user root;
worker_processes 1;
daemon off;
pid ${root}/pid;
error_log stderr error;
events { worker_connections 512; }
http {
  access_log ${root}/access.log;
  ${temporary.join('\n  ')}
  upstream application { server 127.0.0.1:${application}; keepalive 32; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${root}/crt.pem;
    ssl_certificate_key ${root}/key.pem;
    keepalive_requests 1000000;
    location / {
      proxy_pass https://application;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_ssl_verify off;
    }
  }
}
`,
  );
  return listening(
    start('/usr/sbin/nginx', ['-e', 'stderr', '-c', join(root, 'nginx.conf')], { limitMs: 3_600_000 }),
    port,
    'nginx',
  );
}

/** HAProxy that passes TCP on as it comes: TLS is between the client and the server. */
export async function startHaproxy(dir: string, to: number): Promise<Peer> {
  const port = await freePort('127.0.0.1');
  const config = join(dir, 'haproxy.cfg');
  writeFileSync(
    config,
    `global
  nbthread 1
  maxconn 500
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server one 127.0.0.1:${to}
`,
  );
  chmodSync(dir, 0o755);
  return listening(start('/usr/sbin/haproxy', ['-db', '-f', config], { limitMs: 3_600_000 }), port, 'haproxy');
}
