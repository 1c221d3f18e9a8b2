import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import type { Page } from 'playwright-core';
import { connect as startTls, type TLSSocket } from 'node:tls';
import { selfSigned } from '#kit/crypto/index.ts';
import { startHttpGateway, type HttpGateway, type HttpGatewayLimits } from '#gateways/http/index.ts';
import type {
  Admission,
  AdmitRequest,
  RequestRules,
  SiteHolder,
  SiteProof,
  SiteProven,
  WebGatewayPorts,
  WebTerms,
} from '#gateways/port.ts';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';
import { run, until, type Ran } from '#test/ssh-rig/run-program.ts';
import { startApplication, type Application } from './application.ts';

/** The credential of the application, which nobody but it may ever see. */
export const CREDENTIAL = 'app-secret-Zt5vKq81';
export const USER = 'reporting';
/** What the person of a rig signs in with. */
export const PASSWORD = 'rvp_correct-horse-battery-staple';
export const SITE = 'wiki';
/** Whose its passwords are. */
export const PERSON = 'Lena Berg';
/** Agrees to be signed in by the link that a page was opened with. */
export const agree = (page: Page): Promise<void> => page.getByRole('button', { name: `Continue as ${PERSON}` }).click();

/** Ports for web sessions: sites lead to one target, with one person per known password. */
export class FakeWebPorts implements WebGatewayPorts {
  readonly inner: FakePorts;
  terms: WebTerms = { site: SITE, credential: 'basic', header: null, keepHost: false, hiddenFields: [] };
  rules: RequestRules | undefined;
  /** Passwords that were redeemed, and by whom they may be. */
  readonly good = new Map<string, number>();
  readonly offered: Omit<SiteProof, 'password'>[] = [];

  constructor(inner: FakePorts) {
    this.inner = inner;
  }
  get log() {
    return this.inner.log;
  }
  async redeem({ password, ...offer }: SiteProof): Promise<SiteProven | undefined> {
    this.offered.push(offer);
    const left = this.good.get(password.toString()) ?? 0;
    if (left < 1 || offer.site !== SITE) return undefined;
    this.good.set(password.toString(), left - 1);
    return { identityId: 'identity-1', account: USER, system: SITE };
  }
  async whose({ password, site }: SiteProof): Promise<SiteHolder | undefined> {
    return (this.good.get(password.toString()) ?? 0) < 1 || site !== SITE
      ? undefined
      : { person: PERSON, account: USER, system: SITE };
  }
  async admit(ask: AdmitRequest): Promise<Admission> {
    const admission = await this.inner.admit(ask);
    if (!admission.admitted) return admission;
    const { ticket } = admission;
    const more = { web: this.terms, ...(this.rules === undefined ? {} : { requests: this.rules }) };
    return { admitted: true, ticket: { ...ticket, obligations: { ...ticket.obligations, ...more } } };
  }
}

/** The gateway before a real application. */
export interface HttpRig {
  readonly gateway: HttpGateway;
  readonly application: Application;
  readonly ports: FakeWebPorts;
  readonly dir: string;
  readonly origin: string;
  /** Host and port as `Host` has them. */
  readonly host: string;
  /** A fresh password, for so many sessions. */
  password(sessions?: number): string;
  /** curl through the gateway, in the session of a password. */
  curl(password: string, path: string, ...more: string[]): Promise<Ran>;
  /** curl straight to the application. */
  direct(path: string, ...more: string[]): Promise<Ran>;
  /** A TLS connection to the gateway on which anything can be said. */
  raw(servername?: string, from?: string): Promise<RawHttp>;
  stop(): Promise<void>;
}

