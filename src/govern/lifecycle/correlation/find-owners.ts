import { sql, type Tx } from '#kit/db/index.ts';
import { nowOf } from '#spine/graph/index.ts';
import type { CorrelationRules } from './rules.ts';
import { judge, scoreCandidate, type AccountClues, type Candidate, type PersonClues } from './score.ts';

/** Accounts looked at in one transaction. */
const PAGE = 200;

export interface OrphanAccount {
  readonly id: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface OrphanScope {
  readonly systemId?: string | undefined;
  /** Only accounts that were last written then or later. */
  readonly recordedSince?: Date | undefined;
}

/** Whose each of these accounts may be, by the rules given. */
export async function findOwners(
  tx: Tx,
  orphans: readonly OrphanAccount[],
  rules: CorrelationRules,
): Promise<
  readonly { readonly orphan: OrphanAccount; readonly ranked: readonly Candidate[]; readonly link: boolean }[]
> {
  const people = await peopleFor(tx, orphans);
  return orphans.map((orphan) => {
    const clues = cluesOf(orphan);
    const fitting = people.filter((p) => concerns(p, clues));
    return {
      orphan,
      ...judge(
        fitting.map((p) => scoreCandidate(clues, p, rules)),
        rules,
      ),
    };
  });
}

/** The next accounts without an owner that may be somebody's, by id. */
export const orphanAccounts = async (
  tx: Tx,
  { systemId, recordedSince }: OrphanScope,
  after: string,
): Promise<OrphanAccount[]> =>
  await tx.many<OrphanAccount>(sql`
    select a.id, a.system_id, s.name as system_name, a.name, a.attributes from account a join system s on s.id = a.system_id
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
  (clues.externalId !== null && person.externalIds.includes(clues.externalId)) ||
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
    externalIds: string[];
    firstName: string | null;
    lastName: string | null;
    accountNames: string[];
  }>(sql`
    with known as (
      select identity_id from identity_facts where lower(username) = any(${lower(clues.map((c) => c.name))}::text[])
      union
      select identity_id from identity_facts where lower(email) = any(${lower(clues.map((c) => c.email))}::text[])
      union
      select identity_id from identity_facts where lower(display_name) = any(${lower(clues.flatMap((c) => c.fullNames))}::text[])
      union
      select identity_id from source_record where external_id = any(${clues.map((c) => c.externalId).filter((e) => e !== null)}::text[])
    ), met as (select distinct ${nowOf(sql`known.identity_id`)} as identity_id from known)
    select f.identity_id, f.username, f.display_name, f.email,
           array(select s.external_id from source_record s where s.identity_id = met.identity_id) as external_ids, f.attributes->>'first_name' as first_name,
           f.attributes->>'last_name' as last_name,
           array(select a.name from account a where a.identity_id = met.identity_id and a.valid_to is null) as account_names
      from met join identity i on i.id = met.identity_id and i.kind in ('person', 'vendor')
      join identity_facts f on f.identity_id = met.identity_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})`);
  return rows.map((r) => ({
    identityId: r.identityId,
    username: r.username,
    email: r.email,
    externalIds: r.externalIds,
    accountNames: r.accountNames,
    fullNames: [
      r.displayName,
      ...(r.firstName !== null && r.lastName !== null ? [`${r.firstName} ${r.lastName}`] : []),
    ],
  }));
}
