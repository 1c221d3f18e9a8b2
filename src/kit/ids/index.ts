import { randomFillSync } from 'node:crypto';

/** Random digits an id takes: what the counter starts at, the variant with what follows it, and the node. */
const DIGITS = 20;
const bytes = Buffer.alloc(5120);
let pool = '';
let used = 0;
let lastMs = 0;
/** The time of lastMs as an id begins, up to the version digit. */
let begin = '';
let counter = 0;
const VARIANTS = '89ab';

/**
 * A UUIDv7 (RFC 9562 §5.7, monotonic within one process by the 12-bit counter of §6.2 method 1).
 * Sorts by creation time; its random part is never derived from personal data.
 */
export function newId(now: number = Date.now()): string {
  if (used === pool.length) {
    // One text for many ids: thousands are made a second, and small Buffers cost more than what is in them.
    pool = randomFillSync(bytes).toString('hex');
    used = 0;
  }
  const at = used;
  used += DIGITS;
  if (now > lastMs) {
    turnTo(now);
    counter = Number.parseInt(pool.slice(at, at + 4), 16) & 0x7ff;
  } else {
    counter += 1;
    if (counter > 0xfff) {
      turnTo(lastMs + 1);
      counter = 0;
    }
  }
  const count = counter.toString(16).padStart(3, '0');
  const variant = VARIANTS.charAt(Number.parseInt(pool.charAt(at + 4), 16) & 3);
  return `${begin}${count}-${variant}${pool.slice(at + 5, at + 8)}-${pool.slice(at + 8, at + DIGITS)}`;
}

function turnTo(ms: number): void {
  lastMs = ms;
  const time = ms.toString(16).padStart(12, '0');
  begin = `${time.slice(0, 8)}-${time.slice(8)}-7`;
}
