import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Secret } from '../model.ts';
import { lockSecret } from '../store.ts';
import { secretDescribed } from './events.ts';

/** What is said of a secret; what is absent stays. */
export interface Description {
  readonly description?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** Says what a secret is, where to look for it and when its value ends. Nothing of the value is in it. */
export async function describeSecret(ctx: Ctx, permit: Permit, id: string, said: Description): Promise<Secret> {
  const secret = await lockSecret(ctx.tx, id);
  const next = {
    description: said.description === undefined ? secret.description : said.description,
    labels: said.labels ?? secret.labels,
    facts: said.facts ?? secret.facts,
    expiresAt: said.expiresAt === undefined ? secret.expiresAt : said.expiresAt,
  };
  await ctx.tx.run(sql`
    update secret set description = ${next.description}, labels = ${sql.json(next.labels)}::jsonb,
           facts = ${sql.json(next.facts)}::jsonb, expires_at = ${next.expiresAt}, changed_at = ${ctx.now}
     where id = ${id}`);
  await ctx.record(permit, {
    event: secretDescribed,
    data: {
      secretId: id,
      name: secret.name,
      labels: Object.keys(next.labels).sort(),
      expiresAt: next.expiresAt?.toISOString() ?? null,
    },
  });
  return { ...secret, ...next };
}
