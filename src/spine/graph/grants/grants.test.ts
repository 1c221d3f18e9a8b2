import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import {
  REEVE_SYSTEM_ID,
  beginGrant,
  changeGrantEnd,
  createRole,
  effectiveAccess,
  endGrant,
  getGrant,
  grantVersions,
  grantsDueToStart,
  lapsedGrants,
  listGrants,
  putEntitlement,
  startGrant,
  type Grant,
  type NewGrant,
} from '../index.ts';
import { person } from '../readings/web-host.ts';
import { write, type SeenEvent } from '../testing.ts';

let t: TestDatabase;
let who: string;
let what: string;
beforeAll(async () => {
  t = await testDatabase();
  who = await person(t.db, 'Lena');
  const made = await write(t.db, (ctx, permit) =>
    putEntitlement(ctx, permit, { systemId: REEVE_SYSTEM_ID, kind: 'thing', nativeId: 'thing', name: 'thing' }),
  );
  what = made.id;
});
afterAll(async () => await t.drop());

const HOUR = 3_600_000;
const hours = (n: number): Date => new Date(t.clock.now().getTime() + n * HOUR);
const start = async (more: Partial<NewGrant> = {}, seen?: SeenEvent[]): Promise<Grant> =>
  await write(
    t.db,
    (ctx, permit) =>
      startGrant(ctx, permit, { identityId: who, entitlementId: what, origin: 'request', reason: 'on call', ...more }),
    seen,
  );
const end = async (grantId: string, more: { at?: Date; because?: string } = {}, seen?: SeenEvent[]): Promise<Grant> =>
  await write(t.db, (ctx, permit) => endGrant(ctx, permit, { grantId, because: 'revoked', ...more }), seen);
const lapsed = async (): Promise<string[]> => (await t.db.tx((tx) => lapsedGrants(tx, tx.now))).map((g) => g.id);

