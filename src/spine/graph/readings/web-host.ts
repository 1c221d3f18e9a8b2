import { sql, type Db, type Sql } from '#kit/db/index.ts';
import { findAccount, listHoldings } from '../accounts/read-accounts.ts';
import { findEntitlement, getEntitlements } from '../entitlements/read-entitlements.ts';
import { createIdentity } from '../identities/create-identity.ts';
import type { ReadAccount, ReadingResult, SystemReading } from './model.ts';
import { registerSystem } from '../systems/systems.ts';
import { write, type SeenEvent } from '../testing.ts';
import { applyReading } from './apply-reading.ts';

/** A small host for tests: what a reading of it looks like, and what the graph makes of it. */

export const account = (name: string, more: Partial<ReadAccount> = {}): ReadAccount => ({
  nativeId: `uid:${name}`,
  name,
  state: 'active',
  kind: 'personal',
  attributes: { shell: '/bin/bash' },
  privilegedBecause: [],
  ...more,
});
export const group = (name: string, privileged = false): SystemReading['entitlements'][number] => ({
  nativeId: `group:${name}`,
  kind: 'group',
  name,
  privileged,
  attributes: {},
});
export const holds = (name: string, entitlement: string): SystemReading['holdings'][number] => ({
  account: `uid:${name}`,
  entitlement: `group:${entitlement}`,
});

/** root by its uid, lena in staff, omar in staff and sudo; docker is nested in staff. */
export const WEB: SystemReading = {
  accounts: [
    account('root', { kind: 'shared', privilegedBecause: [{ reason: 'uid 0', evidence: 'passwd: root:x:0' }] }),
    account('lena'),
    account('omar'),
  ],
  entitlements: [group('sudo', true), group('docker'), group('staff')],
  holdings: [holds('lena', 'staff'), holds('omar', 'staff'), holds('omar', 'sudo')],
  nesting: [{ parent: 'group:docker', child: 'group:staff' }],
};

/** One registered host and the ways tests look at it. */
export class WebHost {
  readonly systemId: string;
  readonly #db: Db;

  constructor(db: Db, systemId: string) {
    this.#db = db;
    this.systemId = systemId;
  }

  async read(
    reading: SystemReading = WEB,
    more: { readonly trusted?: boolean; readonly readAt?: Date; readonly seen?: SeenEvent[] } = {},
  ): Promise<ReadingResult> {
    const { trusted = true, readAt, seen } = more;
    return await write(
      this.#db,
      (ctx, permit) => applyReading(ctx, permit, { systemId: this.systemId, reading, trusted, readAt }),
      seen,
    );
  }

  /** What the graph says is there now, by native ids: for comparing two ways to the same. */
  async export(): Promise<unknown> {
    const rows = async (query: Sql): Promise<string[]> =>
      (await this.#db.many<{ row: unknown }>(query)).map((r) => JSON.stringify(r.row)).sort();
    const id = this.systemId;
    return {
      accounts: await rows(sql`
        select jsonb_build_array(native_id, name, kind, state, privileged_because, attributes, last_used_at) as row
          from account where system_id = ${id} and valid_to is null`),
      entitlements: await rows(sql`
        select jsonb_build_array(native_id, kind, name, privileged, attributes) as row
          from entitlement where system_id = ${id} and valid_to is null`),
      holdings: await rows(sql`
        select jsonb_build_array(a.native_id, e.native_id, h.given_by, h.quality) as row
          from holding h join account a on a.id = h.account_id join entitlement e on e.id = h.entitlement_id
         where a.system_id = ${id} and h.valid_to is null`),
      nesting: await rows(sql`
        select jsonb_build_array(p.native_id, c.native_id) as row
          from entitlement_edge n join entitlement p on p.id = n.parent_id join entitlement c on c.id = n.child_id
         where p.system_id = ${id} and n.valid_to is null`),
    };
  }

  async account(name: string): Promise<string> {
    const found = await this.#db.tx((tx) => findAccount(tx, this.systemId, name));
    if (found === undefined) throw new Error(`no account ${name}`);
    return found.id;
  }

  async entitlement(name: string): Promise<string> {
    const found = await this.#db.tx((tx) => findEntitlement(tx, this.systemId, `group:${name}`));
    if (found === undefined) throw new Error(`no entitlement ${name}`);
    return found.id;
  }

  /** Names of what an account holds now, sorted. */
  async heldBy(name: string): Promise<string[]> {
    const accountId = await this.account(name);
    return await this.#db.tx(async (tx) => {
      const held = await listHoldings(tx, { accountId });
      const known = await getEntitlements(
        tx,
        held.map((h) => h.entitlementId),
      );
      return known.map((e) => e.name).sort();
    });
  }
}

let hosts = 0;
/** Registers a host nobody has read yet. */
export async function webHost(db: Db): Promise<WebHost> {
  hosts += 1;
  const name = `web${hosts}`;
  const system = await write(db, (ctx, permit) => registerSystem(ctx, permit, { name, kind: 'linux' }));
  return new WebHost(db, system.id);
}

/** Makes a person; returns the id. */
export const person = async (db: Db, displayName: string): Promise<string> =>
  (await write(db, (ctx, permit) => createIdentity(ctx, permit, { kind: 'person', facts: { displayName } }))).id;
