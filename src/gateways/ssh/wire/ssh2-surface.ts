import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { text, word } from './encode.ts';
import { openInPlace } from './inbox.ts';
import type { Lender } from './lent-reads.ts';
import { Outbox } from './outbox.ts';
import { quickenExchange, type KeyExchange } from './quick-keys.ts';
import type { Algorithms, ClientChannel, Connection, Client, ParsedKey, ServerChannel, Session } from 'ssh2';

/**
 * This file, `take-wire.ts`, `quick-keys.ts`, `sign-at-once.ts` and `present-certificate.ts` know the inside of ssh2. Everything the library does not offer publicly and the gateway
 * needs is reached here and nowhere else; `ssh2-surface.test.ts` pins the version and every member used, so that an
 * upgrade that moves one of them fails a test instead of a session.
 *
 * Why reach inside at all: ssh2 1.17 ignores back-pressure of its socket, trusts the peer to respect windows and packet
 * sizes (a packet size of 0 makes it loop for ever), loses terminal modes, decodes commands as UTF-8, lets messages of
 * the wrong phase pass, and re-sends a stale chunk when stdout and stderr both wait for window.
 */
export const PINNED_SSH2 = '1.17.0';

const require = createRequire(import.meta.url);
const { version } = require('ssh2/package.json') as { version: string };
const { bindingAvailable } = require('ssh2/lib/protocol/crypto.js') as { bindingAvailable: boolean };
const { KexInit } = require('ssh2/lib/protocol/kex.js') as { KexInit: new (lists: object) => object };
const { sendPacket } = require('ssh2/lib/protocol/utils.js') as {
  sendPacket(protocol: PrivateProtocol, packet: Buffer, bypass?: boolean): boolean;
};

export const ssh2Version: string = version;
/** Whether the native cipher binding loaded. Without it everything works at a fifth of the speed. */
export const nativeCrypto: boolean = bindingAvailable;

/** Signs and hands the bare signature on. */
export type Sign = (message: Buffer, signed: (signature: Buffer) => void) => void;
/** What ssh2 logs in with, given a key: asks first (no `sign`), then signs. */
export interface Authenticating {
  authPK(username: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign): void;
}
interface PrivateProtocol extends Authenticating {
  _onPayload: (payload: Buffer) => unknown;
  _offer: object;
  _cipher: object;
  _decipher: object | undefined;
  _kexinit: Buffer | undefined;
  _kex: KeyExchange | undefined;
  _strictMode: boolean | undefined;
  _destruct: unknown;
  _packetRW: {
    write: {
      allocStart: number;
      allocStartKEX: number;
      alloc(size: number, force?: boolean): Buffer;
      finalize(packet: Buffer, force?: boolean): Buffer;
    };
  };
  authInfoReq(name: string, instructions: string, prompts: readonly object[]): void;
  channelData(id: number, data: Buffer): void;
  channelExtData(id: number, data: Buffer, type: number): void;
  channelWindowAdjust(id: number, amount: number): void;
  channelOpenFail(id: number, reason: number, description?: string): void;
  channelClose(id: number): void;
  /** Ours as server: their number, our number, our window, our packet size. */
  channelOpenConfirm(theirs: number, ours: number, window: number, packet: number): void;
  /** Ours as client. */
  session(ours: number, window: number, packet: number): void;
  directTcpip(ours: number, window: number, packet: number, to: object): void;
  /** Ours as server. */
  forwardedTcpip(ours: number, window: number, packet: number, from: object): void;
  /** Ours as server: of the person's agent. */
  openssh_authAgent(ours: number, window: number, packet: number): void;
  /** What waits for the end of a key exchange. */
  _queue: Buffer[] | undefined;
}
export interface PrivateConnection {
  _protocol: PrivateProtocol;
  _sock: Socket;
  _chanMgr: { remove(id: number): void };
  once(event: 'handshake', listener: () => void): void;
}
export interface PrivateChannel {
  _client: PrivateConnection;
  incoming: { id: number; window: number; state: string };
  outgoing: { id: number; window: number; packetSize: number; state: string };
  _waitWindow: boolean;
  _chunkcb: (() => void) | undefined;
  push(chunk: Buffer | null): boolean;
  eof(): void;
  stderr: { push(chunk: Buffer | null): boolean; on(event: string, listener: () => void): void };
}
interface PrivateSession {
  _channel: unknown;
  /** Once true, every request is passed over. */
  _ending: boolean;
  _chanInfo: { incoming: { id: number }; outgoing: { id: number; packetSize: number } };
}

