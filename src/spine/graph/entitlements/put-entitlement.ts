import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { entitlementPut } from '../events.ts';
import type { DataClass, Entitlement, Risk } from '../model.ts';
import { findEntitlement, getEntitlement } from './read-entitlements.ts';

export interface EntitlementDescription {
  readonly description?: string | null | undefined;
  readonly ownerId?: string | null | undefined;
  readonly risk?: Risk | undefined;
  readonly requestable?: boolean | undefined;
  /** Longest a grant of it may last; null: no limit of its own. */
  readonly maxSeconds?: number | null | undefined;
  /** True marks it privileged whatever the target says; false withdraws the mark, not what the target says. */
  readonly markedPrivileged?: boolean | undefined;
  readonly dataClass?: DataClass | null | undefined;
  readonly regulated?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly aliases?: readonly string[] | undefined;
  /** The product of which whoever has it needs a licence; null: none, and no cost. */
  readonly licence?: string | null | undefined;
  /** What one costs a month, in a currency. */
  readonly licenceCost?: number | null | undefined;
  readonly licenceCurrency?: string | null | undefined;
  /** True says that all of it is right as it stands now. */
  readonly reviewed?: true | undefined;
}

const words = (given: readonly string[] | undefined): string[] | null =>
  given === undefined ? null : [...new Set(given)].sort();

export interface NewEntitlement extends EntitlementDescription {
  readonly systemId: string;
  readonly kind: string;
  readonly nativeId: string;
  readonly name: string;
  /** For kind `account`: the shared account whose use this is. */
  readonly accountId?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Makes an entitlement known before, or beside, any reading; a reading never ends one made here. Put again, it
 * changes what is given and keeps its id.
 */
export async function putEntitlement(ctx: Ctx, permit: Permit, input: NewEntitlement): Promise<Entitlement> {
  const known = await findEntitlement(ctx.tx, input.systemId, input.nativeId);
  if (known !== undefined) {
    if (known.kind !== input.kind || known.accountId !== (input.accountId ?? null))
      throw conflict(
        'entitlement.is_another_kind',
        `${input.nativeId} is known as ${known.kind}`,
        'use another native id',
      );
    await ctx.tx.run(sql`
      update entitlement set name = ${input.name}, source = 'reeve',
             attributes = coalesce(${input.attributes === undefined ? null : sql.json(input.attributes)}::jsonb, attributes)
       where id = ${known.id}`);
    return await describeEntitlement(ctx, permit, { ...input, entitlementId: known.id });
  }
  const id = newId();
  const marked = input.markedPrivileged ?? false;
  await inWords(async () => {
    if (input.accountId !== undefined) {
      const there = await ctx.tx.maybe(
        sql`select id from account where id = ${input.accountId} and system_id = ${input.systemId} and valid_to is null`,
      );
      if (there === undefined)
        throw invalid('/accountId', 'is not an account on that system', 'name one that is there now');
    }
    await ctx.tx.run(sql`
      insert into entitlement (id, system_id, kind, native_id, name, description, owner_id, risk, privileged,
        marked_privileged, requestable, max_seconds, account_id, source, attributes, valid_from)
      values (${id}, ${input.systemId}, ${input.kind}, ${input.nativeId}, ${input.name}, ${input.description ?? null},
        ${input.ownerId ?? null}, ${input.risk ?? 'medium'}, ${marked}, ${marked}, ${input.requestable ?? false},
        ${input.maxSeconds ?? null}, ${input.accountId ?? null}, 'reeve', ${sql.json(input.attributes ?? {})}::jsonb, ${ctx.now})`);
  });
  await ctx.record(permit, {
    event: entitlementPut,
    data: { entitlementId: id, systemId: input.systemId, changed: ['created'] },
  });
  const { dataClass, regulated, tags, aliases, reviewed, licence, licenceCost, licenceCurrency } = input;
  const more = { dataClass, regulated, tags, aliases, reviewed, licence, licenceCost, licenceCurrency };
  if (Object.values(more).some((said) => said !== undefined))
    return await describeEntitlement(ctx, permit, { entitlementId: id, ...more });
  const made = await getEntitlement(ctx.tx, id);
  if (made === undefined) throw notFound('entitlement', id);
  return made;
}

/** Says what an entitlement is for, who answers for it, how risky it is and whether it may be asked for. */
export async function describeEntitlement(
  ctx: Ctx,
  permit: Permit,
  input: { readonly entitlementId: string } & EntitlementDescription,
): Promise<Entitlement> {
  const { entitlementId: id } = input;
  await ctx.tx.run(sql`select id from entitlement where id = ${id} for no key update`);
  const before = await getEntitlement(ctx.tx, id);
  if (before === undefined) throw notFound('entitlement', id);
  const description = input.description === undefined ? before.description : input.description;
  const ownerId = input.ownerId === undefined ? before.ownerId : input.ownerId;
  const maxSeconds = input.maxSeconds === undefined ? before.maxSeconds : input.maxSeconds;
  const marked = input.markedPrivileged ?? null;
  const licence = licenceOf(before, input);
  await inWords(() =>
    ctx.tx.run(sql`
      update entitlement
         set description = ${description}, owner_id = ${ownerId}, risk = ${input.risk ?? before.risk},
             requestable = ${input.requestable ?? before.requestable}, max_seconds = ${maxSeconds},
             data_class = ${input.dataClass === undefined ? before.dataClass : input.dataClass},
             regulated = coalesce(${words(input.regulated)}::text[], regulated),
             tags = coalesce(${words(input.tags)}::text[], tags),
             aliases = coalesce(${words(input.aliases)}::text[], aliases),
             licence = ${licence.licence}, licence_cost = ${licence.licenceCost}, licence_currency = ${licence.licenceCurrency},
             reviewed_at = case when ${input.reviewed ?? false}::boolean then ${ctx.now} else reviewed_at end,
             marked_privileged = coalesce(${marked}::boolean, marked_privileged),
             privileged = case when ${marked}::boolean is null then privileged
                               when ${marked}::boolean then true
                               else privileged_on_target end
       where id = ${id}`),
  );
  const after = await getEntitlement(ctx.tx, id);
  if (after === undefined) throw notFound('entitlement', id);
  await ctx.record(permit, {
    event: entitlementPut,
    data: { entitlementId: id, systemId: after.systemId, changed: changedOf(before, after) },
  });
  return after;
}

type Licence = Pick<Entitlement, 'licence' | 'licenceCost' | 'licenceCurrency'>;

/** What is said of the licence once something was said of it: without a product there is no cost either. */
export const licenceOf = (before: Licence, said: EntitlementDescription): Licence => {
  const licence = said.licence === undefined ? before.licence : said.licence;
  const licenceCost = said.licenceCost === undefined ? before.licenceCost : said.licenceCost;
  const licenceCurrency = said.licenceCurrency === undefined ? before.licenceCurrency : said.licenceCurrency;
  return said.licence === null
    ? { licence: null, licenceCost: null, licenceCurrency: null }
    : { licence, licenceCost, licenceCurrency };
};

const SAID = [
  'description',
  'ownerId',
  'risk',
  'requestable',
  'maxSeconds',
  'privileged',
  'dataClass',
  'regulated',
  'tags',
  'aliases',
  'licence',
  'licenceCost',
  'licenceCurrency',
  'reviewedAt',
] as const;

/** Which of what people say differs between two states of an entitlement. */
const changedOf = (before: Entitlement, after: Entitlement): string[] =>
  SAID.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
