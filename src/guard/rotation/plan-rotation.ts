import type { Keys } from '#kit/crypto/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endSessionsOfAccount } from '#guard/sessions/index.ts';
import { createSecret, refuseSealed, type Secret } from '#guard/vault/index.ts';
import { getAccount, requireSystem, type Account, type System } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { rotationPlanned } from './events.ts';
import { secretOf } from './find-secret-of.ts';
import { isRotatedKind, type Cause, type RotatedKind, type Rotation } from './model.ts';
import { insertRotation, openRotation } from './store.ts';

export const RUN_ROTATION = 'rotation.run';

/** What may stand in the name of a secret; systems name accounts as they like, by whole distinguished names for instance. */
const PATH_PART = /^[A-Za-z0-9._@$ -]+$/;

export interface NewRotation {
  readonly accountId: string;
  readonly because: string;
  /** Default `asked`. */
  readonly cause?: Cause | undefined;
  /** What kind of credential the account is given where the vault has none for it yet; default a password. */
  readonly kind?: RotatedKind | undefined;
  /** Said in clear in the event; `because` is then in the words of whoever asks, and personal. */
  readonly said?: string | undefined;
  /** The run and wave it is of: then it waits until that wave is released. */
  readonly of?: { readonly runId: string; readonly wave: number } | undefined;
}

/**
 * Plans a rotation of an account's credential; the vault gets a secret for it if it has none. One at a time: while one is
 * open, asking again returns that one, and `fresh` is false. For an incident the live sessions of the account are told to
 * end in the same commit, also where a rotation is open already. Throws `vault.sealed`.
 */
export async function planRotation(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  asked: NewRotation,
): Promise<{ readonly rotation: Rotation; readonly fresh: boolean }> {
  refuseSealed(keys);
  const input = { ...asked, cause: asked.cause ?? ('asked' as const) };
  const account = await getAccount(ctx.tx, input.accountId);
  if (account === undefined) throw notFound('account', input.accountId);
  if (account.state === 'gone') throw conflict('account.gone', `${account.name} is gone from its system`);
  const system = await requireSystem(ctx.tx, account.systemId);
  const secret =
    (await secretOf(ctx.tx, account, system)) ?? (await makeSecret(keys, ctx, permit, { account, system, input }));
  if (!isRotatedKind(secret.kind) || (input.kind !== undefined && input.kind !== secret.kind))
    throw invalid(
      '/kind',
      `the vault has a credential of ${account.name} of kind ${secret.kind.replace('_', ' ')}`,
      'rotate it as that, or remove it first',
    );
  const ending =
    input.cause === 'incident'
      ? await endSessionsOfAccount(ctx, permit, account.id, 'its credential is being changed')
      : 0;
  const id = newId(ctx.now.getTime());
  const inserted = await insertRotation(ctx.tx, {
    id,
    accountId: account.id,
    secretId: secret.id,
    because: input.because,
    cause: input.cause,
    runId: input.of?.runId,
    wave: input.of?.wave,
  });
  const fresh = inserted === 1;
  // What a person wrote is theirs; Reeve carrying out what they asked for says only what it was.
  const byPerson = input.said !== undefined && ctx.principal.kind === 'identity';
  if (fresh) {
    await ctx.record(permit, {
      event: rotationPlanned,
      subject: byPerson ? ctx.principal.id : undefined,
      data: {
        rotationId: id,
        accountId: account.id,
        secretId: secret.id,
        systemId: system.id,
        because: input.said ?? input.because,
        cause: input.cause,
        sessionsEnding: ending === 0 ? undefined : ending,
        words: byPerson ? input.because : undefined,
      },
    });
    if (input.of === undefined) await enqueueRotation(ctx, id);
  }
  const open = await openRotation(ctx.tx, account.id);
  if (open === undefined) throw notFound('rotation', id);
  // It waits for its wave, and is wanted now.
  if (!fresh && open.runId !== null && open.state === 'planned' && input.of === undefined)
    await enqueueRotation(ctx, open.id);
  return { rotation: open, fresh };
}

/** Has a worker take a rotation on. */
export const enqueueRotation = (ctx: Pick<Ctx, 'tx'>, rotationId: string): Promise<void> =>
  enqueue(ctx.tx, RUN_ROTATION, { rotationId }, { key: `rotation:${rotationId}` });

async function makeSecret(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  of: { readonly account: Account; readonly system: System; readonly input: NewRotation },
): Promise<Secret> {
  const { account, system, input } = of;
  const named = PATH_PART.test(account.name);
  return await createSecret(keys, ctx, permit, {
    name: `systems/${system.name}/${named ? account.name : account.id}`,
    kind: input.kind ?? 'password',
    purpose: 'account',
    accountId: account.id,
    systemId: system.id,
    ownerId: account.identityId ?? undefined,
    ...(named ? {} : { description: `the credential of ${account.name}` }),
  });
}
