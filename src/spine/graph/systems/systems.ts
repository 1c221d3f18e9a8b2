import { invalid, notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { systemChanged, systemPinned, systemRegistered } from '../events.ts';
import { isUuid } from '../is-uuid.ts';
import { allOf } from '../known-rows.ts';
import type { Page, PageInput, System } from '../model.ts';

const columns = sql`id, name, kind, host, port, settings, pinned, owner_id, credential_secret_id, last_read_at, valid_from, valid_to`;

/** By id or by name; retired systems are found too. */
export const getSystem = async (tx: Tx, idOrName: string): Promise<System | undefined> =>
  await tx.maybe<System>(
    isUuid(idOrName)
      ? sql`select ${columns} from system where id = ${idOrName}`
      : sql`select ${columns} from system where name = ${idOrName}`,
  );

/** As getSystem; throws `system.not_found`. */
export async function requireSystem(tx: Tx, idOrName: string): Promise<System> {
  const system = await getSystem(tx, idOrName);
  if (system === undefined) throw notFound('system', idOrName);
  return system;
}

/** Systems in use, by name. */
export async function listSystems(
  tx: Tx,
  input: {
    readonly filter?: { readonly kind?: string | undefined; readonly ownerId?: string | undefined };
  } & PageInput = {},
): Promise<Page<System>> {
  const limit = input.limit ?? 50;
  const after = readCursor(input.cursor, ['name']);
  const { kind, ownerId } = input.filter ?? {};
  const where = allOf([
    sql`(valid_to is null or valid_to > ${tx.now})`,
    kind === undefined ? undefined : sql`kind = ${kind}`,
    ownerId === undefined ? undefined : sql`owner_id = ${ownerId}`,
    after === undefined ? undefined : sql`name > ${after[0]}`,
  ]);
  const rows = await tx.many<System>(
    sql`select ${columns} from system where ${where} order by name limit ${limit + 1}`,
  );
  return page(rows, limit, (r) => [r.name]);
}

export interface NewSystem {
  readonly id?: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly pinned?: readonly string[] | undefined;
  readonly ownerId?: string | undefined;
  readonly credentialSecretId?: string | undefined;
}

/** Makes a target known. Nothing is called on it, and an empty `pinned` means that it is not trusted yet. */
export async function registerSystem(ctx: Ctx, permit: Permit, input: NewSystem): Promise<System> {
  if (input.kind === 'reeve') throw invalid('/kind', 'there is one Reeve, and it is registered', 'name another kind');
  const id = input.id ?? newId();
  await inWords(() =>
    ctx.tx.run(sql`
      insert into system (id, name, kind, host, port, settings, pinned, owner_id, credential_secret_id, valid_from)
      values (${id}, ${input.name}, ${input.kind}, ${input.host ?? ''}, ${input.port ?? 0},
              ${sql.json(input.settings ?? {})}::jsonb, ${input.pinned ?? []}::text[], ${input.ownerId ?? null},
              ${input.credentialSecretId ?? null}, ${ctx.now})`),
  );
  await ctx.record(permit, { event: systemRegistered, data: { systemId: id, name: input.name, kind: input.kind } });
  return await requireSystem(ctx.tx, id);
}

export type SystemChange = Partial<Pick<System, 'host' | 'port' | 'settings' | 'ownerId' | 'credentialSecretId'>>;

/** Changes where a system is, who answers for it or which secret it is reached with. Its name and kind stay. */
export async function changeSystem(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string } & SystemChange,
): Promise<System> {
  const before = await requireSystem(ctx.tx, input.systemId);
  const { systemId, ...change } = input;
  const changed = Object.keys(change).filter((k) => k in before);
  const after = { ...before, ...change };
  await inWords(() =>
    ctx.tx.run(sql`
      update system
         set host = ${after.host}, port = ${after.port}, settings = ${sql.json(after.settings)}::jsonb,
             owner_id = ${after.ownerId}, credential_secret_id = ${after.credentialSecretId}
       where id = ${systemId}`),
  );
  await ctx.record(permit, { event: systemChanged, data: { systemId, changed } });
  return await requireSystem(ctx.tx, systemId);
}

/** Replaces the host keys or certificate fingerprints this system is trusted by. */
export async function pinSystem(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly pinned: readonly string[] },
): Promise<void> {
  const pinned = [...new Set(input.pinned)].sort();
  const n = await ctx.tx.run(sql`update system set pinned = ${pinned}::text[] where id = ${input.systemId}`);
  if (n === 0) throw notFound('system', input.systemId);
  await ctx.record(permit, { event: systemPinned, data: { systemId: input.systemId, pinned } });
}
