import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { text } from '#kit/http/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { DATA_CLASSES, RISKS, USES, type CatalogueFilter } from './model.ts';

/** A tag or a regulated label. */
export const label = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,49}$/, 'has lower-case letters, digits, dots, dashes and underscores, at most 50');

/** Another name people look for it by. In files several are kept apart by semicolons. */
export const alias = text(100).regex(/^[^;]*$/, 'has no semicolon');

export const riskIn = z.enum(['low', 'medium', 'high', 'critical']);
export const dataClassIn = z.enum(['public', 'internal', 'confidential', 'restricted']);

export const licenceCostIn = z.number().min(0).max(9_999_999).multipleOf(0.01);
export const currencyIn = z.string().regex(/^[A-Z]{3}$/, 'is a code of three capital letters, for instance EUR');

/** What people say of an entitlement; what is left out stays. */
export const sayings = {
  description: text(2000).nullable().optional(),
  ownerId: z.uuid().nullable().optional(),
  risk: riskIn.optional(),
  requestable: z.boolean().optional(),
  maxSeconds: z
    .int()
    .min(60)
    .max(366 * 86_400)
    .nullable()
    .optional(),
  markedPrivileged: z.boolean().optional(),
  dataClass: dataClassIn.nullable().optional(),
  regulated: z.array(label).max(20).optional(),
  tags: z.array(label).max(50).optional(),
  aliases: z.array(alias).max(20).optional(),
  licence: text(200).nullable().optional().describe('the product of which whoever has it needs a licence; null: none'),
  licenceCost: licenceCostIn.nullable().optional().describe('of one licence a month'),
  licenceCurrency: currencyIn.nullable().optional(),
  reviewed: z.literal(true).optional(),
};

/** How the catalogue is narrowed, by any operation that does. */
export const filterIn = {
  text: text(200).optional(),
  /** Names or ids. */
  systems: z.array(text(200)).max(100).optional(),
  risks: z.array(z.enum(RISKS)).max(4).optional(),
  dataClasses: z.array(z.enum(DATA_CLASSES)).max(5).optional(),
  tags: z.array(label).max(20).optional(),
  owned: z.boolean().optional(),
  described: z.boolean().optional(),
  requestable: z.boolean().optional(),
  privileged: z.boolean().optional(),
  uses: z.array(z.enum(USES)).max(4).optional(),
  ownerId: z.uuid().optional(),
};

/** The filter an operation was given, with systems by id. Throws `system.not_found` for one there is none of. */
export async function filterOf(
  tx: Tx,
  { systems, ...rest }: z.output<z.ZodObject<typeof filterIn>>,
): Promise<CatalogueFilter> {
  const systemIds: string[] = [];
  for (const system of systems ?? []) systemIds.push((await requireSystem(tx, system)).id);
  return { ...rest, systemIds };
}
