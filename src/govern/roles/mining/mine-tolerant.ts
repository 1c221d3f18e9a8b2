import { addBit, bitsOf, dropBit, hasBit, keyOf, listBits, type Bits } from './bits.ts';
import type { Matrix } from './matrix.ts';
import { randomFrom } from './random.ts';
import type { Role } from './reduce.ts';
import { proposeRoles, type Sparse } from './propose-roles.ts';

/** How much more giving somebody one thing too many costs than leaving one to be granted directly. */
const EXTRA = 2;
const ROUNDS = 12;
const PASSES = 4;

export interface Tolerating {
  /**
   * How much of a role may be off, 0 to 0.4: each of its users holds at least the rest of what it gives, and each
   * thing it gives is held by at least the rest of its users.
   */
  readonly tolerance: number;
  readonly seed: number;
  readonly progress?: ((share: number) => void) | undefined;
}

/**
 * Roles that say most of who holds what with least, where some hold something more or less than they should
 * (δ-approximate mining; Vaidya, Atluri, Guo: The role mining problem, SACMAT 2007). What says it costs what it takes
 * to write it down (minimum description length): who is in a role and what it gives, what is left to be granted
 * directly, and, twice that, what roles would add. What is there by chance is not worth a role by that. Roles are
 * proposed around what two users have in common, taken up the most saving first, and then put right together: users,
 * permissions and whole roles go where others say the same. The same for the same seed, whatever the machine.
 */
export function mineTolerant(matrix: Matrix, { tolerance, seed, progress }: Tolerating): readonly Role[] {
  const sparse: Sparse = { rows: matrix.rows.map(listBits), columns: matrix.columns.map(listBits) };
  const random = randomFrom(seed);
  const cover = new Cover(matrix, sparse, tolerance);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const left = cover.left();
    cover.weigh(left);
    const proposed = proposeRoles(sparse, left, { tolerance, random });
    const before = cover.roles.length;
    cover.takeUp(proposed);
    const grew = cover.roles.length > before;
    cover.putRight();
    progress?.((pass + 1) / PASSES);
    if (!grew) break;
  }
  progress?.(1);
  return cover.roles.map(({ users, permissions }) => ({ users, permissions }));
}

/** Roles over a matrix, and by how many of them each assignment is given. */
class Cover {
  readonly #matrix: Matrix;
  readonly #sparse: Sparse;
  readonly #tolerance: number;
  readonly #width: number;
  readonly #times: Uint16Array;
  /** Bits that writing down one assignment takes. */
  #one = 1;
  roles: Role[] = [];

  constructor(matrix: Matrix, sparse: Sparse, tolerance: number) {
    this.#matrix = matrix;
    this.#sparse = sparse;
    this.#tolerance = tolerance;
    this.#width = matrix.columns.length;
    this.#times = new Uint16Array(matrix.rows.length * this.#width);
  }

  /** What no role gives yet, user by user. */
  left(): readonly (readonly number[])[] {
    return this.#sparse.rows.map((row, user) => row.filter((p) => this.#times[user * this.#width + p] === 0));
  }

  /** The rarer it is that something is left, the more it takes to say that it is. */
  weigh(left: readonly (readonly number[])[]): void {
    const ones = left.reduce((sum, row) => sum + row.length, 0);
    this.#one = Math.log2((this.#times.length + 1) / (ones + 1));
  }

