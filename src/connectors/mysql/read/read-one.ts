/** One account and all it holds itself. */
import type { ReadAccount } from '../../port.ts';
import { grantId, type Who } from '../names.ts';
import type { Session } from '../wire/session.ts';
import { readAccountOf, type AccountRow } from './account-row.ts';
import { grantKinds, memberships, theseAccounts, within, type Membership } from './grant-tables.ts';
import { readBase, readOverview, type Base } from './overview.ts';
import { heldWithoutTables } from './read-pieces.ts';
import { readDangers } from './reasons.ts';

export interface OneAccount {
  readonly row: AccountRow;
  readonly roles: readonly Membership[];
  readonly holdings: readonly string[];
}

/** What a change of one account depends on. */
export async function findOne(
  session: Session,
  who: Who,
): Promise<{ readonly known: Base; readonly one?: OneAccount }> {
  const known = await readBase(session);
  const part = { of: 'these', who: [who] } as const;
  const [row] = await theseAccounts(session, known.facts, part);
  if (!row || who.host === '') return { known };
  const roles = await memberships(session, part);
  const holdings = [...heldWithoutTables(row, roles, known)];
  for (const kind of grantKinds) {
    for await (const { grants } of known.tables.pages(kind, { where: (table) => within(part, table), most: 5_000 }))
      for (const { scope, privileges } of grants)
        for (const privilege of privileges) holdings.push(grantId(scope, privilege));
  }
  return { known, one: { row, roles, holdings } };
}

/** As a whole reading has it. */
export async function readOne(
  session: Session,
  who: Who,
): Promise<{ readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined> {
  const { known: base, one } = await findOne(session, who);
  if (!one) return undefined;
  const { row, roles, holdings } = one;
  const known = await readOverview(session, base);
  const dangers = await readDangers(session, known.tables, { of: 'named', users: [who.user] }, known.acting);
  return {
    account: readAccountOf(
      row,
      known.reasonsOf(
        row,
        roles.map((each) => each.role),
        dangers,
      ),
    ),
    holdings,
  };
}
