import type { AccountLook, AccountSession, Change } from '#connectors/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { accessRealised, accessWithdrawn } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { failureClass } from './back-off.ts';
import { isAwaited } from './failures.ts';
import type { Person } from './find-people.ts';
import type { ProvisionTask } from './store.ts';

/** Throws where nobody answers: then nothing is known of anybody. */
function refuseAway(error: unknown): void {
  if (failureClass(error) === 'unreachable') throw error;
}

/** Looks at these people's accounts, by name. Whose cannot be read is among `failed` and not in the answer. */
export async function lookAt(
  session: AccountSession,
  people: readonly Person[],
  failed: Map<string, unknown>,
): Promise<ReadonlyMap<string, AccountLook>> {
  const seen = new Map<string, AccountLook>();
  if (people.length === 0) return seen;
  const looks = await session.readAccounts(people.map(({ account }) => account));
  for (const [place, person] of people.entries()) {
    const look = looks[place] ?? { error: new Error('no answer') };
    if ('found' in look) {
      seen.set(person.account, look.found);
      continue;
    }
    refuseAway(look.error);
    for (const { task } of person.wants) if (!failed.has(task.id)) failed.set(task.id, look.error);
  }
  return seen;
}

/** Applies changes, each for some tasks. What cannot be had is among `failed` by task, and what is only ordered yet among `awaited`. */
export async function applyFor(
  session: AccountSession,
  wanted: readonly { readonly change: Change; readonly tasks: readonly ProvisionTask[] }[],
  failed: Map<string, unknown>,
  awaited: Map<string, string>,
): Promise<void> {
  if (wanted.length === 0) return;
  const came = await session.applyEach(wanted.map(({ change }) => change));
  for (const [place, { tasks }] of wanted.entries()) {
    const one = came[place] ?? { error: new Error('no answer') };
    if (!('error' in one)) continue;
    refuseAway(one.error);
    for (const { id } of tasks)
      if (isAwaited(one.error)) awaited.set(id, awaited.get(id) ?? one.error.message);
      else failed.set(id, one.error);
  }
}

/** Records what became real, or is gone, one event a person. */
export async function record(
  ctx: Ctx,
  permit: Permit,
  event: typeof accessRealised | typeof accessWithdrawn,
  people: readonly {
    readonly identityId: string;
    readonly systemId: string;
    readonly accountId: string | undefined;
    readonly tasks: readonly ProvisionTask[];
  }[],
): Promise<void> {
  await ctx.recordAll(
    permit,
    people
      .filter(({ tasks }) => tasks.length > 0)
      .map(({ identityId, systemId, accountId, tasks }) => ({
        event,
        subject: identityId,
        data: {
          identityId,
          systemId,
          accountId,
          grants: tasks.map(({ grantId, decidedAt }) => ({
            grantId,
            elapsedMs: Math.max(0, ctx.now.getTime() - decidedAt.getTime()),
          })),
          proven: true,
        },
      })),
  );
}
