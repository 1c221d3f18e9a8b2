import { z } from 'zod';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { setPrerequisites } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { DATA_CLASSES, FACETS, USES } from './model.ts';
import { searchCatalogue } from './search-catalogue.ts';
import { filterIn, filterOf, riskIn } from './shapes.ts';
import { showEntry } from './show-entry.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
const facetOut = z.array(z.object({ value: z.string(), name: z.string(), n: z.int() }));
const entryOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  systemName: z.string(),
  kind: z.string(),
  nativeId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  risk: riskIn,
  dataClass: z.enum(DATA_CLASSES).nullable(),
  regulated: z.array(z.string()),
  tags: z.array(z.string()),
  requestable: z.boolean(),
  privileged: z.boolean(),
  maxSeconds: z.int().nullable(),
  holders: z.int(),
  granted: z.int(),
  countedAt: instantOut.nullable(),
  used: z.enum(USES),
  lastUsedAt: instantOut.nullable(),
  useKnown: z.enum(['exercised', 'account', 'never', 'unknown']),
  renamedAt: instantOut.nullable(),
});
const prerequisiteOut = z.object({
  needsId: z.uuid().nullable(),
  name: z.string(),
  gone: z.boolean(),
  attribute: z.string().nullable(),
  value: z.string().nullable(),
});
const named = ref.extend({ goneSince: instantOut.nullable() });

export const catalogueOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'entitlements.search',
    action: 'entitlement.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/catalogue',
    summary: 'Search the catalogue of entitlements, with how many there are of each system, risk, class, tag and use',
    description:
      'Words are found in names, descriptions, other names, tags and the name of the system; where nothing is found, as they were probably meant (correctedTo). Counts of facets are exact, or about right where only the first letters of words are given and the catalogue is large (about; exact counts them all the same); holders and use are counted after readings (countedAt). total is -1 where facets are not asked for.',
    input: z.object({
      ...filterIn,
      sort: z.enum(['relevance', 'name', 'risk', 'holders', 'last_used']).optional(),
      facets: z.boolean().default(true),
      exact: z.boolean().default(false),
      ...pageInput,
    }),
    output: pageOf(entryOut).extend({
      total: z.int(),
      about: z.boolean(),
      correctedTo: z.string().nullable(),
      facets: z
        .object(
          Object.fromEntries(FACETS.map((f) => [f, facetOut])) as Record<(typeof FACETS)[number], typeof facetOut>,
        )
        .nullable(),
    }),
    cli: {
      command: 'catalogue search',
      positional: ['text'],
      columns: [
        'systemName',
        'name',
        'risk',
        'dataClass',
        'privileged',
        'requestable',
        'ownerName',
        'holders',
        'used',
        'id',
      ],
    },
    handler: async (ctx, _permit, { sort, cursor, limit, facets, exact, ...filter }) =>
      await searchCatalogue(ctx.tx, { filter: await filterOf(ctx.tx, filter), sort, cursor, limit, facets, exact }),
  }),
  defineOperation({
    name: 'entitlements.showEntry',
    action: 'entitlement.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/catalogue/{id}',
    summary:
      'All the catalogue says of an entitlement: what it needs, implies and is named by, its use and what was said of it when',
    description: 'One that is gone at its source is shown too, with since when and what still names it.',
    input: z.object({ id: z.uuid() }),
    output: z.object({
      id: z.uuid(),
      systemId: z.uuid(),
      systemName: z.string(),
      kind: z.string(),
      nativeId: z.string(),
      name: z.string(),
      description: z.string().nullable(),
      suggestion: z.string().nullable(),
      ownerId: z.uuid().nullable(),
      ownerName: z.string().nullable(),
      ownerGone: z.boolean(),
      risk: riskIn,
      dataClass: z.enum(DATA_CLASSES).nullable(),
      regulated: z.array(z.string()),
      tags: z.array(z.string()),
      aliases: z.array(z.string()),
      licence: z.string().nullable(),
      licenceCost: z.number().nullable().describe('of one licence a month'),
      licenceCurrency: z.string().nullable(),
      requestable: z.boolean(),
      maxSeconds: z.int().nullable(),
      reviewedAt: instantOut.nullable(),
      privileged: z.boolean(),
      markedPrivileged: z.boolean(),
      privilegedThrough: z.array(z.object({ kind: z.string(), id: z.uuid(), name: z.string() })),
      goneSince: instantOut.nullable(),
      renamedFrom: z.string().nullable(),
      renamedAt: instantOut.nullable(),
      knownSince: instantOut,
      holders: z.int(),
      granted: z.int(),
      countedAt: instantOut.nullable(),
      lastUsedAt: instantOut.nullable(),
      useKnown: z.enum(['exercised', 'account', 'never', 'unknown']),
      parents: z.array(named),
      children: z.array(named),
      roles: z.array(ref),
      rules: z.array(ref),
      birthrights: z.array(ref),
      prerequisites: z.array(prerequisiteOut),
      neededBy: z.array(ref),
      stewards: z.array(ref),
      history: z.array(
        z.object({
          at: instantOut,
          changed: z.array(z.string()),
          description: z.string().nullable(),
          ownerName: z.string().nullable(),
          nativeId: z.string(),
          risk: z.string(),
        }),
      ),
    }),
    cli: { command: 'catalogue show', positional: ['id'] },
    resource: (input) => ({ type: 'Entitlement', id: input.id }),
    handler: async (ctx, _permit, { id }) => await showEntry(ctx.tx, id),
  }),
  defineOperation({
    name: 'entitlements.setPrerequisites',
    action: 'entitlement.describe',
    kind: 'write',
    method: 'PUT',
    path: '/v1/entitlements/{id}/prerequisites',
    summary: 'Say what somebody must have before asking: other entitlements, or facts such as a training',
    description:
      'Replaces what was said. A fact without a value must say yes, true, or a day that is not over; a list must have an entry that does.',
    input: z.object({
      id: z.uuid(),
      needs: z.array(z.uuid()).max(20).default([]),
      facts: z
        .array(z.object({ attribute: text(100), value: text(200).nullable().optional() }))
        .max(20)
        .default([]),
    }),
    output: z.object({ id: z.uuid(), prerequisites: z.array(prerequisiteOut) }),
    resource: (input) => ({ type: 'Entitlement', id: input.id }),
    handler: async (ctx, permit, { id, needs, facts }) => {
      const said = await setPrerequisites(ctx, permit, { entitlementId: id, needs, facts });
      return {
        id,
        prerequisites: said.map((one) =>
          'needsId' in one
            ? { ...one, attribute: null, value: null }
            : { needsId: null, name: one.attribute, gone: false, ...one },
        ),
      };
    },
  }),
];
