import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity, survivorsOf } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { sourceCaseResolved, sourceCasesOpened } from '../events.ts';

/** A row of which a person has to say who it is. */
export interface SourceCase {
  readonly id: string;
  readonly sourceId: string;
  readonly sourceName: string;
  readonly externalId: string;
  readonly displayName: string;
  readonly state: 'open' | 'linked' | 'nobody' | 'closed';
  readonly candidates: readonly SourceCandidate[];
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly identityId: string | null;
}

export interface SourceCandidate {
  readonly identityId: string;
  /** Facts of the row that are theirs too. */
  readonly because: readonly string[];
  /** Set: they have left. */
  readonly gone: boolean;
}

/** Candidates a case names at most. */
const NAMED = 10;

/** Keeps what the staged rows leave to a person, and closes what no longer waits. Returns how many cases are new. */
export async function keepCases(
  ctx: Ctx,
  permit: Permit,
  input: { readonly sourceId: string; readonly runId: string; readonly delivered: 'all' | readonly string[] },
): Promise<number> {
  const { tx } = ctx;
  const rows = await tx.many<{ externalId: string; displayName: string; candidates: SourceCandidate[] }>(sql`
    select r.external_id, r.record->>'displayName' as display_name,
           (select jsonb_agg(jsonb_build_object('identityId', c.identity_id, 'because', c.because, 'gone', c.gone) order by c.identity_id)
              from (select identity_id, array_agg(because order by because) as because, bool_or(gone) as gone from feed_claim f
                     where f.external_id = r.external_id group by identity_id order by identity_id limit ${NAMED}) c) as candidates
      from feed_row r where r.skip = 'ambiguous' order by r.row_number`);
  const opened = await tx.many<{ fresh: boolean }>(sql`
    insert into source_case (id, source_id, external_id, display_name, state, candidates, opened_at)
    select id, ${input.sourceId}::uuid, external_id, display_name, 'open', candidates, ${tx.now}
      from jsonb_to_recordset(${sql.json(
        rows.map((r) => ({
          id: newId(tx.now.getTime()),
          external_id: r.externalId,
          display_name: r.displayName,
          candidates: r.candidates,
        })),
      )}::jsonb) as x(id uuid, external_id text, display_name text, candidates jsonb)
    on conflict on constraint source_case_is_one_a_row do update
       set candidates = excluded.candidates, display_name = excluded.display_name, state = 'open', resolved_at = null,
           resolved_by = null, identity_id = null
    returning opened_at = ${tx.now} as fresh`);
  await tx.run(sql`
    update source_case c set state = 'closed', resolved_at = ${tx.now}
     where c.source_id = ${input.sourceId} and c.state = 'open'
       and ${input.delivered === 'all' ? sql`true` : sql`c.external_id = any(${[...input.delivered]}::text[])`}
       and not exists (select from feed_row r where r.external_id = c.external_id and r.skip = 'ambiguous')`);
  const fresh = opened.filter((o) => o.fresh).length;
  if (fresh > 0)
    await ctx.record(permit, {
      event: sourceCasesOpened,
      data: { sourceId: input.sourceId, runId: input.runId, opened: fresh },
    });
  return fresh;
}

const query = sql`
  select c.id, c.source_id, p.name as source_name, c.external_id, c.display_name, c.state, c.candidates, c.opened_at,
         c.resolved_at, c.resolved_by, c.identity_id
    from source_case c join people_source p on p.id = c.source_id`;

export const listSourceCases = async (
  tx: Tx,
  input: {
    readonly state: string;
    readonly sourceId?: string | undefined;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<SourceCase[]> =>
  await tx.many<SourceCase>(sql`
    ${query} where c.state = ${input.state} and (${input.after}::uuid is null or c.id > ${input.after}::uuid)
       and ${input.sourceId === undefined ? sql`true` : sql`c.source_id = ${input.sourceId}`}
     order by c.id limit ${input.limit + 1}`);

async function requireCase(tx: Tx, id: string): Promise<SourceCase> {
  const found = await tx.maybe<SourceCase>(sql`${query} where c.id = ${id} for no key update of c`);
  if (found === undefined) throw notFound('source_case', id);
  return found;
}

/**
 * A person says whose a row is: one of the candidates, or somebody new. It is taken so with the next delivery. Nobody
 * says it of themself: a row that becomes theirs brings a department, a manager and the access that follows.
 */
export async function resolveSourceCase(
  ctx: Ctx,
  permit: Permit<'source_case.resolve'>,
  input: { readonly id: string; readonly identityId: string | null; readonly because: string },
): Promise<SourceCase> {
  const open = await requireCase(ctx.tx, input.id);
  if (open.state !== 'open')
    throw conflict('source_case.resolved', `this case is ${open.state} already`, 'deliver again: a new one is opened');
  if (ctx.principal.kind !== 'identity')
    throw denied('source_case.resolve_by_person', 'a person says whose a row is', 'sign in and say it');
  const by = ctx.principal.id;
  if (input.identityId === by || (input.identityId === null && open.candidates.some((c) => c.identityId === by)))
    throw denied('source_case.own_benefit', 'nobody says which row is their own', 'ask another administrator');
  if (input.identityId !== null) {
    if (!open.candidates.some((c) => c.identityId === input.identityId))
      throw conflict(
        'source_case.no_candidate',
        'that is none of the candidates',
        'choose one of them, or somebody new',
      );
    if ((await getIdentity(ctx.tx, input.identityId)) === undefined) throw notFound('identity', input.identityId);
    const survivor = (await survivorsOf(ctx.tx, [input.identityId])).get(input.identityId);
    if (survivor !== undefined)
      throw conflict('source_case.merged', `that is ${survivor.displayName} now`, 'deliver again: the case names them');
  }
  await ctx.tx.run(sql`
    update source_case set state = ${input.identityId === null ? 'nobody' : 'linked'}, identity_id = ${input.identityId},
           resolved_at = ${ctx.now}, resolved_by = ${by} where id = ${input.id}`);
  await ctx.record(permit, {
    event: sourceCaseResolved,
    subject: input.identityId ?? by,
    data: {
      caseId: open.id,
      sourceId: open.sourceId,
      identityId: input.identityId ?? undefined,
      because: input.because,
    },
  });
  return await requireCase(ctx.tx, input.id);
}