describe('a grant', () => {
  test('starts and ends, each with an event reactions hang on', async () => {
    const seen: SeenEvent[] = [];
    const origin = newId();
    const grant = await start({ originId: origin, validTo: hours(2) }, seen);
    t.clock.advance(HOUR);
    const ended = await end(grant.id, {}, seen);
    expect(ended).toMatchObject({ validTo: t.clock.now(), endedBecause: 'revoked' });
    expect(await t.db.tx((tx) => getGrant(tx, grant.id))).toEqual(ended);
    const data = {
      grantId: grant.id,
      identityId: who,
      entitlementId: what,
      roleId: undefined,
      systemId: REEVE_SYSTEM_ID,
    };
    expect(seen).toEqual([
      { type: 'grant.started', subject: who, data: { ...data, reason: 'on call' } },
      { type: 'grant.ended', subject: who, data: { ...data, reason: 'revoked' } },
    ]);
    await expect(end(grant.id)).rejects.toMatchObject({ code: 'grant.already_ended' });
  });

  test('that begins later is planned first, and starts once', async () => {
    const seen: SeenEvent[] = [];
    const grant = await start({ validFrom: hours(1) }, seen);
    const due = async (): Promise<string[]> => (await t.db.tx((tx) => grantsDueToStart(tx, tx.now))).map((g) => g.id);
    const begin = async (): Promise<boolean> =>
      await write(t.db, (ctx, permit) => beginGrant(ctx, permit, grant.id), seen);
    expect(await due()).not.toContain(grant.id);
    expect(await begin()).toBe(false);
    t.clock.advance(HOUR);
    expect(await due()).toContain(grant.id);
    expect([await begin(), await begin()]).toEqual([true, false]);
    expect(await due()).not.toContain(grant.id);
    expect(seen.map((e) => e.type)).toEqual(['grant.planned', 'grant.started']);
  });

  test('planned and withdrawn before it began was never live', async () => {
    const from = hours(1);
    const grant = await start({ validFrom: from });
    await end(grant.id);
    const live = await t.db.tx((tx) => listGrants(tx, { filter: { identityId: who, liveAt: from }, limit: 500 }));
    expect(live.items.map((g) => g.id)).not.toContain(grant.id);
  });

  test('that has passed its end gives nothing from that instant on, before any job looked', async () => {
    const id = await person(t.db, 'Short');
    await start({ identityId: id, validTo: hours(1) });
    const reaches = async (at: Date): Promise<number> =>
      (await t.db.tx((tx) => effectiveAccess(tx, id, { at }))).length;
    expect(await reaches(new Date(hours(1).getTime() - 1))).toBe(1);
    expect(await reaches(hours(1))).toBe(0);
  });

  test('lapses at its own end, however late the worker is', async () => {
    const until = hours(1);
    const grant = await start({ validTo: until });
    expect(await lapsed()).not.toContain(grant.id);
    t.clock.advance(5 * HOUR);
    expect(await lapsed()).toContain(grant.id);
    expect((await end(grant.id, { because: 'lapsed' })).validTo).toEqual(until);
    expect(await lapsed()).not.toContain(grant.id);
  });

  test('is claimed by one worker at a time', async () => {
    const grant = await start({ validTo: hours(1) });
    t.clock.advance(HOUR);
    await t.db.tx(async (one) => {
      expect((await lapsedGrants(one, one.now)).map((g) => g.id)).toContain(grant.id);
      expect(await lapsed()).not.toContain(grant.id);
    });
    await end(grant.id);
  });

  test('can be shortened, never lengthened', async () => {
    const grant = await start({ validTo: hours(5) });
    const seen: SeenEvent[] = [];
    const to = async (validTo: Date): Promise<Grant> =>
      await write(
        t.db,
        (ctx, permit) => changeGrantEnd(ctx, permit, { grantId: grant.id, validTo, because: 'less is enough' }),
        seen,
      );
    expect((await to(hours(2))).validTo).toEqual(hours(2));
    await expect(to(hours(3))).rejects.toMatchObject({ code: 'graph.grant_end_never_moves_later' });
    expect((await end(grant.id, { at: hours(1) }, seen)).validTo).toEqual(hours(1));
    expect((await to(t.clock.now())).endedBecause).toBe('less is enough');
    expect(seen.map((e) => e.type)).toEqual(['grant.shortened', 'grant.shortened', 'grant.ended']);
  });

  test('ended in the past ends then', async () => {
    const grant = await start();
    t.clock.advance(5 * HOUR);
    expect((await end(grant.id, { at: hours(-2) })).validTo).toEqual(hours(-2));
  });

  test('tells how it came to be what it is', async () => {
    const grant = await start({ validTo: hours(4) });
    const [first, later] = [t.clock.now(), hours(1)];
    t.clock.advance(HOUR);
    await end(grant.id);
    expect(await t.db.tx((tx) => grantVersions(tx, grant.id))).toEqual([
      {
        recordedFrom: first,
        recordedTo: later,
        validFrom: first,
        validTo: hours(3),
        started: true,
        endedBecause: null,
      },
      {
        recordedFrom: later,
        recordedTo: null,
        validFrom: first,
        validTo: later,
        started: true,
        endedBecause: 'revoked',
      },
    ]);
  });
});

describe('a grant is refused', () => {
  test('when its end is past, or before its beginning', async () => {
    await expect(start({ validTo: t.clock.now() })).rejects.toMatchObject({ status: 422 });
    await expect(start({ validFrom: hours(3), validTo: hours(2) })).rejects.toMatchObject({
      code: 'graph.grant_does_not_end_before_it_begins',
    });
  });
  test('of what is unknown or gone, and of nothing or two things', async () => {
    await expect(start({ entitlementId: newId() })).rejects.toMatchObject({ code: 'entitlement.not_found' });
    await expect(start({ entitlementId: undefined })).rejects.toMatchObject({ status: 422 });
    const role = await write(t.db, (ctx, permit) => createRole(ctx, permit, { name: 'r' }));
    await expect(start({ roleId: role.id })).rejects.toMatchObject({
      constraint: 'grant_is_for_one_entitlement_or_one_role',
    });
    const old = await write(t.db, (ctx, permit) =>
      putEntitlement(ctx, permit, { systemId: REEVE_SYSTEM_ID, kind: 'thing', nativeId: 'old', name: 'old' }),
    );
    await t.db.run(sql`update entitlement set valid_to = ${t.clock.now()} where id = ${old.id}`);
    await expect(start({ entitlementId: old.id })).rejects.toMatchObject({ code: 'entitlement.gone' });
  });
  test('to nobody', async () => {
    await expect(start({ identityId: newId() })).rejects.toMatchObject({ constraint: 'grant_is_to_an_identity' });
  });
});
