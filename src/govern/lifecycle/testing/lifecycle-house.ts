import type { Targets } from '#connectors/port.ts';
import { AppError } from '#kit/errors/index.ts';
import { ADMIN_ROLES, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import type { Module } from '#spine/operations/index.ts';
import { PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { testHouse, type House, type HouseParts } from '#test/harness/house.ts';
import { birthrightChanges, feedUndo, lifecycleModule } from '../index.ts';

/** A day on which the company is looked at, and an instant in the middle of it. */
export const TODAY = '2026-03-02';

/** People as a feed. */
export const csvOf = (people: readonly Person[]): string => {
  const field = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return `${[PERSON_COLUMNS.join(','), ...people.map((p) => PERSON_COLUMNS.map((c) => field(p[c])).join(','))].join('\n')}\n`;
};

const noTargets: Targets = {
  use: () =>
    Promise.reject(new AppError({ code: 'system.no_connector', status: 409, detail: 'there is no connector' })),
};

const bootPolicy = `
@id("test.boot_sets_up")
permit (principal == Reeve::Component::"test", action in [Reeve::Action::"test.set_up", Reeve::Action::"source.feed"], resource);
`;

export interface LifecycleHouse extends House {
  /** An administrator whom no feed knows. */
  readonly admin: string;
  /** Delivers a feed as that administrator and waits until all that follows has happened. */
  feed(content: string | Buffer): Promise<RunAnswer>;
  /** The run as it is now. */
  run(id: string): Promise<RunAnswer>;
}

export interface RunAnswer {
  readonly id: string;
  readonly state: string;
  readonly verdict: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly code: string; readonly detail: string; readonly row?: number }[];
  readonly heldBecause: readonly { readonly code: string; readonly detail: string }[];
  readonly plannedRows: number;
  readonly appliedRows: number;
  readonly acceptedBy: string | null;
}

/** A house with the graph, lifecycle and whatever else is given, an administrator and the source `hr`. */
export async function lifecycleHouse(
  also: (parts: HouseParts) => readonly Module[] = () => [],
  targets: Targets = noTargets,
): Promise<LifecycleHouse> {
  const house = await testHouse((parts) => [
    graphModule,
    massChangesModule([birthrightChanges, feedUndo]),
    lifecycleModule({ targets }),
    { name: 'test', policies: bootPolicy },
    ...also(parts),
  ]);
  const admin = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const made = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'Root Admin', username: 'first-admin' },
    });
    await startGrant(ctx, permit, {
      identityId: made.id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return made.id;
  });
  await house.perform('sources.put', { source: 'hr', timeZone: 'Europe/Amsterdam' }, admin);
  const run = (id: string): Promise<RunAnswer> => house.perform<RunAnswer>('sources.run', { id }, admin);
  return {
    ...house,
    admin,
    run,
    feed: async (content) => {
      const made = await house.perform<RunAnswer>(
        'sources.feed',
        { source: 'hr', content: Buffer.from(content).toString('base64'), encoding: 'base64' },
        admin,
      );
      await house.settle(60_000);
      return await run(made.id);
    },
  };
}
