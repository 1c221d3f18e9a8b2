import { connectors } from '#connectors/index.ts';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, changeSystem, createIdentity, startGrant, type AdminRole } from '#spine/graph/index.ts';
import { guardedHouse } from '#test/harness/guarded-house.ts';
import { reviewsOf } from '../reviews-of.ts';
import { startTargets } from './start-targets.ts';

/** One of each system of the company, governed by one house, and what reviews do on all of them at once. */
export async function reviewedCompany() {
  const who: Record<string, string> = {};
  const id = (name: string): string => who[name] ?? '';
  const [house, { targets, stop }] = await Promise.all([guardedHouse(), startTargets()]);
  const registry = connectors({ exchangeDir: house.exchangeDir });
  const systems = new Map<string, string>();
  const names = [...targets.keys()];
  const on = (name: string) => {
    const found = targets.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };

  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const make = async (username: string, facts: object = {}, role?: AdminRole): Promise<void> => {
      const person = { displayName: username, username, ...facts };
      who[username] = (await createIdentity(ctx, permit, { kind: 'person', facts: person })).id;
      if (role === undefined) return;
      const grant = { identityId: id(username), entitlementId: ADMIN_ROLES[role], origin: 'admin', reason: 'test' };
      await startGrant(ctx, permit, { ...grant, origin: 'admin' });
    };
    await make('admin', {}, 'administrator');
    await make('officer', {}, 'security_officer');
    await make('boss');
    await make('owner');
    for (const name of ['rosa', 'omar']) await make(name, { managerId: id('boss'), department: 'Bookings' });
  });

  const readAll = async (): Promise<void> => {
    house.clock.advance(1_000);
    for (const name of names) await house.perform('discovery.read', { id: systems.get(name) }, id('admin'));
    await house.settle(60_000);
  };
  /** What a thing is in the catalogue, on each system; a sudo rule is known by the program it lets run. */
  const things = (thing: string): Promise<readonly { id: string; systemId: string }[]> =>
    house.db.many(sql`
      select id, system_id from entitlement
       where system_id = any(${sql.array([...systems.values()])}::uuid[]) and valid_to is null and kind <> 'account'
         and (name = ${thing} or name like ${`sudo %/usr/local/bin/${thing}`}) order by system_id`);
  const thingIds = async (thing: string): Promise<string[]> => (await things(thing)).map((one) => one.id);
  /** Grants a thing on every system. */
  const give = async (name: string, ...wanted: readonly string[]): Promise<void> => {
    for (const thing of wanted)
      for (const entitlementId of await thingIds(thing))
        await house.perform('grants.give', { identity: name, entitlementId, because: 'test' }, id('admin'));
    await house.settle(60_000);
  };
  const each = async <T>(look: (name: string) => Promise<T>): Promise<Record<string, T>> =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await look(name)] as const)));
  const everywhere = <T>(value: T): Record<string, T> => Object.fromEntries(names.map((name) => [name, value]));
  /** On which systems somebody has a thing, as these say. */
  const isIn = (login: string, thing: string): Promise<Record<string, boolean>> =>
    each((name) => on(name).isIn(login, thing));
  /** Whether an account is open, as the system says, asked outside of anything Reeve's. */
  const stateOf = (account: string): Promise<Record<string, string | undefined>> =>
    each(async (name) => {
      const { kind, settings = {}, pinned, credential, lab } = on(name);
      const found = await registry
        .get(kind)
        ?.readAccount(
          { systemId: 'outside', kind, host: lab.host, port: lab.port, settings, pinned: [pinned], credential },
          account,
        );
      return found?.account.state;
    });

  for (const name of names) {
    const { kind, settings = {}, pinned, credential, lab } = on(name);
    const value = credential.kind === 'password' ? credential.password : credential.privateKey;
    const secret = { kind: credential.kind, value };
    const at = { host: lab.host, port: lab.port, settings, pinned: [pinned] };
    const { id: systemId } = await house.perform<{ id: string }>(
      'systems.connect',
      { name, kind, ...at, username: credential.username, secret },
      id('admin'),
    );
    systems.set(name, systemId);
    await house
      .as('boot')
      .act({ action: 'enrolment.create' }, (ctx, permit) =>
        changeSystem(ctx, permit, { systemId, ownerId: id('owner') }),
      );
  }
  await readAll();
  // Everybody has an account everywhere, whatever else is taken from them.
  for (const name of ['rosa', 'omar']) await give(name, 'base');

  return {
    ...reviewsOf(house, id),
    house,
    names,
    id,
    readAll,
    thingIds,
    give,
    isIn,
    stateOf,
    everywhere,
    sneak: (login: string, thing: string) => each((name) => on(name).sneak(login, thing)),
    down: () => each((name) => on(name).lab.down()),
    up: () => each((name) => on(name).lab.up()),
    close: async (): Promise<void> => {
      await house.close();
      await stop();
    },
  };
}