  /** Takes up the role that saves most, again and again, until none saves anything. */
  takeUp(proposed: readonly Role[]): void {
    const known = new Set(this.roles.map((role) => keyOf(role.permissions)));
    const open = proposed
      .filter((role) => !known.has(keyOf(role.permissions)))
      .map((role) => ({ role, saves: this.#saves(role) }))
      .filter(({ saves }) => saves > 0)
      .sort((a, b) => b.saves - a.saves);
    // What a role saves seldom grows when others are taken up: only the first ones have to be looked at again.
    while (open.length > 0) {
      const first = open.shift() as (typeof open)[number];
      const saves = this.#saves(first.role);
      if (saves <= 0) continue;
      if (saves < (open[0]?.saves ?? 0)) {
        const at = open.findIndex((other) => other.saves < saves);
        open.splice(at < 0 ? open.length : at, 0, { role: first.role, saves });
        continue;
      }
      const role = { users: first.role.users.slice(), permissions: first.role.permissions.slice() };
      this.roles.push(role);
      this.#count(role, 1);
    }
  }

  /** Until nothing more is saved: users, permissions and roles go or come where that costs less. */
  putRight(): void {
    for (let round = 0; round < ROUNDS; round += 1) {
      let changed = false;
      for (const role of this.roles.toSorted((a, b) => size(a) - size(b))) {
        this.#count(role, -1);
        if (this.#saves(role) <= 0) {
          this.roles.splice(this.roles.indexOf(role), 1);
          changed = true;
          continue;
        }
        const before = keyOf(role.users) + keyOf(role.permissions);
        this.#chooseUsers(role);
        this.#choosePermissions(role);
        changed ||= keyOf(role.users) + keyOf(role.permissions) !== before;
        this.#count(role, 1);
      }
      this.roles = this.roles.filter((role) => some(role.users) && some(role.permissions));
      if (!changed) break;
    }
  }

  #saves({ users, permissions }: Role): number {
    const given = listBits(permissions);
    const of = listBits(users);
    let sum = 0;
    for (const user of of) for (const permission of given) sum += this.#worth(user, permission);
    const { rows, columns } = this.#matrix;
    return sum - of.length * choice(of.length, rows.length) - given.length * choice(given.length, columns.length);
  }

  /** What giving this by one more role saves. */
  #worth(user: number, permission: number): number {
    if (this.#times[user * this.#width + permission] !== 0) return 0;
    return hasBit(this.#matrix.rows[user] as Bits, permission) ? this.#one : -EXTRA * this.#one;
  }

  /** Who is in it: those who hold enough of it, and for whom it says something that no other role says. */
  #chooseUsers(role: Role): void {
    const given = listBits(role.permissions);
    const enough = given.length * (1 - this.#tolerance);
    const cost = choice(listBits(role.users).length, this.#matrix.rows.length);
    for (const [user, row] of this.#matrix.rows.entries()) {
      let held = 0;
      let worth = -cost;
      for (const permission of given) {
        if (hasBit(row, permission)) held += 1;
        worth += this.#worth(user, permission);
      }
      if (held >= enough && worth > 0) addBit(role.users, user);
      else dropBit(role.users, user);
    }
  }

  /** What it gives: what enough of its users hold, where no other roles give it to them already. */
  #choosePermissions(role: Role): void {
    const users = listBits(role.users);
    const enough = users.length * (1 - this.#tolerance);
    const cost = choice(listBits(role.permissions).length, this.#matrix.columns.length);
    for (const [permission, column] of this.#matrix.columns.entries()) {
      let held = 0;
      let worth = -cost;
      for (const user of users) {
        if (hasBit(column, user)) held += 1;
        worth += this.#worth(user, permission);
      }
      if (held >= enough && worth > 0) addBit(role.permissions, permission);
      else dropBit(role.permissions, permission);
    }
  }

  #count({ users, permissions }: Role, by: 1 | -1): void {
    const given = listBits(permissions);
    for (const user of bitsOf(users))
      for (const permission of given) {
        const at = user * this.#width + permission;
        this.#times[at] = (this.#times[at] as number) + by;
      }
  }
}

/** Bits it takes to name one of `chosen` that are chosen from `of`. */
const choice = (chosen: number, of: number): number => Math.log2(of / Math.max(chosen, 1)) + Math.LOG2E;

const some = (set: Bits): boolean => set.some((word) => word !== 0);
const size = ({ users, permissions }: Role): number => listBits(users).length * listBits(permissions).length;
