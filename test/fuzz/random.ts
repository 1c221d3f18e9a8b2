/** A whole number below `below`, at random. */
export type Random = (below: number) => number;

/** Numbers that follow from a seed (mulberry32), so that what failed can be tried again. */
export function numbersFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** One of them. */
export function oneOf<Value>(random: Random, all: readonly Value[]): Value {
  if (all.length === 0) throw new Error('one of nothing');
  return all[random(all.length)] as Value;
}

const LENGTHS = [0, 1, 3, 4, 5, 0x7f, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** A word that is a length somewhere, and a lie. */
export const lie = (random: Random, near: number): number =>
  random(3) === 0 ? (near + random(9) - 4) >>> 0 : oneOf(random, LENGTHS);

/** Bytes with some things wrong in them: bits, bytes, lengths, pieces cut out, doubled, put in from another. */
export function mangled(random: Random, bytes: Buffer, others: readonly Buffer[]): Buffer {
  let now = Buffer.from(bytes);
  for (let n = 1 + random(3); n > 0; n -= 1) {
    const at = random(now.length + 1);
    switch (random(8)) {
      case 0:
        if (at < now.length) now[at] = (now[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        if (at < now.length) now[at] = random(256);
        break;
      case 2:
        if (at + 4 <= now.length) now.writeUInt32BE(lie(random, now.length - at - 4), at);
        break;
      case 3:
        now = now.subarray(0, at);
        break;
      case 4:
        now = Buffer.concat([now.subarray(0, at), now.subarray(at + 1 + random(8))]);
        break;
      case 5:
        now = Buffer.concat([now.subarray(0, at), now.subarray(random(at + 1), at), now.subarray(at)]);
        break;
      case 6: {
        const other = oneOf(random, others);
        const from = random(other.length + 1);
        now = Buffer.concat([now.subarray(0, at), other.subarray(from, from + random(64)), now.subarray(at)]);
        break;
      }
      default:
        now = Buffer.concat([now.subarray(0, at), Buffer.alloc(random(12), random(256)), now.subarray(at)]);
    }
  }
  return now;
}

/** Cut into pieces of a few bytes. */
export function inPieces(random: Random, bytes: Buffer, most = 9): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const take = 1 + random(most);
    parts.push(bytes.subarray(at, at + take));
    at += take;
  }
  return parts;
}

/** Throws with what was found, for whoever reads the seed. */
export function must(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(what());
}

/** A text with a word or two left out, doubled, put elsewhere, or of another: more of it can still be read than with other bytes. */
export function reworded(random: Random, text: string, other: string): string {
  const words = text.split(' ');
  const others = other.split(' ');
  for (let n = 1 + random(2); n > 0; n -= 1) {
    const instead = random(3) === 0 ? [] : [oneOf(random, random(2) === 0 ? others : text.split(' '))];
    words.splice(random(words.length + 1), random(2), ...instead);
  }
  return words.join(' ');
}

/** The same bytes with some of them another, and none more or less: lengths mostly go on adding up. */
export function damaged(random: Random, bytes: Buffer): Buffer {
  const now = Buffer.from(bytes);
  if (now.length === 0) return now;
  for (let n = 1 + random(3); n > 0; n -= 1) {
    const at = random(now.length);
    now[at] = random(2) === 0 ? (now[at] ?? 0) ^ (1 << random(8)) : random(256);
  }
  return now;
}
