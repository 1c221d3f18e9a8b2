import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { PATH } from '../folders/index.ts';
import { describeSecret, readValue } from '../kinds/index.ts';
import { createSecret, promoteVersion, sealVersion } from '../seal-version.ts';
import { secretsImported } from './events.ts';
import type { Incoming, ReadIn } from './model.ts';

/** What becomes of one thing in the file. The value is never in it. */
export interface ImportLine {
  readonly at: string;
  readonly name: string | null;
  readonly kind: string | null;
  readonly username: string | null;
  /** made: it is a secret now, or will be. there: a secret of that name is kept as it is. wrong: nothing comes of it. */
  readonly outcome: 'made' | 'there' | 'wrong';
  readonly problem: string | null;
}

/** Secrets one import may bring. */
export const MOST_SECRETS = 2000;

/**
 * Brings secrets into the vault below a path. What is there already stays as it is; what is wrong is told and leaves
 * the rest alone. A dry run goes the same way and keeps nothing.
 */
export async function importSecrets(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly format: string;
    /** Where it is read from, if not from a file. */
    readonly from?: string | undefined;
    readonly below: string;
    readonly dryRun: boolean;
    readonly incoming: readonly ReadIn[];
  },
): Promise<readonly ImportLine[]> {
  if (input.incoming.length > MOST_SECRETS)
    throw invalid('/content', `brings more than ${MOST_SECRETS} secrets`, 'import it in parts');
  const names = input.incoming.flatMap((each) => ('problem' in each ? [] : [`${input.below}/${each.name}`]));
  const rows = await ctx.tx.many<{ name: string }>(
    sql`select name from secret where name = any(${names}::text[]) and removed_at is null`,
  );
  const taken = new Set(rows.map(({ name }) => name));
  const lines: ImportLine[] = [];
  for (const each of input.incoming) {
    const line = 'problem' in each ? wrong(each.at, each.problem) : judged(each, input.below, taken);
    lines.push(line);
    if ('problem' in each || line.outcome !== 'made' || line.name === null) continue;
    taken.add(line.name);
    if (!input.dryRun) await bringIn(keys, ctx, permit, line.name, each);
  }
  const count = (outcome: ImportLine['outcome']): number => lines.filter((line) => line.outcome === outcome).length;
  await ctx.record(permit, {
    event: secretsImported,
    data: {
      format: input.format,
      ...(input.from === undefined ? {} : { from: input.from }),
      below: input.below,
      dryRun: input.dryRun,
      made: count('made'),
      there: count('there'),
      wrong: count('wrong'),
    },
  });
  return lines;
}

const wrong = (at: string, problem: string): ImportLine => ({
  at,
  name: null,
  kind: null,
  username: null,
  outcome: 'wrong',
  problem,
});

function judged(each: Incoming, below: string, taken: ReadonlySet<string>): ImportLine {
  const name = `${below}/${each.name}`;
  const said = { at: each.at, name, kind: each.kind, username: each.username ?? null };
  if (name.length > 200 || !PATH.test(name)) return { ...said, outcome: 'wrong', problem: 'is no path of the vault' };
  if (taken.has(name)) return { ...said, outcome: 'there', problem: 'a secret of that name is there already' };
  try {
    for (const value of [...(each.earlier ?? []), each.value]) readValue(each.kind, { ...each, value }).value.fill(0);
  } catch (error) {
    if (error instanceof AppError) return { ...said, outcome: 'wrong', problem: `its value ${error.message}` };
    throw error;
  }
  return { ...said, outcome: 'made', problem: null };
}

async function bringIn(keys: Keys, ctx: Ctx, permit: Permit, name: string, each: Incoming): Promise<void> {
  const [first = each.value, ...later] = [...(each.earlier ?? []), each.value];
  const { value: probe, facts, expiresAt } = readValue(each.kind, each);
  probe.fill(0);
  const made = await sealing(each, first, (value) =>
    createSecret(keys, ctx, permit, {
      name,
      kind: each.kind,
      purpose: 'free',
      ownerId: ctx.principal.id,
      description: each.description,
      username: each.username,
      value,
    }),
  );
  for (const text of later) {
    const input = { secretId: made.id, username: each.username };
    const version = await sealing(each, text, (value) => sealVersion(keys, ctx, permit, { ...input, value }));
    await promoteVersion(keys, ctx, permit, { secretId: made.id, version });
  }
  await describeSecret(ctx, permit, made.id, { facts, expiresAt, labels: each.labels });
}

/** Hands over a value as it is sealed, and wipes it. */
async function sealing<T>(each: Incoming, text: string, seal: (value: Buffer) => Promise<T>): Promise<T> {
  const { value } = readValue(each.kind, { ...each, value: text });
  try {
    return await seal(value);
  } finally {
    value.fill(0);
  }
}
