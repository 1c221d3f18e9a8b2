import { sql } from '#kit/db/index.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { ADMIN_ROLES, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { discoveryModule } from '../index.ts';
import { scriptedTargets, type Script } from './scripted-target.ts';

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};
export interface Run {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly trusted: boolean | null;
  readonly problem: string | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly progress: { readonly pieces: number; readonly rows: number };
}

/** A house that reads systems whose targets do what their scripts say, and what tests ask of it. */
export class ReadingHouse {
  readonly house: House;
  readonly admin: string;
  readonly #scripts: Map<string, Script>;
  #serial = 0;

  private constructor(house: House, admin: string, scripts: Map<string, Script>) {
    this.house = house;
    this.admin = admin;
    this.#scripts = scripts;
  }

  static async open(): Promise<ReadingHouse> {
    const scripts = new Map<string, Script>();
    let opened: House | undefined;
    const db = () => {
      if (opened === undefined) throw new Error('not assembled yet');
      return opened.db;
    };
    const house = await testHouse(({ keys }) => [
      graphModule,
      vaultModule({ keys }),
      discoveryModule({ keys, targets: scriptedTargets(db, scripts), readingsAtOnce: 2 }),
      arrange,
    ]);
    opened = house;
    const admin = await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      const facts = { displayName: 'admin', username: 'admin' };
      const { id } = await createIdentity(ctx, permit, { kind: 'person', facts });
      const grant = {
        identityId: id,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      } as const;
      await startGrant(ctx, permit, grant);
      return id;
    });
    return new ReadingHouse(house, admin, scripts);
  }

  perform<T>(operation: string, input: unknown): Promise<T> {
    return this.house.perform<T>(operation, input, this.admin);
  }

  /** A system nobody has read yet; those of earlier tests are not read by the clock any more. */
  async connectAlone(script: Script): Promise<string> {
    this.house.clock.advance(60_000);
    await this.house.db.run(sql`update reading_schedule set read_every_seconds = 0, read_changes_every_seconds = 0`);
    return await this.connect(script);
  }

  async connect(script: Script): Promise<string> {
    this.#serial += 1;
    const name = `s${this.#serial}`;
    this.#scripts.set(name, script);
    return (await this.perform<{ id: string }>('systems.connect', { name, kind: 'scripted' })).id;
  }

  async ask(id: string): Promise<string> {
    return (await this.perform<{ runId: string }>('discovery.read', { id })).runId;
  }

  show(id: string): Promise<Run> {
    return this.perform<Run>('discovery.run', { id });
  }

  /** Asks for a reading a minute later and waits until it is over. */
  async read(id: string): Promise<Run> {
    this.house.clock.advance(60_000);
    const runId = await this.ask(id);
    await this.house.settle(30_000);
    return await this.show(runId);
  }

  async runs(id: string): Promise<Run[]> {
    return (await this.perform<{ items: Run[] }>('discovery.runs', { systemId: id })).items;
  }

  /** How many accounts the graph says are there. */
  async there(id: string): Promise<number> {
    const { n } = await this.house.db.one<{ n: number }>(
      sql`select count(*) as n from account where system_id = ${id} and valid_to is null`,
    );
    return n;
  }

  async happened(type: string, systemId: string): Promise<Record<string, unknown>[]> {
    const rows = await this.house.db.many<{ data: Record<string, unknown> }>(
      sql`select data from audit_event where type = ${type} and data->>'systemId' = ${systemId} order by id`,
    );
    return rows.map((r) => r.data);
  }

  async tick(): Promise<void> {
    const run = { id: '0', name: 'tick', attempt: 1, maxAttempts: 1, signal: new AbortController().signal };
    await this.house.tasks['discovery.tick']?.({}, run);
    await this.house.settle(30_000);
  }
}
