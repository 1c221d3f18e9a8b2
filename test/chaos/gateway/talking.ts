import type { Target, Visitor } from './people.ts';
import type { Part } from './start-part.ts';

/** A client in the middle of something, through a gateway: what it does says ten times a second what time it is. */
export interface Talking {
  readonly protocol: string;
  readonly visitor: Visitor;
  readonly gateway: Part;
  /** Resolves when its connection is gone, with the moment on the clock of `performance.now()`. */
  readonly ended: Promise<number>;
  readonly isOver: () => boolean;
  /** What else of it ends, and is waited for from when it is asked: the moment it did. */
  readonly also?: readonly { readonly name: string; readonly ended: () => Promise<number> }[];
  /** What it was told of late. */
  readonly told: () => string;
  /** When it first saw something later than that time, both on the clock of `Date.now()`; undefined: it never did. */
  readonly sawAfter: (time: number) => number | undefined;
  close(): void;
}

/** One way to come through a gateway. A protocol more is a row more. */
export interface Protocol {
  readonly name: string;
  readonly target: Target;
  talk(visitor: Visitor, gateway: Part): Promise<Talking>;
}

/** In what a session shows or asks, the time in milliseconds by the clock of this machine. */
export const TICK = /tick[ +](\d{13})\d*\./gu;
export const TICK_MS = 100;
/** What a client saw, and when. */
export function seeing(): { sees(text: string): void; after(time: number): number | undefined } {
  const seen: { readonly time: number; readonly at: number }[] = [];
  let rest = '';
  return {
    sees: (text) => {
      const all = rest + text;
      for (const [, time] of all.matchAll(TICK)) seen.push({ time: Number(time), at: Date.now() });
      // a tick may come in two pieces, and is taken once
      rest = all.slice(all.lastIndexOf('.') + 1);
    },
    after: (time) => seen.find((one) => one.time > time)?.at,
  };
}

/** What a client's connection came to, seen once. */
export function ending(): { readonly ended: Promise<number>; readonly isOver: () => boolean; over(): void } {
  let over = false;
  let done: (at: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    done = resolve;
  });
  return {
    ended,
    isOver: () => over,
    over: () => {
      over = true;
      done(performance.now());
    },
  };
}

/** Asks over and over until it is so; answers when. */
export async function momentOf(isSo: () => Promise<boolean>): Promise<number> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 5));
  return performance.now();
}
