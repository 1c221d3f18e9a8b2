import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { serviceOf } from './ranges.ts';

export interface Answered {
  readonly address: string;
  readonly port: number;
  readonly service: string;
  /** The first words of a service that speaks first, one line, printable. */
  readonly banner: string;
}

export interface SweepPace {
  /** Addresses asked at a time; each of them one port at a time. */
  readonly atOnce: number;
  /** Connections begun in a second, over all. */
  readonly perSecond: number;
  readonly connectMs: number;
  readonly bannerMs: number;
}

/** Which ports of which addresses answer. Nothing is sent. Ends early where `signal` says so, with what was found. */
export async function sweep(
  addresses: readonly string[],
  ports: readonly number[],
  pace: SweepPace,
  signal: AbortSignal,
): Promise<readonly Answered[]> {
  const found: Answered[] = [];
  const waiting = [...addresses];
  let next = performance.now();
  const turn = async (): Promise<void> => {
    const mine = Math.max(next, performance.now());
    next = mine + 1_000 / pace.perSecond;
    const wait = mine - performance.now();
    if (wait > 0) await pause(wait);
  };
  const one = async (): Promise<void> => {
    for (let address = waiting.shift(); address !== undefined && !signal.aborted; address = waiting.shift())
      for (const port of ports) {
        if (signal.aborted) return;
        await turn();
        const banner = await knock(address, port, pace);
        if (banner !== undefined) found.push({ address, port, service: serviceOf(port, banner), banner });
      }
  };
  await Promise.all(Array.from({ length: Math.min(pace.atOnce, addresses.length) }, one));
  return found.sort((a, b) => (a.address === b.address ? a.port - b.port : a.address < b.address ? -1 : 1));
}

/** What a service says first; '' where it says nothing; undefined where nothing answers. */
function knock(address: string, port: number, pace: SweepPace): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let heard = Buffer.alloc(0);
    let open = false;
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(open ? printable(heard) : undefined);
    };
    let timer = setTimeout(done, pace.connectMs);
    socket.once('connect', () => {
      open = true;
      clearTimeout(timer);
      timer = setTimeout(done, pace.bannerMs);
    });
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]).subarray(0, 256);
      done();
    });
    socket.once('error', done);
    socket.once('end', done);
  });
}

const printable = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/[^\x20-\x7e]+/gu, ' ')
    .trim()
    .slice(0, 120);
