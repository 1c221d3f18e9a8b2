import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { allOf, FEW, knowledgeAt, liveAt } from '../known-rows.ts';
import { isUuid } from '../is-uuid.ts';
import type { AsOf, Identity, IdentityKind, IdentityState, Page, PageInput } from '../model.ts';

const columns = sql`i.id, i.kind, f.display_name, f.email, f.username, f.state, f.department, f.job_title, f.org_unit,
  f.manager_id, f.owner_id, f.contract_end, f.attributes, f.valid_from, f.valid_to`;

function rowsAsOf(asOf: AsOf, at: Date, where: Sql): Sql {
  const { rows, said } = knowledgeAt(asOf.knownAt);
  return sql`
  select ${columns}
    from ${rows('identity')} i
    join ${rows('identity_facts')} f on f.identity_id = i.id
   where ${liveAt('f', at)} and ${said('i')} and ${said('f')} and ${where}`;
}

/** As the database keeps it planned: planning takes ten times as long as reading a few. What was known before is asked too seldom. */
const kept = (name: string, { knownAt }: AsOf, statement: Sql): Sql =>
  knownAt === undefined ? sql.named(name, statement) : statement;

/** The identity as it was at `at`, by what was known at `knownAt`; undefined when it is unknown or has no facts then. */
export const getIdentity = async (tx: Tx, id: string, asOf: AsOf = {}): Promise<Identity | undefined> =>
  isUuid(id)
    ? await tx.maybe<Identity>(kept('graph.identity', asOf, rowsAsOf(asOf, asOf.at ?? tx.now, sql`i.id = ${id}`)))
    : undefined;

/** Several at once, in no order; the unknown are left out. */
export async function getIdentities(tx: Tx, ids: readonly string[], asOf: AsOf = {}): Promise<Identity[]> {
  if (ids.length === 0) return [];
  const rows = rowsAsOf(asOf, asOf.at ?? tx.now, sql`i.id = any(${ids}::uuid[])`);
  return await tx.many<Identity>(ids.length > FEW ? rows : kept('graph.identities', asOf, rows));
}

/** Upper and lower case are one: `Mara` and `mara` are the same username. */
export const findIdentityByUsername = async (tx: Tx, username: string): Promise<Identity | undefined> =>
  await tx.maybe<Identity>(rowsAsOf({}, tx.now, sql`lower(f.username) = lower(${username})`));

/** Every identity with this address now; an address is not unique. */
export const findIdentitiesByEmail = async (tx: Tx, email: string): Promise<Identity[]> =>
  await tx.many<Identity>(rowsAsOf({}, tx.now, sql`lower(f.email) = lower(${email}) order by i.id`));

export interface IdentityFilter {
  /** Beginning of the name, the username or the mail address. */
  readonly search?: string | undefined;
  readonly kind?: IdentityKind | undefined;
  readonly state?: IdentityState | undefined;
  readonly department?: string | undefined;
  readonly managerId?: string | undefined;
  readonly ownerId?: string | undefined;
}

const startsWith = (column: Sql, search: string): Sql =>
  sql`lower(${column}) like ${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&') + '%'}`;

/** Identities as they are now, by name. */
export async function listIdentities(
  tx: Tx,
  input: { readonly filter?: IdentityFilter } & PageInput = {},
): Promise<Page<Identity>> {
  const filter = input.filter ?? {};
  const limit = input.limit ?? 50;
  const after = readCursor(input.cursor, ['name', 'id']);
  const { search, kind, state, department, managerId, ownerId } = filter;
  const where = allOf([
    search === undefined
      ? undefined
      : sql`(${startsWith(sql`f.display_name`, search)} or ${startsWith(sql`f.username`, search)} or ${startsWith(sql`f.email`, search)})`,
    kind === undefined ? undefined : sql`i.kind = ${kind}`,
    state === undefined ? undefined : sql`f.state = ${state}`,
    department === undefined ? undefined : sql`f.department = ${department}`,
    managerId === undefined ? undefined : sql`f.manager_id = ${managerId}`,
    ownerId === undefined ? undefined : sql`f.owner_id = ${ownerId}`,
    after === undefined ? undefined : sql`(f.display_name, f.identity_id) > (${after[0]}, ${after[1]}::uuid)`,
  ]);
  const rows = await tx.many<Identity>(
    sql`${rowsAsOf({}, tx.now, where)} order by f.display_name, f.identity_id limit ${limit + 1}`,
  );
  return page(rows, limit, (r) => [r.displayName, r.id]);
}
