import * as fc from 'fast-check';
import { newId } from '#kit/ids/index.ts';
import type { TestClock } from '#kit/clock/index.ts';
import { sql, type Db, type Sql } from '#kit/db/index.ts';
import type { RefEdge, RefNode, RefWorld, Version } from './reference-closure.ts';

/** Random histories for the property tests: written to the database as they happen, and remembered by the reference. */

export const DAY = 86_400_000;
const IDENTITIES = 3;
const ACCOUNTS = 4;
const ENTITLEMENTS = 6;
const ROLES = 3;
const SYSTEMS = 2;

const day = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 }));
const until = fc.option(fc.integer({ min: 1, max: 12 }), { nil: null, freq: 1 });
const pick = (n: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: n - 1 });

/** One thing that happens: a new edge, the end of one, or a change of a node. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('edge' as const),
      what: fc.constantFrom(
        'owner',
        'grant',
        'grant_role',
        'grant_role',
        'content',
        'content_role',
        'content_role',
        'nesting',
        'nesting',
        'holding',
        'holding',
      ),
      a: pick(12),
      b: pick(12),
      from: day,
      lasts: until,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(), at: day }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('end_entitlement' as const), which: pick(ENTITLEMENTS), at: day }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('privilege' as const), which: pick(ENTITLEMENTS) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
export const history = fc.array(step, { minLength: 12, maxLength: 40, size: 'max' });
/** A question: who or what, when, through when, and how many steps of the history were known. */
export const question = fc.record({
  identity: pick(IDENTITIES),
  target: pick(12),
  at: day,
  lasts: fc.constantFrom(0, 0, 2, 5),
  known: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** A world in the database whose past the reference remembers. */
export class RandomWorld {
  readonly world: RefWorld = { nodes: [], edges: [] };
  readonly identities = Array.from({ length: IDENTITIES }, () => newId());
  readonly systems = Array.from({ length: SYSTEMS }, () => newId());
  readonly accounts = Array.from({ length: ACCOUNTS }, () => newId());
  readonly entitlements = Array.from({ length: ENTITLEMENTS }, () => newId());
  readonly roles = Array.from({ length: ROLES }, () => newId());
  /** The instant of each step. */
  readonly instants: number[] = [];
  readonly #db: Db;
  readonly #clock: TestClock;
  readonly start: number;

  constructor(db: Db, clock: TestClock) {
    this.#db = db;
    this.#clock = clock;
    this.start = clock.now().getTime();
  }

  at(days: number): number {
    return this.start + days * DAY;
  }

  #date(days: number): Date {
    return new Date(this.at(days));
  }

  /** Identities, systems, accounts, entitlements (the last two are to use accounts 0 and 1) and roles, all from day 0. */
  async begin(): Promise<void> {
    const from = this.#date(0);
    await this.#db.tx(async (tx) => {
      for (const id of this.identities) await tx.run(sql`insert into identity (id, kind) values (${id}, 'person')`);
      for (const id of this.systems)
        await tx.run(
          sql`insert into system (id, name, kind, valid_from) values (${id}, ${`s${id}`}, 'linux', ${from})`,
        );
      for (const [i, id] of this.accounts.entries())
        await tx.run(sql`insert into account (id, system_id, native_id, name, valid_from)
          values (${id}, ${this.systems[i % SYSTEMS]}, ${id}, ${`account${i}`}, ${from})`);
      for (const [i, id] of this.entitlements.entries()) {
        const account = i < ENTITLEMENTS - 2 ? null : this.accounts[i - (ENTITLEMENTS - 2)];
        await tx.run(sql`insert into entitlement (id, system_id, kind, native_id, name, account_id, valid_from)
          values (${id}, ${this.systems[i % SYSTEMS]}, ${account === null ? 'group' : 'account'}, ${id}, ${`entitlement${i}`}, ${account}, ${from})`);
      }
      for (const [i, id] of this.roles.entries())
        await tx.run(sql`insert into role (id, name, valid_from) values (${id}, ${`role${i} ${id}`}, ${from})`);
    });
    const node = (kind: RefNode['kind'], id: string, systemId: string | null, accountId: string | null): void => {
      const row: RefNode = { kind, id, systemId, accountId, privileged: false, from: this.at(0), to: Infinity };
      this.world.nodes.push({ row, recordedFrom: this.start, recordedTo: Infinity });
    };
    for (const [i, id] of this.accounts.entries()) node('account', id, this.systems[i % SYSTEMS] ?? null, null);
    for (const [i, id] of this.entitlements.entries())
      node(
        'entitlement',
        id,
        this.systems[i % SYSTEMS] ?? null,
        i < ENTITLEMENTS - 2 ? null : (this.accounts[i - (ENTITLEMENTS - 2)] ?? null),
      );
    for (const id of this.roles) node('role', id, null, null);
  }

  /** Lets one thing happen, a little later than the one before. */
  async take(s: Step): Promise<void> {
    this.#clock.advance(DAY / 3);
    this.instants.push(this.#clock.now().getTime());
    if (s.do === 'edge') await this.#addEdge(s);
    else if (s.do === 'end') await this.#endEdge(s.which, s.at);
    else if (s.do === 'privilege')
      await this.#changeNode(this.entitlements[s.which] ?? '', (n) => ({ ...n, privileged: !n.privileged }));
    else await this.#changeNode(this.entitlements[s.which] ?? '', (n) => ({ ...n, to: Math.min(n.to, this.at(s.at)) }));
  }

  #revise<T>(version: Version<T>, list: Version<T>[], row: T): void {
    const now = this.#clock.now().getTime();
    version.recordedTo = now;
    list.push({ row, recordedFrom: now, recordedTo: Infinity });
  }

  async #changeNode(id: string, change: (node: RefNode) => RefNode): Promise<void> {
    const version = this.world.nodes.find((v) => v.row.id === id && v.recordedTo === Infinity);
    if (version === undefined) return;
    const row = change(version.row);
    await this.#db.run(
      sql`update entitlement set privileged = ${row.privileged}, valid_to = ${row.to === Infinity ? null : new Date(row.to)} where id = ${id}`,
    );
    this.#revise(version, this.world.nodes, row);
  }

  async #addEdge(s: Extract<Step, { do: 'edge' }>): Promise<void> {
    const of = (list: readonly string[], i: number): string => list[i % list.length] ?? '';
    const ends: Record<typeof s.what, readonly [string, string]> = {
      owner: [of(this.identities, s.a), of(this.accounts, s.b)],
      grant: [of(this.identities, s.a), of(this.entitlements, s.b)],
      grant_role: [of(this.identities, s.a), of(this.roles, s.b)],
      content: [of(this.roles, s.a), of(this.entitlements, s.b)],
      content_role: [of(this.roles, s.a), of(this.roles, s.b)],
      nesting: [of(this.entitlements, s.a), of(this.entitlements, s.b)],
      holding: [of(this.accounts, s.a), of(this.entitlements, s.b)],
    };
    const [from_, to_] = ends[s.what];
    if (from_ === to_) return;
    const what = s.what === 'grant_role' ? 'grant' : s.what === 'content_role' ? 'content' : s.what;
    const row: RefEdge = {
      what,
      id: newId(),
      from_,
      to_,
      from: this.at(s.from),
      to: s.lasts === null ? Infinity : this.at(s.from + s.lasts),
    };
    if (this.#clashes(row)) return;
    await this.#db.run(this.#insert(s.what, row));
    this.world.edges.push({ row, recordedFrom: this.#clock.now().getTime(), recordedTo: Infinity });
  }

  /** The tables' own rules: an account has one owner at a time; a pair has one row a beginning and one open-ended row. Grants may double. */
  #clashes(row: RefEdge): boolean {
    const current = this.world.edges
      .filter((v) => v.recordedTo === Infinity && v.row.what === row.what)
      .map((v) => v.row);
    if (row.what === 'grant') return false;
    if (row.what === 'owner')
      return current.some((e) => e.to_ === row.to_ && (e.from === row.from || (e.from < row.to && row.from < e.to)));
    return current.some(
      (e) =>
        e.from_ === row.from_ &&
        e.to_ === row.to_ &&
        (e.from === row.from || (e.to === Infinity && row.to === Infinity)),
    );
  }

  #insert(what: Extract<Step, { do: 'edge' }>['what'], row: RefEdge): Sql {
    const [from, to] = [new Date(row.from), row.to === Infinity ? null : new Date(row.to)];
    const { id, from_, to_ } = row;
    if (what === 'owner')
      return sql`insert into account_owner (account_id, identity_id, valid_from, valid_to) values (${to_}, ${from_}, ${from}, ${to})`;
    if (what === 'grant')
      return sql`insert into access_grant (id, identity_id, entitlement_id, valid_from, valid_to, origin) values (${id}, ${from_}, ${to_}, ${from}, ${to}, 'admin')`;
    if (what === 'grant_role')
      return sql`insert into access_grant (id, identity_id, role_id, valid_from, valid_to, origin) values (${id}, ${from_}, ${to_}, ${from}, ${to}, 'admin')`;
    if (what === 'content')
      return sql`insert into role_content (id, role_id, entitlement_id, valid_from, valid_to) values (${id}, ${from_}, ${to_}, ${from}, ${to})`;
    if (what === 'content_role')
      return sql`insert into role_content (id, role_id, child_role_id, valid_from, valid_to) values (${id}, ${from_}, ${to_}, ${from}, ${to})`;
    if (what === 'nesting')
      return sql`insert into entitlement_edge (parent_id, child_id, valid_from, valid_to) values (${from_}, ${to_}, ${from}, ${to})`;
    return sql`insert into holding (account_id, entitlement_id, valid_from, valid_to, observed_at) values (${from_}, ${to_}, ${from}, ${to}, ${from})`;
  }

  async #endEdge(which: number, days: number): Promise<void> {
    const live = this.world.edges.filter((v) => v.recordedTo === Infinity);
    const version = live[which % Math.max(1, live.length)];
    if (version === undefined) return;
    const row = { ...version.row, to: Math.min(version.row.to, Math.max(version.row.from, this.at(days))) };
    const [to, from] = [row.to === Infinity ? null : new Date(row.to), new Date(row.from)];
    const { id, from_, to_ } = row;
    const by: Record<RefEdge['what'], Sql> = {
      owner: sql`update account_owner set valid_to = ${to} where account_id = ${to_} and valid_from = ${from}`,
      grant: sql`update access_grant set valid_to = ${to} where id = ${id}`,
      content: sql`update role_content set valid_to = ${to} where id = ${id}`,
      nesting: sql`update entitlement_edge set valid_to = ${to} where parent_id = ${from_} and child_id = ${to_} and valid_from = ${from}`,
      holding: sql`update holding set valid_to = ${to} where account_id = ${from_} and entitlement_id = ${to_} and valid_from = ${from}`,
    };
    await this.#db.run(by[row.what]);
    this.#revise(version, this.world.edges, row);
  }
}