export async function startHttpRig(
  how: {
    readonly tls?: boolean;
    readonly limits?: Partial<HttpGatewayLimits>;
    readonly allowLoopback?: readonly string[];
    readonly ownPorts?: (application: Application) => readonly number[];
  } = {},
): Promise<HttpRig> {
  const application = await startApplication(how);
  const dir = mkdtempSync(join(tmpdir(), 'reeve-http-gateway-'));
  const domain = 'web.localhost';
  const { key, certificate } = selfSigned({
    names: [`*.${domain}`, domain],
    from: new Date(Date.now() - 60_000),
    days: 1,
  });
  writeFileSync(join(dir, 'gateway.crt'), certificate);
  writeFileSync(join(dir, 'application.crt'), application.certificate);
  const ports = new FakeWebPorts(
    new FakePorts({
      host: '127.0.0.1',
      port: application.port,
      pinned: [application.pin],
      username: USER,
      secret: { password: Buffer.from(CREDENTIAL) },
    }),
  );
  ports.good.set(PASSWORD, 1_000);
  const gateway = await startHttpGateway(
    {
      domain,
      key,
      certificate,
      consoleUrl: 'http://localhost:8470',
      allowLoopback: how.allowLoopback ?? ['127.0.0.0/8'],
      ownPorts: how.ownPorts?.(application) ?? [],
      limits: how.limits ?? {},
    },
    ports,
  );
  const { port } = gateway.address;
  const host = `${SITE}.${domain}:${String(port)}`;
  const scheme = how.tls === false ? 'http' : 'https';
  let made = 0;
  const curl = (...args: string[]): Promise<Ran> => run('curl', ['-sS', '--max-time', '15', ...args]);
  return {
    gateway,
    application,
    ports,
    dir,
    host,
    origin: `https://${host}`,
    password: (sessions = 1) => {
      made += 1;
      const fresh = `rvp_fresh-${String(made)}`;
      ports.good.set(fresh, sessions);
      return fresh;
    },
    curl: (password, path, ...more) =>
      curl(
        '--cacert',
        join(dir, 'gateway.crt'),
        '-H',
        `Reeve-Password: ${password}`,
        ...more,
        `https://${host}${path}`,
      ),
    direct: (path, ...more) =>
      curl(
        '--cacert',
        join(dir, 'application.crt'),
        '-u',
        `${USER}:${CREDENTIAL}`,
        ...more,
        `${scheme}://localhost:${String(application.port)}${path}`,
      ),
    raw: (servername = `${SITE}.${domain}`, from = '127.0.0.1') => RawHttp.connect(port, servername, from),
    stop: async () => {
      await gateway.stop(0);
      await application.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A connection on which anything can be said. */
export class RawHttp {
  readonly socket: TLSSocket;
  said = Buffer.alloc(0);
  over = false;
  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => (this.said = Buffer.concat([this.said, chunk])));
    socket.on('close', () => (this.over = true));
    socket.on('error', () => {});
  }
  static connect(port: number, servername: string, localAddress: string): Promise<RawHttp> {
    return new Promise((resolve, reject) => {
      const socket = startTls(
        { socket: connect({ port, host: '127.0.0.1', localAddress }), servername, rejectUnauthorized: false },
        () => resolve(new RawHttp(socket)),
      );
      socket.once('error', reject);
    });
  }
  say(words: string | Buffer): void {
    this.socket.write(typeof words === 'string' ? Buffer.from(words, 'latin1') : words);
  }
  get text(): string {
    return this.said.toString('latin1');
  }
  async hears(words: string): Promise<void> {
    await until(
      () => this.text.includes(words),
      `the gateway to say ${words}; it said: ${this.text.slice(0, 300)}`,
      5_000,
    );
  }
  async ends(): Promise<void> {
    await until(() => this.over, `the gateway to hang up; it said: ${this.text.slice(0, 300)}`, 5_000);
  }
  end(): void {
    this.socket.destroy();
  }
}

/** A masked frame of a WebSocket's client. */
export function frame(text: string | Buffer, opcode = 1): Buffer {
  const data = Buffer.from(text);
  const mask = Buffer.of(1, 2, 3, 4);
  const size =
    data.length < 126
      ? Buffer.of(0x80 | data.length)
      : data.length < 65_536
        ? Buffer.of(0xfe, data.length >> 8, data.length & 255)
        : Buffer.concat([
            Buffer.of(0xff, 0, 0, 0, 0),
            Buffer.of(data.length >>> 24, (data.length >> 16) & 255, (data.length >> 8) & 255, data.length & 255),
          ]);
  const masked = Buffer.from(data.map((byte, at) => byte ^ (mask[at & 3] ?? 0)));
  return Buffer.concat([Buffer.of(0x80 | opcode), size, mask, masked]);
}

/** What asks for a WebSocket. */
export const upgradeTo = (rig: HttpRig, path: string, password: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${rig.host}\r\nReeve-Password: ${password}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

/** Nothing is left of any session once `end` was called for all: every ticket ended once, every record was closed once. */
export async function nothingLeft(rig: HttpRig): Promise<void> {
  for (const one of rig.ports.inner.sessions) if (one.ended.length === 0) one.kill('the test is over');
  await until(() => rig.gateway.metrics.sessionsOpen === 0, 'the last session to end', 3_000);
  await until(() => rig.ports.inner.sessions.every((s) => s.ended.length === 1), 'every ticket to end once', 3_000);
  await until(
    () => rig.gateway.metrics.requestsOpen + rig.gateway.metrics.webSocketsOpen === 0,
    'the last request to end',
    3_000,
  );
  for (const { ended, recorder } of rig.ports.inner.sessions) {
    if (ended.length !== 1 || recorder.closed.length !== 1)
      throw new Error('a ticket or a record did not end just once');
    const open = recorder.all.filter((one) => one.ended === undefined);
    if (open.length > 0) throw new Error(`a line of the record is open: ${JSON.stringify(open)}`);
  }
}
