import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { Outbound, OutboundReader } from '#kit/outbound/index.ts';
import { PATH } from '../folders/index.ts';
import { importSecrets, MOST_SECRETS } from './import-secrets.ts';
import type { ReadIn } from './model.ts';
import { readCsvSecrets } from './read-csv.ts';
import { readKvEndpoint, SOURCE_PATH } from './read-kv-endpoint.ts';
import { readKeepass } from './read-keepass.ts';
import { readKvExport } from './read-kv.ts';

/** Bytes a file to be imported may have. */
const LARGEST_FILE = 8 * 1024 * 1024;

const column = text(200);
const input = z.object({
  format: z.enum(['csv', 'keepass', 'kv']),
  below: text(100).regex(PATH, 'is a path such as team/app'),
  content: z.base64().max(Math.ceil(LARGEST_FILE / 3) * 4),
  password: z.string().max(1000).optional().describe('of a KeePass file'),
  columns: z
    .object({
      name: column,
      value: column,
      username: column.optional(),
      description: column.optional(),
      kind: column.optional(),
      labels: z.array(column).max(20).optional(),
    })
    .optional()
    .describe('which column of a CSV says what'),
  kind: z
    .enum(['password', 'ssh_key', 'api_key', 'database_credential', 'totp_seed'])
    .default('password')
    .describe('of what a CSV holds, where no column says it'),
  dryRun: z.boolean().default(true).describe('tell what would come of it, and keep nothing'),
});

const importOut = z.object({
  dryRun: z.boolean(),
  lines: z.array(
    z.object({
      at: z.string(),
      name: z.string().nullable(),
      kind: z.string().nullable(),
      username: z.string().nullable(),
      outcome: z.enum(['made', 'there', 'wrong']),
      problem: z.string().nullable(),
    }),
  ),
});

const endpointInput = z.object({
  url: text(500).describe('of the server, for instance https://vault.example:8200'),
  token: z
    .string()
    .min(1)
    .max(4096)
    .regex(/^[\x21-\x7e]+$/, 'is no token')
    .describe('with which it is read; kept nowhere'),
  mount: text(200).regex(SOURCE_PATH, 'is no path').default('secret').describe('where its KV engine (version 2) is'),
  path: text(500).regex(SOURCE_PATH, 'is no path').optional().describe('only what lies below it'),
  below: text(100).regex(PATH, 'is a path such as team/app'),
  versions: z.boolean().default(false).describe('also the versions before the current one, ten at most'),
  after: text(500).optional().describe('go on behind this path: what `next` said'),
  authority: z
    .string()
    .max(65_536)
    .optional()
    .describe('PEM of the authority its certificate is of, if not a public one'),
  dryRun: z.boolean().default(true).describe('tell what would come of it, and keep nothing'),
});

/** Bringing secrets in from where they were kept before. */
export const importOperations = (edges: {
  readonly keys: Keys;
  readonly outbound: Pick<Outbound, 'problemOf'> & OutboundReader;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'vault.import',
    action: 'secret.import',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/import',
    summary: 'Bring secrets in from a CSV, a KeePass file or an exported KV store',
    maxBody: Math.ceil(LARGEST_FILE / 3) * 4 + 16_384,
    input,
    output: importOut,
    reach: readIn,
    handler: async (ctx, permit, { format, below, dryRun }, incoming) => {
      const lines = await importSecrets(edges.keys, ctx, permit, { format, below, dryRun, incoming });
      return { dryRun, lines: [...lines] };
    },
  }),
  defineOperation({
    name: 'vault.importFromKv',
    action: 'secret.import',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/import/kv',
    summary: 'Bring secrets in from a KV endpoint of HashiCorp’s kind, a part at a time',
    input: endpointInput,
    output: importOut.extend({
      next: z.string().nullable().describe('more lies behind this path; null: that was all'),
    }),
    reach: (said) => readKvEndpoint(edges.outbound, said),
    handler: async (ctx, permit, { url, mount, below, dryRun }, { incoming, next }) => {
      const from = `${new URL(url).host}/${mount}`;
      const lines = await importSecrets(edges.keys, ctx, permit, {
        format: 'kv_endpoint',
        from,
        below,
        dryRun,
        incoming,
      });
      return { dryRun, lines, next };
    },
  }),
];

/** Opening a file takes long: it is read before the transaction is opened, once it is decided that one may. */
async function readIn(said: z.output<typeof input>): Promise<readonly ReadIn[]> {
  const bytes = Buffer.from(said.content, 'base64');
  if (said.format === 'kv') return readKvExport(bytes);
  if (said.format === 'keepass') {
    if (said.password === undefined) throw invalid('/password', 'is wanted for a KeePass file', 'give its password');
    return await readKeepass(bytes, said.password);
  }
  if (said.columns === undefined)
    throw invalid('/columns', 'are wanted for a CSV', 'say which column holds the name and which the value');
  return await readCsvSecrets(bytes, said.columns, said.kind, MOST_SECRETS);
}
