import type { GatewayLimits } from '../options.ts';

/** Addresses one subscriber can pick freely count as one source: an IPv6 /64, or one IPv4 address. */
export function sourceOf(address: string): string {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: missing }, () => '0'), ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}

/**
 * Counts who is at the door, so that strangers cannot crowd out people: connections before login are limited in all and
 * per source, and those after login do not count against them.
 */
export class ConnectionLimits {
  readonly #limits: Pick<GatewayLimits, 'preAuth' | 'preAuthPerSource' | 'connections'>;
  readonly #waiting = new Map<string, number>();
  #waitingInAll = 0;
  #open = 0;

  constructor(limits: Pick<GatewayLimits, 'preAuth' | 'preAuthPerSource' | 'connections'>) {
    this.#limits = limits;
  }

  /** Lets a connection in, or answers undefined when it is one too many. Both functions may be called any number of times. */
  enter(address: string): { readonly loggedIn: () => void; readonly left: () => void } | undefined {
    const source = sourceOf(address);
    const fromSource = this.#waiting.get(source) ?? 0;
    if (this.#open >= this.#limits.connections) return undefined;
    if (this.#waitingInAll >= this.#limits.preAuth || fromSource >= this.#limits.preAuthPerSource) return undefined;
    this.#open += 1;
    this.#waitingInAll += 1;
    this.#waiting.set(source, fromSource + 1);
    let waiting = true;
    let here = true;
    const loggedIn = (): void => {
      if (!waiting) return;
      waiting = false;
      this.#waitingInAll -= 1;
      const left = (this.#waiting.get(source) ?? 1) - 1;
      if (left > 0) this.#waiting.set(source, left);
      else this.#waiting.delete(source);
    };
    return {
      loggedIn,
      left: () => {
        loggedIn();
        if (here) this.#open -= 1;
        here = false;
      },
    };
  }

  get open(): number {
    return this.#open;
  }
  get waiting(): number {
    return this.#waitingInAll;
  }
}
