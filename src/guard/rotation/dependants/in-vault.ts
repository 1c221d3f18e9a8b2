import { z } from 'zod';
import { AppError, denied, invalid, notFound } from '#kit/errors/index.ts';
import { folderOfKv, namesNotFetched, putField, type Secret } from '#guard/vault/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem, REEVE_SYSTEM_ID } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { RotationEdges } from '../reach-target.ts';

/** The system of a dependant that is in the vault itself. */
export const VAULT = REEVE_SYSTEM_ID;
const HERE = /\{value(?::url)?\}/gu;

/** One value of a secret that programs read by path, and how the credential stands in it. */
export const vaultPlace = z.strictObject({
  path: z.string().min(1).max(300),
  field: z.string().min(1).max(200),
  /** `{value}` is the credential, `{value:url}` the same as it stands in a URL. */
  template: z
    .string()
    .max(4000)
    .refine((template) => template.match(HERE)?.length === 1, 'has one {value} or {value:url}')
    .default('{value}'),
});

/**
 * Refuses a place in the vault unless whoever adds it may both take the credential out and write there: from the next
 * rotation on, whoever reads there reads the credential. What is shown to nobody is copied nowhere.
 */
export async function refuseBeyondReader(
  decide: Decide,
  ctx: Ctx,
  secret: Secret,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const place = vaultPlace.safeParse(given);
  if (!place.success)
    throw new AppError({
      code: 'dependant.place_wrong',
      status: 422,
      detail: 'a place in the vault is not like that',
      fix: 'say path, field and, where it is not all of it, template',
      errors: place.error.issues.map(({ path, message }) => ({
        pointer: ['/place', ...path.map(String)].join('/'),
        detail: message,
      })),
    });
  await refuseKept(ctx, secret);
  const folder = await folderOfKv(ctx.tx, place.data.path);
  if (folder === undefined) throw notFound('secret', place.data.path);
  const { principal } = ctx;
  for (const [action, resource] of [
    ['secret.checkout', { type: 'Secret', id: secret.id }],
    ['secret_folder.write', { type: 'SecretFolder', id: folder.id }],
  ] as const) {
    const { decision } = await decide.permit(ctx.tx, { principal, action, resource });
    if (decision.obligations.some(({ kind }) => kind !== 'record'))
      throw denied(
        'dependant.under_conditions',
        `policy allows you ${action} only under conditions that a rotation cannot keep`,
        'have the value read from where it is: reeve vault checkout',
      );
  }
}

async function refuseKept(ctx: Pick<Ctx, 'tx'>, secret: Secret): Promise<void> {
  const connects =
    secret.systemId !== null && (await requireSystem(ctx.tx, secret.systemId)).credentialSecretId === secret.id;
  if (secret.purpose !== 'account' || connects || (await namesNotFetched(ctx.tx, [secret.name])).has(secret.name))
    throw invalid(
      '/id',
      `${secret.name} is given to nobody by being read, so it stands nowhere else in the vault`,
      'have sessions use it, or change its terms: reeve vault terms',
    );
}

/** Puts a credential into the vault where a dependant has it. What it wrote is what it read in the same transaction. */
export async function putInVault(
  edges: Pick<RotationEdges, 'keys'>,
  job: JobCtx,
  secret: Secret,
  given: Readonly<Record<string, unknown>>,
  value: string,
): Promise<void> {
  const { path, field, template } = vaultPlace.parse(given);
  await job.act({ action: 'secret.update' }, async (ctx, permit: Permit) => {
    await refuseKept(ctx, secret);
    await putField(edges.keys, ctx, permit, { path, field }, filled(template, value));
  });
}

const filled = (template: string, value: string): string =>
  template.replace(HERE, (here) => (here === '{value}' ? value : encodeURIComponent(value)));
