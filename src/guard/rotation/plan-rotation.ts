import type { Keys } from '#kit/crypto/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { createSecret, refuseSealed, secretOfAccount } from '#guard/vault/index.ts';
import { getAccount, requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { rotationPlanned } from './events.ts';
import { insertRotation, openRotation, type Rotation } from './store.ts';

export const RUN_ROTATION = 'rotation.run';

/** What may stand in the name of a secret; systems name accounts as they like, by whole distinguished names for instance. */
const PATH_PART = /^[A-Za-z0-9._@$ -]+$/;

/**
 * Plans a rotation of an account's credential; the vault gets a secret for it if it has none. One at a time: while
 * one is open, asking again returns that one, and `fresh` is false. Throws `vault.sealed`. With `said`, the event says that in clear, and
 * `because`, in the words of whoever asks, is personal.
 */
export async function planRotation(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: { readonly accountId: string; readonly because: string; readonly said?: string | undefined },
): Promise<{ readonly rotation: Rotation; readonly fresh: boolean }> {
  refuseSealed(keys);
  const account = await getAccount(ctx.tx, input.accountId);
  if (account === undefined) throw notFound('account', input.accountId);
  if (account.state === 'gone') throw conflict('account.gone', `${account.name} is gone from its system`);
  const system = await requireSystem(ctx.tx, account.systemId);
  const secret =
    (await secretOfAccount(ctx.tx, account.id)) ??
    (await createSecret(keys, ctx, permit, {
      name: `systems/${system.name}/${PATH_PART.test(account.name) ? account.name : account.id}`,
      kind: 'password',
      purpose: 'account',
      accountId: account.id,
      systemId: system.id,
      ownerId: account.identityId ?? undefined,
      ...(PATH_PART.test(account.name) ? {} : { description: `the credential of ${account.name}` }),
    }));
  const id = newId(ctx.now.getTime());
  const inserted = await insertRotation(ctx.tx, {
    id,
    accountId: account.id,
    secretId: secret.id,
    because: input.because,
  });
  const fresh = inserted === 1;
  if (fresh) {
    await ctx.record(permit, {
      event: rotationPlanned,
      subject: input.said === undefined ? undefined : ctx.principal.id,
      data: {
        rotationId: id,
        accountId: account.id,
        secretId: secret.id,
        systemId: system.id,
        because: input.said ?? input.because,
        words: input.said === undefined ? undefined : input.because,
      },
    });
    await enqueue(ctx.tx, RUN_ROTATION, { rotationId: id }, { key: `rotation:${id}` });
  }
  const open = await openRotation(ctx.tx, account.id);
  if (open === undefined) throw notFound('rotation', id);
  return { rotation: open, fresh };
}
