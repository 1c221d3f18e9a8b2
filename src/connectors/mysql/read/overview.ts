/** What all accounts have in common, read once: roles and who is in them, and routines that act as somebody privileged. */
import { accountId, type Who } from '../names.ts';
import type { Session } from '../wire/session.ts';
import type { AccountRow } from './account-row.ts';
import { grantTables, memberships, text, theseAccounts, type GrantTables, type Membership } from './grant-tables.ts';
import { readFacts, type ServerFacts } from './server-facts.ts';
import { callsEverywhere, ownReasons, readDangers, type ActingRoutine, type Because, type Dangers } from './reasons.ts';

/** The role everybody is in (MariaDB 10.11). */
export const everybody = 'PUBLIC';

/** What changes need of it. */
export interface Base {
  readonly facts: ServerFacts;
  readonly tables: GrantTables;
  readonly roles: ReadonlyMap<string, AccountRow>;
}

export interface Overview extends Base {
  /** Memberships of roles in roles. */
  readonly inRoles: readonly Membership[];
  readonly acting: readonly ActingRoutine[];
  /** Everything that makes members of a role privileged, with the shortest way to it. */
  reasonsOfRole(role: string): readonly Because[];
  /** Everything that makes an account privileged. */
  reasonsOf(row: AccountRow, roles: readonly string[], dangers: Dangers): readonly Because[];
}

export async function readBase(session: Session): Promise<Base> {
  const facts = await readFacts(session);
  const rows = await theseAccounts(session, facts, { of: 'roles' });
  return { facts, tables: grantTables(session), roles: new Map(rows.map((row) => [row.user, row])) };
}

export async function readOverview(session: Session, base?: Base): Promise<Overview> {
  const { facts, tables, roles } = base ?? (await readBase(session));
  const inRoles = await memberships(session, { of: 'roles' });
  const parents = new Map<string, string[]>();
  for (const { user, role } of inRoles) parents.set(user, [...(parents.get(user) ?? []), role]);

  const withoutCalls = await roleReasons(session, { tables, roles, parents, acting: [] });
  const acting = await readActing(session, { facts, tables, reasonsOfRole: withoutCalls });
  const reasonsOfRole =
    acting.length === 0 ? withoutCalls : await roleReasons(session, { tables, roles, parents, acting });
  return {
    facts,
    tables,
    roles,
    inRoles,
    acting,
    reasonsOfRole,
    reasonsOf: (row, held, dangers) => {
      const ways = roles.has(everybody) ? [...held, everybody] : held;
      const through = ways.flatMap((role) =>
        reasonsOfRole(role).map(({ reason, evidence }) => ({
          reason: reason.startsWith('through ') ? reason : `through ${role}: ${reason}`,
          evidence: `${row.id} → ${evidence}`,
        })),
      );
      const found = once([...ownReasons(row), ...dangers.of(row), ...callsEverywhere(row, acting), ...through]);
      const open = [
        ...(found.length > 0 && row.host === '%'
          ? [{ reason: 'is privileged and may log in from anywhere', evidence: 'host %' }]
          : []),
        ...(row.locked ? [] : openDoors(row)),
      ];
      return [...found, ...open];
    },
  };
}

function openDoors(row: AccountRow): readonly Because[] {
  const doors: Because[] = [];
  if (row.password === 'empty')
    doors.push({ reason: 'gets in without a password', evidence: `empty password, host ${row.host}` });
  if (row.user === '') doors.push({ reason: 'lets people in under any name', evidence: `no name, host ${row.host}` });
  return doors;
}

/** The same reason over a second way says nothing new. */
function once(reasons: readonly Because[]): readonly Because[] {
  const told = new Map<string, Because>();
  for (const one of reasons) if (!told.has(one.reason)) told.set(one.reason, one);
  return [...told.values()];
}

async function roleReasons(
  session: Session,
  known: {
    readonly tables: GrantTables;
    readonly roles: ReadonlyMap<string, AccountRow>;
    readonly parents: ReadonlyMap<string, readonly string[]>;
    readonly acting: readonly ActingRoutine[];
  },
): Promise<(role: string) => readonly Because[]> {
  const dangers = await readDangers(session, known.tables, { of: 'roles' }, known.acting);
  const own = new Map(
    [...known.roles.values()].map((row) => [
      row.user,
      [...ownReasons(row), ...dangers.of(row), ...callsEverywhere(row, known.acting)],
    ]),
  );
  const all = new Map([...known.roles.keys()].map((role) => [role, reached(role, known.parents, own)]));
  return (role) => all.get(role) ?? [];
}

/** Breadth first, so that each reason comes with its shortest way. */
function reached(
  start: string,
  parents: ReadonlyMap<string, readonly string[]>,
  own: ReadonlyMap<string, readonly Because[]>,
): readonly Because[] {
  const found: Because[] = [];
  const seen = new Set([start]);
  const queue: (readonly string[])[] = [[start]];
  for (const path of queue) {
    const at = path.at(-1) ?? start;
    for (const { reason, evidence } of own.get(at) ?? [])
      found.push({
        reason: path.length === 1 ? reason : `through ${at}: ${reason}`,
        evidence: `${path.join(' → ')}; ${evidence}`,
      });
    for (const next of parents.get(at) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return once(found);
}

/** Routines with `sql security definer` whose definer is privileged: an account by its own rights, a role by all it has. */
async function readActing(
  session: Session,
  known: {
    readonly facts: ServerFacts;
    readonly tables: GrantTables;
    reasonsOfRole(role: string): readonly Because[];
  },
): Promise<readonly ActingRoutine[]> {
  const definers = await session.rows(
    `select distinct definer from mysql.proc where security_type = 'DEFINER' order by definer`,
    1,
  );
  const who = definers.map(([definer]) => definerOf(text(definer)));
  const rows = await theseAccounts(session, known.facts, { of: 'these', who });
  const named = { of: 'named', users: who.map(({ user }) => user) } as const;
  const dangers = await readDangers(session, known.tables, named, []);
  const privileged = rows.filter((row) =>
    row.host === '' ? known.reasonsOfRole(row.user).length > 0 : ownReasons(row).length + dangers.of(row).length > 0,
  );
  if (privileged.length === 0) return [];
  const names = new Map(privileged.map((row) => [`${row.user}@${row.host}`, accountId(row)]));
  const routines = await session.rows(
    `select db, name, lower(type), definer from mysql.proc where security_type = 'DEFINER' order by db, name, type`,
    4,
    200_000,
  );
  return routines.flatMap(([database, name, type, definer]) => {
    const actsAs = names.get(text(definer));
    return actsAs === undefined ? [] : [{ database: text(database), name: text(name), type: text(type), actsAs }];
  });
}

/** `name@host`, or `name@` of a role. */
function definerOf(definer: string): Who {
  const split = definer.lastIndexOf('@');
  return split < 0 ? { user: definer, host: '' } : { user: definer.slice(0, split), host: definer.slice(split + 1) };
}
