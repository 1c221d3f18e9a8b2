import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { linkAccount } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { correlationOpened } from '../events.ts';
import { becauseOf, judge, scoreCandidate, type AccountClues, type Candidate, type PersonClues } from './score.ts';

export const CORRELATE = 'lifecycle.correlate';

/** Accounts looked at in one transaction. */
const PAGE = 200;
/** Candidates a case names at most. */
const NAMED = 10;

interface OrphanAccount {
  readonly id: string;
  readonly systemId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Finds whose the accounts without an owner are, on one system or on all. One sure candidate is linked with the
 * reason; several, or none sure, open a case for a person. Accounts of services, shared ones, those of uid 0 and
 * those somebody has decided about are left alone. What was learnt on one system may settle another, so links on one
 * make it look at all. Safe to repeat. Returns how many were linked.
 */
export async function correlateAccounts(
  job: JobCtx,
  scope: {
    readonly systemId?: string | undefined;
    /** Only accounts that were last written then or later. */
    readonly recordedSince?: Date | undefined;
  },
): Promise<number> {
  let [after, linked] = ['00000000-0000-0000-0000-000000000000', 0];
  for (;;) {
    const page = await job.act({ action: 'lifecycle.apply' }, async (ctx, permit) => {
      const orphans = await orphanAccounts(ctx.tx, scope, after);
      let found = 0;
      const people = await peopleFor(ctx.tx, orphans);
      for (const orphan of orphans) {
        const clues = cluesOf(orphan);
        const { ranked, link } = judge(people.filter((p) => concerns(p, clues)).map((p) => scoreCandidate(clues, p)));
        const [best] = ranked;
        if (best === undefined) continue;
        if (link) {
          await linkAccount(ctx, permit, {
            accountId: orphan.id,
            identityId: best.identityId,
            because: becauseOf(best),
          });
          await closeCase(ctx.tx, orphan.id);
          found += 1;
        } else if (await openCase(ctx.tx, orphan, ranked.slice(0, NAMED))) {
          await ctx.record(permit, {
            event: correlationOpened,
            data: { accountId: orphan.id, systemId: orphan.systemId, candidates: Math.min(ranked.length, NAMED) },
          });
        }
      }
      return { last: orphans.at(-1)?.id, found };
    });
    linked += page.found;
    if (page.last === undefined) {
      if (linked > 0) await job.db.tx((tx) => enqueue(tx, CORRELATE, {}, { key: CORRELATE }));
      return linked;
    }
    after = page.last;
  }
}

const orphanAccounts = async (
  tx: Tx,
  { systemId, recordedSince }: Parameters<typeof correlateAccounts>[1],
  after: string,
): Promise<OrphanAccount[]> =>
  await tx.many<OrphanAccount>(sql`
    select a.id, a.system_id, a.name, a.attributes from account a
     where a.identity_id is null and a.valid_to is null and a.kind in ('personal', 'unknown') and a.id > ${after}
       and ${systemId === undefined ? sql`true` : sql`a.system_id = ${systemId}`}
       and ${recordedSince === undefined ? sql`true` : sql`a.recorded_from >= ${recordedSince}`}
       and coalesce(a.attributes->>'uid', '') <> '0'
       and not exists (select from correlation_case c where c.account_id = a.id and c.state = 'nobody')
     order by a.id limit ${PAGE}`);

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;

/** What connectors and importers call these things. */
function cluesOf(account: OrphanAccount): AccountClues {
  const a = account.attributes;
  const names = [text(a['fullName']), text(a['displayName']), text(a['gecos'])?.split(',')[0] ?? null];
  return {
    // Where an account is more than its log-in name, such as `lena@10.0.%`, its connector says that name.
    name: text(a['loginName']) ?? account.name,
    fullNames: names.filter((n) => n !== null),
    email: text(a['email']) ?? text(a['mail']),
    externalId: text(a['employeeId']),
  };
}

const concerns = (person: PersonClues, clues: AccountClues): boolean =>
  person.username?.toLowerCase() === clues.name.toLowerCase() ||
  (clues.email !== null && person.email?.toLowerCase() === clues.email.toLowerCase()) ||
  (clues.externalId !== null && person.externalId === clues.externalId) ||
  clues.fullNames.some((name) => person.fullNames.some((own) => own.toLowerCase() === name.toLowerCase()));

/** Everybody who shares a username, an address, a key or a whole name with one of these accounts: three index looks. */
async function peopleFor(tx: Tx, accounts: readonly OrphanAccount[]): Promise<PersonClues[]> {
  if (accounts.length === 0) return [];
  const clues = accounts.map(cluesOf);
  const lower = (values: readonly (string | null)[]): string[] => [
    ...new Set(values.filter((v) => v !== null).map((v) => v.toLowerCase())),
  ];
  const rows = await tx.many<{
    identityId: string;
    username: string | null;
    displayName: string;
    email: string | null;
    externalId: string | null;
    firstName: string | null;
    lastName: string | null;
    accountNames: string[];
  }>(sql`
    with met as (
      select identity_id from identity_facts where lower(username) = any(${lower(clues.map((c) => c.name))}::text[])
      union
      select identity_id from identity_facts where lower(email) = any(${lower(clues.map((c) => c.email))}::text[])
      union
      select identity_id from identity_facts where lower(display_name) = any(${lower(clues.flatMap((c) => c.fullNames))}::text[])
      union
      select identity_id from source_record where external_id = any(${clues.map((c) => c.externalId).filter((e) => e !== null)}::text[])
    )
    select f.identity_id, f.username, f.display_name, f.email, s.external_id, f.attributes->>'first_name' as first_name,
           f.attributes->>'last_name' as last_name,
           array(select a.name from account a where a.identity_id = met.identity_id and a.valid_to is null) as account_names
      from met join identity i on i.id = met.identity_id and i.kind in ('person', 'vendor')
      join identity_facts f on f.identity_id = met.identity_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
      left join source_record s on s.identity_id = met.identity_id`);
  return rows.map((r) => ({
    identityId: r.identityId,
    username: r.username,
    email: r.email,
    externalId: r.externalId,
    accountNames: r.accountNames,
    fullNames: [
      r.displayName,
      ...(r.firstName !== null && r.lastName !== null ? [`${r.firstName} ${r.lastName}`] : []),
    ],
  }));
}

/** Opens a case, or brings the candidates of an open one up to date; true when it was opened now. */
async function openCase(tx: Tx, account: OrphanAccount, candidates: readonly Candidate[]): Promise<boolean> {
  const row = await tx.maybe<{ fresh: boolean }>(sql`
    insert into correlation_case (id, account_id, system_id, state, candidates, opened_at)
    values (${newId(tx.now.getTime())}, ${account.id}, ${account.systemId}, 'open', ${sql.json(candidates)}::jsonb, ${tx.now})
    on conflict on constraint correlation_case_is_one_an_account do update
       set candidates = excluded.candidates, state = 'open', resolved_at = null, resolved_by = null, identity_id = null
     where correlation_case.state <> 'nobody'
    returning opened_at = ${tx.now} as fresh`);
  return row?.fresh === true;
}

const closeCase = async (tx: Tx, accountId: string): Promise<void> => {
  await tx.run(sql`
    update correlation_case set state = 'closed', resolved_at = ${tx.now} where account_id = ${accountId} and state = 'open'`);
};
