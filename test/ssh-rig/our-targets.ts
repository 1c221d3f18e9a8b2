import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2';
import { makeHostKey } from '#gateways/ssh/index.ts';
import { toOpenSshKey } from '#gateways/ssh/openssh-key.ts';
import { fingerprintOf } from '#gateways/ssh/relay/connect-target.ts';

/** An SSH server of ours that misbehaves as it is told to, once somebody logged in. */
export interface OurTarget {
  readonly port: number;
  readonly pinned: string[];
  /** Those it was given. */
  readonly passwords: string[];
  /** Every command whose channel it was handed: the gateway answers a client before it has reached the target. */
  started: number;
  behave: (channel: ServerChannel, conn: Connection, session: Session) => void;
  /** Sees a connection before its first key exchange. */
  onConnection?: (conn: Connection) => void;
  /** Runs before the command is taken up; its channel is known by number only. */
  beforeExec?: (conn: Connection, id: number) => Promise<void>;
}

/** The number by which the gateway knows a channel of a target of ours. */
export const idOf = (channel: ServerChannel): number =>
  (channel as unknown as { outgoing: { id: number } }).outgoing.id;

/** Targets of ours on loopback, gone with `close`. */
export class OurTargets {
  readonly #servers: { close(): void }[] = [];
  readonly #sockets = new Set<Socket>();

  /** Something that listens where an SSH server should. */
  async tcp(serve: (socket: Socket) => void): Promise<number> {
    const server: Server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** An SSH server that takes any password. */
  async ssh(): Promise<OurTarget> {
    const key = toOpenSshKey(makeHostKey());
    const parsed = ssh2.utils.parseKey(key);
    if (parsed instanceof Error || Array.isArray(parsed)) throw new Error('host key');
    const target: { -readonly [K in keyof OurTarget]: OurTarget[K] } = {
      port: 0,
      pinned: [fingerprintOf(parsed.getPublicSSH())],
      passwords: [],
      started: 0,
      behave: () => {},
    };
    const server = new ssh2.Server({ hostKeys: [key] }, (conn) => {
      target.onConnection?.(conn);
      const socket = (conn as unknown as { _sock: Socket })._sock;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      conn.on('error', () => {});
      conn.on('authentication', (context) => {
        if (context.method !== 'password') return context.reject(['password']);
        target.passwords.push(context.password);
        context.accept();
      });
      conn.on('session', (accept) => {
        const session = accept();
        const begin = (channel: ServerChannel): void => {
          target.started += 1;
          target.behave(channel, conn, session);
        };
        session.on('pty', (yes) => (yes as (() => void) | undefined)?.());
        session.on('exec', (yes) => {
          const id = (session as unknown as { _chanInfo: { outgoing: { id: number } } })._chanInfo.outgoing.id;
          if (target.beforeExec === undefined) return begin(yes());
          void target.beforeExec(conn, id).then(() => begin(yes()));
        });
        session.on('shell', (yes) => begin(yes()));
        session.on('subsystem', (yes) => begin(yes()));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    target.port = (server.address() as AddressInfo).port;
    return target;
  }

  /** Ends every connection to them; new ones are taken. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.hangUp();
    for (const server of this.#servers) server.close();
  }
}
