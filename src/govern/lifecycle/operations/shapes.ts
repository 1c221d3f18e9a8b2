import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';

export const sourceName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,60}[a-z0-9])?$/, 'has lower-case letters, digits, dots, dashes and underscores');

const allowance = z.object({
  percent: z.number().min(0).max(100),
  free: z.int().min(0).max(100_000_000),
  most: z.int().min(0).nullable().default(null),
});
const allowanceOut = z.object({ percent: z.number(), free: z.number(), most: z.number().nullable() });

export const limitsIn = z
  .object({
    created: allowance,
    changed: allowance,
    left: allowance,
    missingRows: allowance,
    badRows: allowance,
    unknownManagers: allowance,
  })
  .partial();
const limitsOut = z.object({
  created: allowanceOut,
  changed: allowanceOut,
  left: allowanceOut,
  missingRows: allowanceOut,
  badRows: allowanceOut,
  unknownManagers: allowanceOut,
});

const factName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,60}$/);
const column = text(200);
const status = z.enum(['pre_hire', 'active', 'leave', 'leaver']);
export const mappingIn = z
  .object({
    delimiter: z.enum([',', ';', '\t', '|']),
    columns: z
      .object({
        externalId: column,
        firstName: column,
        lastName: column,
        preferredName: column.nullable(),
        email: column.nullable(),
        username: column.nullable(),
        department: column.nullable(),
        orgUnit: column.nullable(),
        jobTitle: column.nullable(),
        manager: column.nullable(),
        employmentType: column.nullable(),
        status: column.nullable(),
        startDate: column.nullable(),
        endDate: column.nullable(),
      })
      .partial(),
    attributes: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,60}$/), column),
    expressions: z
      .record(z.string().max(61), text(2000).nullable())
      .describe('Fact or attribute → an expression over the row, in place of a column; null takes it away'),
    statuses: z.record(z.string().max(60), status),
    managerBy: column.nullable().describe('The column of a manager’s own row that rows call them by; null: their key'),
    managerIn: z
      .object({ source: sourceName, fact: factName.default('externalId') })
      .nullable()
      .describe('Another source whose people the manager column names, and by which fact; null: this one’s, by key'),
    kinds: z
      .record(z.string().max(60), z.enum(['person', 'service', 'workload', 'vendor', 'agent']))
      .describe(
        'Word in the employment column → what such a row is; what is not human has its owner in the manager column',
      ),
    vendorTypes: z.array(text(60)).max(50),
  })
  .partial();
const mappingOut = z.object({
  delimiter: z.string(),
  columns: z.record(z.string(), z.string().nullable()),
  attributes: z.record(z.string(), z.string()),
  expressions: z.record(z.string(), z.string()),
  statuses: z.record(z.string(), z.string()),
  managerBy: z.string().nullable(),
  managerIn: z.object({ source: z.string(), fact: z.string() }).nullable(),
  kinds: z.record(z.string(), z.string()),
  vendorTypes: z.array(z.string()),
});

const rank = z.int().min(0).max(10_000);
export const termsIn = z
  .object({
    lifecycle: z.boolean().describe('Whether it decides who joins and leaves; otherwise it only fills in facts'),
    rank: rank.describe('Of two sources that say a fact, the lower rank counts'),
    ranks: z.record(factName, rank).describe('Other ranks for single facts or attributes'),
    join: z
      .array(z.object({ fact: factName, with: factName }))
      .max(5)
      .describe('How rows are met with people other sources know: a fact of the row, and the same of the person'),
  })
  .partial();
const termsOut = z.object({
  lifecycle: z.boolean(),
  rank: z.number(),
  ranks: z.record(z.string(), z.number()),
  join: z.array(z.object({ fact: z.string(), with: z.string() })),
});

export const dropFileIn = z
  .string()
  .max(300)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*){1,5}$/,
    'is a folder and a file in it, of letters, digits, dots, dashes and underscores, for instance hr/people.csv',
  )
  .nullable()
  .describe('A file of the exchange folder that is delivered whenever a new one is there; null: none');

/** Where rows are on a system; what it holds is up to the kind. */
export const placeIn = z
  .record(z.string().max(40), z.union([z.string().max(2000), z.boolean(), z.number()]))
  .describe(
    'A directory: `base`, `filter`, `scope`. PostgreSQL: `schema`, `table`, `orderBy`, `database`. MariaDB: `database`, `table`, `orderBy`',
  );
