/**
 * Who holds what, as columns of numbers: twenty million rows are eighty megabytes and no object. Identities and
 * entitlements are numbered by whoever fills the columns; the row of identity `n` is `entitlements` from `offsets[n]`
 * to `offsets[n + 1]`. Entitlements with numbers beyond those of the rules may be among them, and count for nothing.
 */
export interface Columns {
  readonly identities: number;
  readonly offsets: Uint32Array;
  readonly entitlements: Uint32Array;
  /** Places in `entitlements` that are held for some of the time only, in order; all others are held throughout. */
  readonly timed: Uint32Array;
  /** From when until when these are held, in milliseconds, `Infinity` being without an end: two numbers a place. */
  readonly times: Float64Array;
}

/** Fills columns one identity after the other. Arrays double as they fill, so no count has to be known before. */
export class ColumnsBuilder {
  #offsets = new Uint32Array(1 << 12);
  #entitlements = new Uint32Array(1 << 14);
  #timed = new Uint32Array(1 << 8);
  #times = new Float64Array(1 << 9);
  #identities = 0;
  #held = 0;
  #timedHeld = 0;

  /** What the identity that is being added holds: throughout where no times are given. */
  add(entitlement: number, from?: number, until?: number): void {
    if (this.#held === this.#entitlements.length) this.#entitlements = doubled(this.#entitlements);
    if (from !== undefined && until !== undefined) {
      if (this.#timedHeld === this.#timed.length) {
        this.#timed = doubled(this.#timed);
        this.#times = doubled(this.#times);
      }
      this.#timed[this.#timedHeld] = this.#held;
      this.#times[2 * this.#timedHeld] = from;
      this.#times[2 * this.#timedHeld + 1] = until;
      this.#timedHeld += 1;
    }
    this.#entitlements[this.#held] = entitlement;
    this.#held += 1;
  }

  /** Ends the row of one identity and returns its number. */
  endRow(): number {
    if (this.#identities + 2 > this.#offsets.length) this.#offsets = doubled(this.#offsets);
    this.#identities += 1;
    this.#offsets[this.#identities] = this.#held;
    return this.#identities - 1;
  }

  done(): Columns {
    return {
      identities: this.#identities,
      offsets: this.#offsets.subarray(0, this.#identities + 1),
      entitlements: this.#entitlements.subarray(0, this.#held),
      timed: this.#timed.subarray(0, this.#timedHeld),
      times: this.#times.subarray(0, 2 * this.#timedHeld),
    };
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer>;
function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer>;
function doubled(array: Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): typeof array {
  const larger = array instanceof Uint32Array ? new Uint32Array(array.length * 2) : new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** The first index of `timed` at or after a place. */
export function firstTimed({ timed }: Columns, place: number): number {
  let [low, high] = [0, timed.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timed[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
