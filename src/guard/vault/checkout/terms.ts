import { sql, type Queryable } from '#kit/db/index.ts';
import type { Secret } from '../model.ts';

/** reveal: shown as often as the holder asks while it is out. copy_once: given once. inject_only: never given to anybody. */
export type Showing = 'reveal' | 'copy_once' | 'inject_only';

/** Under which terms a secret is taken out. */
export interface CheckoutTerms {
  /** The path they were set for; null: nobody set any, these are the house's. */
  readonly path: string | null;
  /** Out to several people at a time, or to one. */
  readonly shared: boolean;
  /** A second person agrees to each checkout. */
  readonly secondPerson: boolean;
  readonly reasonRequired: boolean;
  readonly ticketRequired: boolean;
  readonly longestSeconds: number;
  /** How often the end may be moved. */
  readonly extensions: number;
  readonly showing: Showing;
  /** Changed on the target once the last who had it gave it back. */
  readonly rotateAfter: boolean;
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
}

const columns = sql`path, shared, second_person, reason_required, ticket_required, longest_seconds, extensions, showing,
  rotate_after, changed_by, changed_at`;

/** The path itself and every one above it: `a/b/c`, `a/b`, `a`. */
const pathAndAbove = (path: string): string[] =>
  path.split('/').map((_, i, parts) => parts.slice(0, parts.length - i).join('/'));

/** Where nobody set any: to one person, with a reason, and changed afterwards. */
const houseTerms = (secret: Pick<Secret, 'longestCheckoutSeconds'>): CheckoutTerms => ({
  path: null,
  shared: false,
  secondPerson: false,
  reasonRequired: true,
  ticketRequired: false,
  longestSeconds: secret.longestCheckoutSeconds,
  extensions: 0,
  showing: 'reveal',
  rotateAfter: true,
  changedBy: null,
  changedAt: null,
});

/** The terms a secret is under: of the longest path that fits its name. */
export async function termsOf(
  tx: Queryable,
  secret: Pick<Secret, 'name' | 'longestCheckoutSeconds'>,
): Promise<CheckoutTerms> {
  const found = await tx.maybe<CheckoutTerms>(sql`
    select ${columns} from checkout_terms where path = any(${pathAndAbove(secret.name)}::text[])
     order by length(path) desc limit 1`);
  return found ?? houseTerms(secret);
}

/** Of these names, those whose value goes to nobody by being asked for: injected only, or agreed to by a second person. */
export async function namesNotFetched(tx: Queryable, names: readonly string[]): Promise<ReadonlySet<string>> {
  const paths = [...new Set(names.flatMap(pathAndAbove))];
  const rows = await tx.many<Pick<CheckoutTerms, 'path' | 'showing' | 'secondPerson'>>(
    sql.named(
      'vault_terms_of_names',
      sql`select path, showing, second_person from checkout_terms where path = any(${paths}::text[])`,
    ),
  );
  if (rows.length === 0) return new Set();
  const byPath = new Map(rows.map((row) => [row.path, row]));
  return new Set(
    names.filter((name) => {
      const terms = pathAndAbove(name)
        .map((path) => byPath.get(path))
        .find((row) => row !== undefined);
      return terms !== undefined && (terms.showing === 'inject_only' || terms.secondPerson);
    }),
  );
}

/** All terms that were set, by path. */
export const listTerms = (tx: Queryable): Promise<CheckoutTerms[]> =>
  tx.many<CheckoutTerms>(sql`select ${columns} from checkout_terms order by path limit 5000`);