const DISCONNECT = 1;
const KEXINIT = 20;

/** Calls back whenever the client is asked something over keyboard-interactive (RFC 4256 §3.2). */
export function whenAsked(conn: Connection, asked: () => void): void {
  const protocol = inside(conn)._protocol;
  const ask = protocol.authInfoReq.bind(protocol);
  protocol.authInfoReq = (...question) => {
    asked();
    ask(...question);
  };
}

/** What is behind ssh2's types. */
export const inside = (conn: Connection | Client): PrivateConnection => conn as unknown as PrivateConnection;

const METHODS = [
  'authInfoReq',
  'authPK',
  'channelData',
  'channelExtData',
  'channelWindowAdjust',
  'channelOpenFail',
  'channelClose',
  'channelOpenConfirm',
  'session',
  'directTcpip',
  'forwardedTcpip',
  'openssh_authAgent',
] as const;

/** Every private member relied upon that is missing from `conn`; empty when the surface is as pinned. */
export function missingFrom(conn: Connection | Client): string[] {
  const it = inside(conn);
  const has: [string, boolean][] = [
    ['_sock', it._sock !== undefined],
    ['_chanMgr.remove', typeof it._chanMgr?.remove === 'function'],
    ['_protocol._onPayload', typeof it._protocol?._onPayload === 'function'],
    ['_protocol._offer', it._protocol?._offer instanceof KexInit],
    ['_protocol._cipher', typeof it._protocol?._cipher === 'object'],
    ['_protocol._kexinit', it._protocol !== undefined && '_kexinit' in it._protocol],
    ['_protocol._packetRW.write', typeof it._protocol?._packetRW?.write?.alloc === 'function'],
    ['_protocol._queue', it._protocol !== undefined && '_queue' in it._protocol],
    ...METHODS.map((name): [string, boolean] => [`_protocol.${name}`, typeof it._protocol?.[name] === 'function']),
  ];
  return has.filter(([, there]) => !there).map(([name]) => name);
}

/** The TCP socket under a connection. */
export const socketOf = (conn: Connection | Client): Socket => inside(conn)._sock;

/** Whether strict key exchange (the answer to CVE-2023-48795) was agreed with the peer. Known after the handshake. */
export const strictKex = (conn: Connection | Client): boolean => inside(conn)._protocol._strictMode === true;

const BEFORE_LOGIN = 35_000;
/** What OpenSSH sends at most, and its framing. */
const LARGEST_PACKET = 256 * 1024 + 1024;

/**
 * Puts the connection on the fast path, now and after every key exchange: packets are built in an outbox and taken apart
 * where they were read, and keys are exchanged without being written out as files. What it answers says when what is read may be lent, and takes note that somebody logged in.
 */
export function runLean(conn: Connection | Client): { readonly lender: Lender; readonly loggedIn: () => void } {
  const protocol = inside(conn)._protocol;
  const outbox = new Outbox(inside(conn)._sock);
  let { _cipher: cipher, _decipher: decipher, _kex: exchange } = protocol;
  let largest = BEFORE_LOGIN;
  let inPlace = false;
  Object.defineProperties(protocol, {
    _cipher: {
      get: () => cipher,
      set: (next: object) => {
        cipher = next;
        outbox.adopt(next);
      },
    },
    _decipher: {
      get: () => decipher,
      set: (next: object) => {
        decipher = next;
        inPlace = openInPlace(next, () => largest);
      },
    },
    _kex: {
      get: () => exchange,
      set: (next: KeyExchange | undefined) => {
        exchange = next;
        quickenExchange(next);
      },
    },
  });
  return {
    // ssh2 keeps pieces of messages during a key exchange, and of packets with any other decipher
    lender: { mustKeep: () => !inPlace || protocol._kexinit !== undefined },
    loggedIn: () => {
      largest = LARGEST_PACKET;
    },
  };
}

