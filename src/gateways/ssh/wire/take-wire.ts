import type { Client, ClientChannel, Connection, ServerChannel } from 'ssh2';
import { text, word } from './encode.ts';
import { inside, sendMessage, wired, type PrivateChannel, type PrivateConnection } from './ssh2-surface.ts';

/** What happens on a wire. `data` answers whether more may come now; on false nothing is asked for until `more()`. */
export interface WireEvents {
  data(chunk: Buffer, stderr: boolean): boolean;
  readonly window: () => void;
  eof(): void;
  close(): void;
  /** The peer sent more than its window allowed; the connection must go. */
  abuse(): void;
}

/** One channel without Node streams between: bytes go from packet to packet, and windows follow what was taken. */
export interface Wire {
  /** Our number of the channel, by which the peer addresses it. */
  readonly id: number;
  /**
   * Sends what the peer's window allows, and nothing while keys are exchanged; answers how many bytes that was. `window`
   * fires when more can be sent.
   */
  send(data: Buffer, stderr: boolean): number;
  /** Sends words of the gateway's own on the error stream, as far as the window allows, also while keys are exchanged. */
  say(words: Buffer): void;
  /** Takes more from the peer: all there was has gone on. */
  readonly more: () => void;
  /** A channel request without reply, for instance `exit-status`. `body` is encoded as RFC 4254 says. */
  request(type: string, body: Buffer): void;
  eof(): void;
  close(): void;
}

const LARGEST_PIECE = 32 * 1024;
/** Requests for a peer that is exchanging keys; those beyond are dropped, since it may never finish. */
const MOST_KEPT = 1000;

const FULL_WINDOW = 2 * 1024 * 1024;
const SMALL_WINDOW = 128 * 1024;
const FULL_WINDOWS = 4;
const windows = new WeakMap<PrivateConnection, Map<number, number>>();

/**
 * Bounds what one connection can make us keep: ssh2 promises every channel 2 MiB, and when nobody reads on the other leg
 * all of it stays with us. The first four channels are promised that much, the others 128 KiB each. To be called before
 * the first channel.
 */
export function shareWindows(conn: Connection | Client): void {
  const it = inside(conn);
  const granted = new Map<number, number>();
  windows.set(it, granted);
  const grant = (id: number): number => {
    const full = [...granted.values()].filter((window) => window === FULL_WINDOW).length;
    const window = full < FULL_WINDOWS ? FULL_WINDOW : SMALL_WINDOW;
    granted.set(id, window);
    return window;
  };
  const protocol = it._protocol;
  const confirm = protocol.channelOpenConfirm.bind(protocol);
  const session = protocol.session.bind(protocol);
  const forward = protocol.directTcpip.bind(protocol);
  const comer = protocol.forwardedTcpip.bind(protocol);
  const agent = protocol.openssh_authAgent.bind(protocol);
  protocol.channelOpenConfirm = (theirs, ours, _window, packet) => confirm(theirs, ours, grant(ours), packet);
  protocol.session = (ours, _window, packet) => session(ours, grant(ours), packet);
  protocol.directTcpip = (ours, _window, packet, to) => forward(ours, grant(ours), packet, to);
  protocol.forwardedTcpip = (ours, _window, packet, from) => comer(ours, grant(ours), packet, from);
  protocol.openssh_authAgent = (ours, _window, packet) => agent(ours, grant(ours), packet);
  const remove = it._chanMgr.remove.bind(it._chanMgr);
  it._chanMgr.remove = (id) => {
    granted.delete(id);
    remove(id);
  };
}

const afterKeys = new WeakMap<PrivateConnection, Set<() => void>>();

/** Runs `then` when the key exchange that is going on is over, once however often it was asked for. */
function whenKeysAreExchanged(conn: PrivateConnection, then: () => void): void {
  const waiting = afterKeys.get(conn) ?? new Set();
  afterKeys.set(conn, waiting);
  if (waiting.size === 0) {
    conn.once('handshake', () => {
      const now = [...waiting];
      waiting.clear();
      for (const each of now) each();
    });
  }
  waiting.add(then);
}

/** Takes a channel over from ssh2's streams. To be called in the same turn in which ssh2 handed it out. */
export function takeWire(channel: ServerChannel | ClientChannel, on: WireEvents): Wire {
  const it = channel as unknown as PrivateChannel;
  const conn = it._client as unknown as Connection | Client;
  const protocol = it._client._protocol;
  const size = Math.min(it.outgoing.packetSize, LARGEST_PIECE);
  const alive = (): boolean => protocol._destruct !== undefined && it.outgoing.state === 'open';
  const granted = windows.get(it._client)?.get(it.incoming.id) ?? FULL_WINDOW;
  it.incoming.window = granted;
  let ended = false;

  const more = (): void => {
    const used = granted - it.incoming.window;
    if (used < granted / 2 || protocol._destruct === undefined || it.outgoing.state === 'closed') return;
    it.incoming.window = granted;
    protocol.channelWindowAdjust(it.outgoing.id, used);
  };
  // false, so that ssh2 grants nothing by itself
  const take = (chunk: Buffer, stderr: boolean): false => {
    if (it.incoming.window < 0) on.abuse();
    else if (on.data(chunk, stderr)) more();
    return false;
  };
  const put = (data: Buffer, stderr: boolean): number => {
    let at = 0;
    while (at < data.length && it.outgoing.window > 0) {
      const n = Math.min(data.length - at, it.outgoing.window, size);
      const part = n === data.length ? data : data.subarray(at, at + n);
      if (stderr) protocol.channelExtData(it.outgoing.id, part, 1);
      else protocol.channelData(it.outgoing.id, part);
      it.outgoing.window -= n;
      at += n;
    }
    return at;
  };
  it.push = (chunk) => {
    if (chunk !== null) return take(chunk, false);
    if (!ended) {
      ended = true;
      channel.emit('end'); // lets ssh2 emit 'close' without a stream that is read to its end
      on.eof();
    }
    return false;
  };
  it.stderr.push = (chunk) => (chunk === null ? false : take(chunk, true));
  channel.on('error', () => {});
  it.stderr.on('error', () => {});
  wired(it._client).add(it.incoming.id);
  channel.on('close', () => {
    wired(it._client).delete(it.incoming.id);
    on.close();
  });

  return {
    id: it.incoming.id,
    send(data, stderr) {
      if (!alive()) return data.length;
      if (protocol._kexinit !== undefined) {
        // ssh2 would keep all of it until the peer has finished, which it need not do
        whenKeysAreExchanged(it._client, on.window);
        return 0;
      }
      const sent = put(data, stderr);
      if (sent < data.length) {
        it._chunkcb = on.window;
        it._waitWindow = true;
      }
      return sent;
    },
    say(words) {
      if (alive()) put(words, true);
    },
    more,
    request(type, body) {
      if (it.outgoing.state !== 'open' && it.outgoing.state !== 'eof') return;
      if ((protocol._queue?.length ?? 0) >= MOST_KEPT) return;
      sendMessage(conn, Buffer.concat([Buffer.from([98]), word(it.outgoing.id), text(type), Buffer.from([0]), body]));
    },
    eof() {
      if (alive()) it.eof();
    },
    close() {
      if (protocol._destruct !== undefined) channel.close();
    },
  };
}
