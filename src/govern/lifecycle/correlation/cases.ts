import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { linkAccount } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { correlationResolved } from '../events.ts';
import type { Candidate } from './score.ts';

export interface CorrelationCase {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly state: 'open' | 'linked' | 'nobody' | 'closed';
  readonly candidates: readonly Candidate[];
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly identityId: string | null;
}

const query = sql`
  select c.id, c.account_id, a.name as account_name, c.system_id, s.name as system_name, c.state, c.candidates,
         c.opened_at, c.resolved_at, c.resolved_by, c.identity_id
    from correlation_case c join account a on a.id = c.account_id join system s on s.id = c.system_id`;

export const listCases = async (
  tx: Tx,
  input: {
    readonly state: string;
    readonly systemId?: string | undefined;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<CorrelationCase[]> =>
  await tx.many<CorrelationCase>(sql`
    ${query} where c.state = ${input.state} and (${input.after}::uuid is null or c.id > ${input.after}::uuid)
       and ${input.systemId === undefined ? sql`true` : sql`c.system_id = ${input.systemId}`}
     order by c.id limit ${input.limit + 1}`);

export async function requireCase(tx: Tx, id: string): Promise<CorrelationCase> {
  const found = await tx.maybe<CorrelationCase>(sql`${query} where c.id = ${id} for no key update of c`);
  if (found === undefined) throw notFound('correlation_case', id);
  return found;
}

/** A person says whose the account is: one of the candidates, somebody else, or nobody of them. */
export async function resolveCase(
  ctx: Ctx,
  permit: Permit<'correlation_case.resolve'>,
  input: { readonly id: string; readonly identityId: string | null; readonly because: string },
): Promise<CorrelationCase> {
  const open = await requireCase(ctx.tx, input.id);
  if (open.state !== 'open')
    throw conflict('correlation.resolved', `this case is ${open.state} already`, 'unlink the account to begin again');
  if (ctx.principal.kind !== 'identity')
    throw denied('correlation.resolve_by_person', 'a person says whose an account is', 'sign in and say it');
  if (input.identityId === ctx.principal.id)
    throw denied('account.own_benefit', 'nobody makes an account their own', 'ask another administrator');
  if (input.identityId !== null)
    await linkAccount(ctx, permit, {
      accountId: open.accountId,
      identityId: input.identityId,
      because: input.because,
      said: 'named by a person',
    });
  const by = ctx.principal.id;
  await ctx.tx.run(sql`
    update correlation_case set state = ${input.identityId === null ? 'nobody' : 'linked'}, identity_id = ${input.identityId},
           resolved_at = ${ctx.now}, resolved_by = ${by} where id = ${input.id}`);
  await ctx.record(permit, {
    event: correlationResolved,
    subject: input.identityId ?? by,
    data: {
      caseId: open.id,
      accountId: open.accountId,
      systemId: open.systemId,
      identityId: input.identityId ?? undefined,
      because: input.because,
    },
  });
  return await requireCase(ctx.tx, input.id);
}
