import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { findIdentityByUsername, getIdentity, requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { allOf, conditionsOf } from '../catalogue/filter-entries.ts';
import type { CatalogueFilter } from '../catalogue/model.ts';
import { hasWords, wordsOf } from '../catalogue/read-words.ts';
import { filterIn, filterOf, label, sayings } from '../catalogue/shapes.ts';
import { catalogueEdited } from '../events.ts';
import { applyEdits, getMarked, previewEdits, type EditsPreview } from './apply-edits.ts';
import { writeCsv, writeYaml } from './catalogue-file.ts';
import { editsOfFile, exportEntries } from './move-files.ts';
import { editOf, type BulkChange, type Edit } from './model.ts';

/** Entitlements one bulk edit may meet; more are changed in parts, or by a file. */
const MOST = 5000;
/** Changes a preview lists; the numbers beside are of all. */
const SHOWN = 100;
const LARGEST_FILE = 32 * 1024 * 1024;

const list = z.array(label).max(20).optional();
const bulkIn = {
  filter: z.object(filterIn).optional(),
  ids: z.array(z.uuid()).min(1).max(MOST).optional(),
  change: z.object({
    ...sayings,
    owner: text(200).optional(),
    addTags: list,
    removeTags: list,
    addRegulated: list,
    removeRegulated: list,
  }),
};
const fileIn = { file: z.string().max(LARGEST_FILE), format: z.enum(['csv', 'yaml']).default('yaml') };

const previewedOut = z.object({
  id: z.uuid(),
  name: z.string(),
  systemId: z.uuid(),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  refused: z.string().nullable(),
});
const previewOut = z.object({
  asked: z.int(),
  changed: z.int(),
  refused: z.int(),
  over: z.array(z.string()),
  items: z.array(previewedOut),
});
const doneOut = z.object({ changed: z.int(), heldAs: z.uuid().nullable() });

const shown = (preview: EditsPreview) => ({
  asked: preview.asked,
  changed: preview.changed.length,
  refused: preview.refused.length,
  over: preview.over,
  items: [...preview.refused, ...preview.changed].slice(0, SHOWN),
});

async function idsMeant(
  tx: Tx,
  input: { ids?: readonly string[] | undefined; filter?: CatalogueFilter | undefined },
): Promise<string[]> {
  if ((input.ids === undefined) === (input.filter === undefined))
    throw invalid('/ids', 'say which, by ids or by a filter', 'give one of the two');
  if (input.ids !== undefined) return [...new Set(input.ids)];
  const filter = input.filter ?? {};
  const rows = await tx.many<{ id: string }>(sql`
    select entitlement_id as id from catalogue_entry c
     where ${allOf([hasWords(wordsOf(filter.text ?? '')), filter.ownerId === undefined ? undefined : sql`c.owner_id = ${filter.ownerId}`, ...Object.values(conditionsOf(filter))])}
     order by 1 limit ${MOST + 1}`);
  if (rows.length > MOST)
    throw invalid('/filter', `meets more than ${MOST} entitlements`, 'narrow it, or import a file');
  return rows.map((row) => row.id);
}

const editsFor = async (tx: Tx, ids: readonly string[], change: BulkChange): Promise<Edit[]> =>
  [...(await getMarked(tx, ids)).values()].map((entitlement) => editOf(entitlement, change));

/** The change with whom it names as owner by id; a username does as well. */
async function changeMeant(
  tx: Tx,
  { owner, ...change }: BulkChange & { owner?: string | undefined },
): Promise<BulkChange> {
  if (owner === undefined) return change;
  const who = (await getIdentity(tx, owner)) ?? (await findIdentityByUsername(tx, owner));
  if (who === undefined) throw invalid('/change/owner', 'is nobody who is known', 'give a username or an id');
  return { ...change, ownerId: who.id };
}

const bulkEdits = async (tx: Tx, input: z.output<z.ZodObject<typeof bulkIn>>): Promise<Edit[]> =>
  await editsFor(
    tx,
    await idsMeant(tx, {
      ids: input.ids,
      filter: input.filter === undefined ? undefined : await filterOf(tx, input.filter),
    }),
    await changeMeant(tx, input.change),
  );

export const editOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'entitlements.previewBulk',
    action: 'entitlement.describe_many',
    kind: 'read',
    method: 'POST',
    path: '/v1/catalogue/edits/preview',
    summary: 'What a change of many entitlements would do, without doing it',
    description:
      'Which are meant is said by ids or by the filter of a search; over lists the limits of the change guard it is over.',
    input: z.object(bulkIn),
    output: previewOut,
    handler: async (ctx, _permit, input) => shown(await previewEdits(ctx.tx, await bulkEdits(ctx.tx, input))),
  }),
  defineOperation({
    name: 'entitlements.applyBulk',
    action: 'entitlement.describe_many',
    kind: 'write',
    method: 'POST',
    path: '/v1/catalogue/edits',
    summary: 'Change many entitlements, all or none; over a limit of the change guard the plan waits for a person',
    input: z.object(bulkIn),
    output: doneOut,
    handler: async (ctx, permit, input) => {
      const edits = await bulkEdits(ctx.tx, input);
      const done = await applyEdits(ctx, permit, {
        edits,
        title: `change ${edits.length} entitlements of the catalogue`,
      });
      await ctx.record(permit, { event: catalogueEdited, data: { by: 'filter', asked: edits.length, ...done } });
      return done;
    },
  }),
  defineOperation({
    name: 'entitlements.previewFile',
    action: 'entitlement.describe_many',
    kind: 'read',
    method: 'POST',
    path: '/v1/catalogue/import/preview',
    summary: 'What importing a file of the catalogue would change, without changing it',
    maxBody: LARGEST_FILE,
    input: z.object(fileIn),
    output: previewOut,
    cli: { command: 'catalogue compare', file: { field: 'file' }, columns: ['name', 'changes', 'refused'] },
    handler: async (ctx, _permit, { file, format }) =>
      shown(await previewEdits(ctx.tx, await editsOfFile(ctx.tx, file, format))),
  }),
  defineOperation({
    name: 'entitlements.importFile',
    action: 'entitlement.describe_many',
    kind: 'write',
    method: 'POST',
    path: '/v1/catalogue/import',
    summary: 'Make the catalogue say what a file says, all or none; what the file does not name stays',
    description:
      'The file is one that the export writes, CSV or YAML. A field that is not in it stays; an empty one takes away what was said.',
    maxBody: LARGEST_FILE,
    input: z.object(fileIn),
    output: doneOut,
    cli: { command: 'catalogue import', file: { field: 'file' } },
    handler: async (ctx, permit, { file, format }) => {
      const edits = await editsOfFile(ctx.tx, file, format);
      const done = await applyEdits(ctx, permit, { edits, title: `import ${edits.length} entitlements of a file` });
      await ctx.record(permit, { event: catalogueEdited, data: { by: format, asked: edits.length, ...done } });
      return done;
    },
  }),
  ...(['yaml', 'csv'] as const).map((format) =>
    defineOperation({
      name: format === 'yaml' ? 'entitlements.exportYaml' : 'entitlements.exportCsv',
      action: 'entitlement.list',
      kind: 'read',
      method: 'GET',
      path: `/v1/catalogue/export/${format}`,
      summary: `The catalogue, or one system of it, as ${format === 'yaml' ? 'a YAML' : 'a CSV'} file that imports to the same`,
      media: format === 'yaml' ? 'application/yaml' : 'text/csv',
      input: z.object({ system: text(200).optional() }),
      output: z.string(),
      cli: { command: format === 'yaml' ? 'catalogue export' : 'catalogue export-csv' },
      handler: async (ctx, _permit, { system }) => {
        const on = system === undefined ? undefined : (await requireSystem(ctx.tx, system)).id;
        const entries = await exportEntries(ctx.tx, on);
        return format === 'yaml' ? writeYaml(entries) : writeCsv(entries);
      },
    }),
  ),
];
