import type { Readable, Writable } from 'node:stream';
import { FILE, type Wire } from './wire.ts';

/** How far a download may be ahead of what the browser has taken. */
const AHEAD = 1024 * 1024;
/** How far an upload may be ahead of what the target has taken: the console stops well before. */
const MOST_WAITING = 4 * 1024 * 1024;

/** A file on its way, one at a time. */
export interface Moving {
  readonly id: number;
  /** Takes a piece of an upload. */
  readonly piece: (data: Buffer) => void;
  /** The browser has so many bytes of a download. */
  readonly shown: (bytes: number) => void;
  readonly stop: () => void;
  /** Resolves with the bytes moved; rejects with what went wrong. */
  readonly over: Promise<number>;
}

const nothing = (): void => undefined;
const stopped = (): Error => new Error('it was stopped');
const lost = (): Error => new Error('the connection was lost');

/** Sends a file of the target to the browser, no faster than that takes it; `most` bytes, whatever its size was said to be. */
export function sendToBrowser(
  wire: Wire,
  content: Readable,
  { id, most }: { readonly id: number; readonly most: number },
): Moving {
  let sent = 0;
  let shown = 0;
  const over = new Promise<number>((done, fail) => {
    content.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent > most) return void content.destroy(new Error('it grew beyond what may be moved by a browser'));
      wire.bytes(FILE, chunk);
      if (sent - shown > AHEAD) content.pause();
    });
    content.once('end', () => done(sent));
    content.once('error', fail);
    content.once('close', () => fail(lost()));
  });
  return {
    id,
    over,
    piece: nothing,
    shown: (bytes) => {
      shown = Math.min(bytes, sent);
      if (sent - shown <= AHEAD / 2) content.resume();
    },
    stop: () => void content.destroy(stopped()),
  };
}

/** Takes a file of so many bytes from the browser to the target, and says how far that is. */
export function takeFromBrowser(
  content: Writable,
  { id, size }: { readonly id: number; readonly size: number },
  says: (taken: number) => void,
): Moving {
  let got = 0;
  let taken = 0;
  const over = new Promise<number>((done, fail) => {
    content.once('error', fail);
    content.once('close', () => (taken === size ? done(size) : fail(lost())));
  });
  const piece = (data: Buffer): void => {
    got += data.length;
    if (got > size) return void content.destroy(new Error('more came than was said'));
    if (got - taken > MOST_WAITING) return void content.destroy(new Error('more came than is taken'));
    content.write(data, (error) => {
      if (error != null) return;
      taken += data.length;
      says(taken);
      if (taken === size) content.end();
    });
  };
  if (size === 0) content.end();
  return { id, over, piece, shown: nothing, stop: () => void content.destroy(stopped()) };
}