const systemName = text(200).describe('Id or name of a connected system');
export const readFromIn = z
  .object({
    system: systemName,
    place: placeIn.default({}),
    everyMinutes: z.int().min(0).max(100_000).default(60).describe('0: only when asked'),
  })
  .nullable()
  .describe('A connected system Reeve reads the people from; null: none');
export const lookIn = {
  system: systemName,
  place: placeIn.default({}),
  rows: z.int().min(0).max(50).default(10).describe('How many rows to show'),
};
/** What is at a place. */
export const lookOut = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string(), shown: z.boolean() })),
  rows: z.array(z.array(z.string()).readonly()).describe('The first rows, in the columns that are shown'),
  usual: z
    .record(z.string(), z.string())
    .nullable()
    .describe('What facts are usually called on a system of this kind: fact → column'),
});

export const sourceOut = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  timeZone: z.string(),
  mapping: mappingOut,
  limits: limitsOut,
  terms: termsOut,
  dropFile: z.string().nullable(),
  readFrom: z
    .object({ systemId: z.uuid(), place: z.record(z.string(), z.unknown()), everyMinutes: z.int() })
    .nullable(),
});
export const sourceListed = sourceOut.extend({
  collected: z
    .object({ lookedAt: instantOut, runId: z.uuid().nullable(), problem: z.string().nullable() })
    .nullable()
    .describe('The file, or the reading, that came last: the run it came to, or why it came to none'),
});

const counts = z.object({
  rows: z.int(),
  joined: z.int(),
  moved: z.int(),
  changed: z.int(),
  left: z.int(),
  returned: z.int(),
  unchanged: z.int(),
  missing: z.int(),
  skipped: z.int(),
  unmatched: z.int(),
});
const problem = z.object({
  code: z.string(),
  detail: z.string(),
  fix: z.string().optional(),
  row: z.int().optional(),
  column: z.string().optional(),
});
const held = z.object({ code: z.string(), detail: z.string(), count: z.int(), allowed: z.int() });

export const runOut = z.object({
  id: z.uuid(),
  sourceId: z.uuid(),
  state: z.string(),
  verdict: z.string(),
  startedAt: instantOut,
  startedBy: z.string(),
  settledAt: instantOut.nullable(),
  baseline: z.boolean(),
  rows: z.int(),
  counts,
  problems: z.array(problem),
  heldBecause: z.array(held),
  plannedRows: z.int(),
  appliedRows: z.int(),
  releasedRows: z.int().nullable().describe('Of a held delivery, only so many rows were accepted, as a canary'),
  acceptedBy: z.uuid().nullable(),
  acceptedAt: instantOut.nullable(),
  acceptedBecause: z.string().nullable(),
  undo: z
    .object({ massChangeId: z.uuid(), state: z.string() })
    .nullable()
    .describe('The mass change that takes it back'),
});

/** One line of a plan. Values are shown until they are applied; from then on the identity has them. */
export const planLineOut = z.object({
  position: z.int(),
  rowNumber: z.int().nullable(),
  externalId: z.string(),
  identityId: z.uuid(),
  displayName: z.string().nullable(),
  what: z.string(),
  changed: z.array(z.string()).readonly(),
  values: z.record(z.string(), z.unknown()).nullable(),
  skipped: z.string().nullable(),
});

const record = z.object({
  externalId: z.string(),
  kind: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  department: z.string().nullable(),
  orgUnit: z.string().nullable(),
  jobTitle: z.string().nullable(),
  managerExternalId: z.string().nullable(),
  status: z.string(),
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.array(z.string()).readonly()])),
});

/** What would become of a delivery, and of single rows of it. */
export const previewOut = z.object({
  source: sourceOut,
  state: z.enum(['refused', 'held', 'applying']),
  counts,
  problems: z.array(problem),
  heldBecause: z.array(held),
  rows: z.array(
    z.object({
      row: z.int().nullable(),
      externalId: z.string().nullable(),
      record: record.nullable(),
      problems: z.array(problem),
      what: z.string(),
      changed: z.array(z.string()),
    }),
  ),
});
