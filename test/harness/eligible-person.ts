import { carryOutDue } from '#guard/jit/index.ts';
import { ADMIN_ROLES, createIdentity, describeEntitlement, startGrant } from '#spine/graph/index.ts';
import type { GuardedHouse } from './guarded-house.ts';

/** What became of something somebody asked for. */
export interface Asked {
  readonly id: string;
  readonly state: string;
  readonly lines: readonly { readonly grant: { readonly id: string } | null }[];
  readonly steps: readonly { readonly state: string; readonly approvers: readonly { readonly id: string }[] }[];
}

/** Somebody who is made eligible for things and activates them, with those who approve it. */
export interface EligiblePerson {
  /** Ids: who runs Reeve, who owns what is described, their manager, and they themselves. */
  readonly admin: string;
  readonly officer: string;
  readonly boss: string;
  readonly id: string;
  /** Lets something be asked for. */
  describe(entitlementId: string, description: string): Promise<void>;
  /** Asks to be eligible, and has it approved; the grant that says so. */
  makeEligible(what: string, time: string): Promise<string>;
  activate(what: string, time: string): Promise<Asked>;
  /** Ends what has run out by now. */
  lapse(): Promise<void>;
}

/** Makes them in a house, by that username. */
export async function eligiblePerson(house: GuardedHouse, username: string): Promise<EligiblePerson> {
  const boot = house.as('boot');
  const [admin, officer, boss, id] = await boot.act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const person = async (name: string, managerId: string | null = null): Promise<string> => {
      const facts = { displayName: name, username: name, managerId };
      return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    };
    const running = await person('admin');
    const watching = await person('officer');
    for (const [identityId, role] of [
      [running, 'administrator'],
      [watching, 'security_officer'],
    ] as const) {
      const entitlementId = ADMIN_ROLES[role];
      await startGrant(ctx, permit, { identityId, entitlementId, origin: 'admin', reason: 'test' });
    }
    const manager = await person('boss');
    return [running, watching, manager, await person(username, manager)] as const;
  });
  const approveAll = async (asked: Asked): Promise<Asked> => {
    let now = asked;
    for (;;) {
      const open = now.steps.find((step) => step.state === 'open');
      if (open === undefined) return now;
      now = await house.perform<Asked>('requests.approve', { id: now.id }, open.approvers[0]?.id ?? '');
    }
  };
  return {
    admin,
    officer,
    boss,
    id,
    describe: async (entitlementId, description) => {
      const described = { ownerId: officer, description, risk: 'low', requestable: true } as const;
      await boot.act({ action: 'enrolment.create' }, async (ctx, permit) => {
        await describeEntitlement(ctx, permit, { entitlementId, ...described });
      });
    },
    makeEligible: async (what, time) => {
      const { request } = await house.perform<{ request: Asked }>(
        'requests.submit',
        { what, eligible: true, for: time, reason: 'on call' },
        id,
      );
      const done = await approveAll(request);
      if (done.state !== 'approved') throw new Error(`being eligible for ${what} is ${done.state}`);
      await house.settle(60_000);
      return done.lines[0]?.grant?.id ?? '';
    },
    activate: async (what, time) => {
      const input = { what, for: time, reason: 'the disk is full' };
      const { request } = await house.perform<{ request: Asked }>('eligibilities.activate', input, id);
      await house.settle(60_000);
      return request;
    },
    lapse: async () => {
      await carryOutDue(house.as('jit'));
      await house.settle(60_000);
    },
  };
}