/** Replaces what will be offered in the key exchange. Only before the first one, in the `connection` event. */
export function offer(conn: Connection, algorithms: Required<{ [K in keyof Algorithms]: readonly string[] }>): void {
  const both = { cipher: algorithms.cipher, mac: algorithms.hmac, compress: algorithms.compress, lang: [] };
  inside(conn)._protocol._offer = new KexInit({
    kex: [...(algorithms.kex ?? []), 'kex-strict-s-v00@openssh.com'],
    serverHostKey: algorithms.serverHostKey,
    cs: both,
    sc: both,
  });
}

const wires = new WeakMap<PrivateConnection, Set<number>>();

/** The channels of a connection that a wire has taken over. Data for any other is dropped: ssh2 would keep what is only lent, and hand out another session's bytes later. */
export function wired(conn: PrivateConnection): Set<number> {
  const there = wires.get(conn) ?? new Set();
  wires.set(conn, there);
  return there;
}
const carriesData = (payload: Buffer): boolean => payload.length >= 5 && (payload[0] === 94 || payload[0] === 95);

/**
 * Sees every decrypted message before ssh2 does. Returning false drops it; what was dropped can be handed on later with
 * the function returned. Only before the first key exchange ends.
 */
export function screenMessages(
  conn: Connection | Client,
  screen: (payload: Buffer) => boolean,
): (payload: Buffer) => void {
  const protocol = inside(conn)._protocol;
  const onward = protocol._onPayload;
  const channels = wired(inside(conn));
  protocol._onPayload = (payload) => {
    if (payload.length > 0 && !screen(payload)) return undefined;
    if (carriesData(payload) && !channels.has(payload.readUInt32BE(1))) return undefined;
    // ssh2 keeps the KEXINIT until the exchange is done; what was read may be lent
    return onward(payload[0] === KEXINIT ? Buffer.from(payload) : payload);
  };
  return (payload) => {
    if (protocol._destruct !== undefined) onward(payload);
  };
}

/** Has `heard` called with the words of a DISCONNECT (RFC 4253 11.1), which ssh2 keeps to itself where the reason is the peer's own. */
export function hearGoodbye(client: Client, heard: (sentence: string) => void): void {
  const protocol = inside(client)._protocol;
  const onward = protocol._onPayload;
  protocol._onPayload = (payload) => {
    if (payload[0] === DISCONNECT && payload.length >= 9) {
      const end = 9 + payload.readUInt32BE(5);
      if (end <= payload.length) heard(payload.toString('utf8', 9, end));
    }
    return onward(payload);
  };
}

/** Sends one message as given. Silently nothing when the connection is already gone. */
export function sendMessage(conn: Connection | Client, payload: Buffer): void {
  const protocol = inside(conn)._protocol;
  if (protocol._destruct === undefined) return;
  const { write } = protocol._packetRW;
  const start = write.allocStart;
  const packet = write.alloc(payload.length);
  packet.set(payload, start);
  sendPacket(protocol, write.finalize(packet));
}

/** Says goodbye with a sentence the person's client prints (SSH_MSG_DISCONNECT, by application). */
export function sayGoodbye(conn: Connection | Client, sentence: string): void {
  const protocol = inside(conn)._protocol;
  if (protocol._destruct === undefined) return;
  const payload = Buffer.concat([Buffer.from([1]), word(11), text(sentence), text('')]);
  const { write } = protocol._packetRW;
  const start = write.allocStartKEX;
  const packet = write.alloc(payload.length, true);
  packet.set(payload, start);
  sendPacket(protocol, write.finalize(packet, true), true);
}

