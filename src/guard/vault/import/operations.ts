import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { PATH } from '../folders/index.ts';
import { importSecrets, MOST_SECRETS } from './import-secrets.ts';
import type { ReadIn } from './model.ts';
import { readCsvSecrets } from './read-csv.ts';
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

/** Bringing secrets in from where they were kept before. */
export const importOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'vault.import',
    action: 'secret.import',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/import',
    summary: 'Bring secrets in from a CSV, a KeePass file or an exported KV store',
    maxBody: Math.ceil(LARGEST_FILE / 3) * 4 + 16_384,
    input,
    output: z.object({
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
    }),
    reach: readIn,
    handler: async (ctx, permit, { format, below, dryRun }, incoming) => {
      const lines = await importSecrets(edges.keys, ctx, permit, { format, below, dryRun, incoming });
      return { dryRun, lines: [...lines] };
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
