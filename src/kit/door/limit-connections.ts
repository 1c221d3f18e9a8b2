/** How many may be at a door, in all and of one source or person. */
export interface DoorLimits {
  /** Connections that have not proved who they are, in all and from one source address (a /64 for IPv6). */
  readonly preAuth: number;
  readonly preAuthPerSource: number;
  /** Connections in all, and of one person who has logged in. */
  readonly connections: number;
  readonly connectionsPerPerson: number;
}

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

/** A connection that was let in. All of it may be called any number of times. */
export interface Entry {
  /** It is no stranger any more. False: that person has all the connections one may have. */
  readonly loggedIn: (identityId: string) => boolean;
  readonly left: () => void;
}

interface Stranger {
  readonly source: string;
  readonly leave: () => void;
}

/**
 * Counts who is at the door, so that nobody can crowd out the others. Connections before login are limited in all and per
 * source, and when all places are taken the newcomer gets that of the one who has waited longest from the source with the
 * most: whoever fills the door pushes out their own. After login each person may have only so many.
 */
export class ConnectionLimits {
  readonly #limits: DoorLimits;
  /** By source, each in the order of arrival. */
  readonly #strangers = new Map<string, Set<Stranger>>();
  readonly #people = new Map<string, number>();
  #waiting = 0;
  #open = 0;

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  /** Lets a connection in, or answers undefined when it is one too many. `putOut` is called if it must make room later. */
  enter(address: string, putOut: () => void): Entry | undefined {
    const source = sourceOf(address);
    if (this.#open >= this.#limits.connections) return undefined;
    if ((this.#strangers.get(source)?.size ?? 0) >= this.#limits.preAuthPerSource) return undefined;
    if (this.#waiting >= this.#limits.preAuth) this.#makeRoom();
    if (this.#waiting >= this.#limits.preAuth) return undefined;
    let here = true;
    let person: string | undefined;
    const left = (): void => {
      if (!here) return;
      here = false;
      this.#open -= 1;
      this.#forget(stranger);
      if (person !== undefined) this.#count(person, -1);
    };
    const stranger: Stranger = {
      source,
      leave: () => {
        left();
        putOut();
      },
    };
    this.#open += 1;
    this.#waiting += 1;
    const beside = this.#strangers.get(source) ?? new Set();
    this.#strangers.set(source, beside.add(stranger));
    const loggedIn = (identityId: string): boolean => {
      this.#forget(stranger);
      if (person !== undefined || !here) return here;
      if ((this.#people.get(identityId) ?? 0) >= this.#limits.connectionsPerPerson) return false;
      person = identityId;
      this.#count(identityId, 1);
      return true;
    };
    return { loggedIn, left };
  }

  #makeRoom(): void {
    let most: Set<Stranger> | undefined;
    for (const beside of this.#strangers.values()) if (beside.size > (most?.size ?? 0)) most = beside;
    const [oldest] = most ?? [];
    oldest?.leave();
  }

  #forget(stranger: Stranger): void {
    const beside = this.#strangers.get(stranger.source);
    if (beside?.delete(stranger) !== true) return;
    this.#waiting -= 1;
    if (beside.size === 0) this.#strangers.delete(stranger.source);
  }

  #count(person: string, by: number): void {
    const now = (this.#people.get(person) ?? 0) + by;
    if (now > 0) this.#people.set(person, now);
    else this.#people.delete(person);
  }

  get open(): number {
    return this.#open;
  }
  get waiting(): number {
    return this.#waiting;
  }
}