/** Has a channel to the agent of whoever is there opened (OpenSSH PROTOCOL.agent), which ssh2 offers for forwards only. */
export function openAgent(conn: Connection, opened: (error: Error | undefined, channel: ServerChannel) => void): void {
  const protocol = inside(conn)._protocol;
  const { forwardedTcpip } = protocol;
  protocol.forwardedTcpip = (ours, window, packet) => protocol.openssh_authAgent(ours, window, packet);
  try {
    conn.forwardOut('', 0, '', 0, opened);
  } finally {
    protocol.forwardedTcpip = forwardedTcpip;
  }
}

interface PrivateAgentClient {
  _agentFwdEnabled: boolean;
  _agent: { getStream(cb: (error: Error | undefined, stream?: Writable) => void): void };
}

/** Has `came` called for each channel by which a target wants an agent. ssh2 would join it to a stream of its own. */
export function takeAgents(
  client: Client,
  came: (comer: { readonly accept: () => ClientChannel; readonly reject: () => void }) => void,
): void {
  const it = client as unknown as PrivateAgentClient;
  it._agentFwdEnabled = true;
  it._agent = {
    getStream: (cb) =>
      came({
        accept: () => {
          let channel: ClientChannel | undefined;
          const stand = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
            pipe: () => stand,
          });
          stand.once('pipe', (piped) => (channel = piped as unknown as ClientChannel));
          cb(undefined, stand);
          if (channel === undefined) throw new Error('ssh2 takes the channel of an agent another way');
          return channel;
        },
        reject: () => cb(new Error('nobody lends an agent')),
      }),
  };
}

/** Hears our number of the session channel that `open` asks a target for. */
export function askedOnOpen(client: Client, asked: (ours: number) => void, open: () => void): void {
  const protocol = inside(client)._protocol;
  const { session } = protocol;
  protocol.session = (ours, window, packet) => {
    asked(ours);
    session.call(protocol, ours, window, packet);
  };
  try {
    open();
  } finally {
    protocol.session = session;
  }
}

/** Refuses a CHANNEL_OPEN by its sender's number, with words the client shows. Reason 1: administratively prohibited. Nothing when the connection is gone. */
export function refuseOpen(conn: Connection, sender: number, reason: 1 | 4, sentence: string): void {
  if (inside(conn)._protocol._destruct === undefined) return;
  inside(conn)._protocol.channelOpenFail(sender, reason, sentence);
}

/** ssh2 forgets to answer and to free a session that is closed before anything was started in it. */
export function freeEmptySession(conn: Connection, session: Session): void {
  const it = session as unknown as PrivateSession;
  if (it._channel !== undefined) return;
  inside(conn)._protocol.channelClose(it._chanInfo.outgoing.id);
  inside(conn)._chanMgr.remove(it._chanInfo.incoming.id);
}

/**
 * Calls `saidAll` when the client ends its input. ssh2 takes that for the end of the session and answers no request after
 * it, though a command may still be started, signalled or resized (RFC 4254 §5.3: only data ends).
 */
export function onInputEnd(session: Session, saidAll: () => void): void {
  session.on('eof', () => {
    (session as unknown as PrivateSession)._ending = false;
    saidAll();
  });
}

/** The largest piece of data the peer takes in one message of this channel. */
export const packetSizeOf = (of: Session | ServerChannel | ClientChannel): number =>
  ((of as unknown as Partial<PrivateSession>)._chanInfo ?? (of as unknown as PrivateChannel)).outgoing.packetSize;

/**
 * How both legs introduce themselves. OpenSSH speaks its extensions, such as "nobody reads any more" (eow), only to a
 * peer whose name begins like its own; without it `ssh host yes | head` would never end.
 */
export const IDENT = 'OpenSSH_Reeve';
