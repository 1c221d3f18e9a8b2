import { sql, type Tx } from '#kit/db/index.ts';
import type { SodRule } from './model.ts';
import { isTrueOf, type PersonFacts } from './person-condition.ts';

/** Whom a rule counts for; both absent: everybody. */
export type PersonScope = Pick<SodRule, 'orgUnits' | 'personCondition'>;

const isScoped = ({ orgUnits, personCondition }: PersonScope): boolean =>
  (orgUnits !== undefined && orgUnits.length > 0) || personCondition !== undefined;

/** Whether a rule counts for somebody. A unit covers those below it, written `unit/below`. */
export const countsFor = ({ orgUnits = [], personCondition }: PersonScope, person: PersonFacts): boolean => {
  const unit = (person['orgUnit'] ?? '').toLowerCase();
  const within = orgUnits.some((o) => unit === o.toLowerCase() || unit.startsWith(`${o.toLowerCase()}/`));
  return (orgUnits.length === 0 || within) && (personCondition === undefined || isTrueOf(personCondition, person));
};

interface FactsRow {
  readonly identityId: string;
  readonly kind: string;
  readonly state: string;
  readonly username: string | null;
  readonly department: string | null;
  readonly jobTitle: string | null;
  readonly orgUnit: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(String).join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);

/** What conditions can ask of these people, as it is now. */
const factsOf = async (tx: Tx, identityIds: readonly string[]): Promise<ReadonlyMap<string, PersonFacts>> => {
  const rows = await tx.many<FactsRow>(sql`
    select f.identity_id, i.kind, f.state, f.username, f.department, f.job_title, f.org_unit, f.attributes
      from identity_facts f join identity i on i.id = f.identity_id
     where f.identity_id = any(${sql.array(identityIds)}::uuid[])
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})`);
  return new Map(
    rows.map(({ identityId, attributes, ...facts }) => [
      identityId,
      Object.fromEntries([
        ...Object.entries(attributes).map(([name, value]) => [name, textOf(value)]),
        ...Object.entries(facts).map(([name, value]) => [name, value ?? '']),
      ]),
    ]),
  );
};

/**
 * Whether each rule counts for each of these people: the question to ask before a rule is. Costs one statement, and none
 * where no rule has a scope of people.
 */
export const scopeOf = async (
  tx: Tx,
  identityIds: readonly string[],
  rules: readonly PersonScope[],
): Promise<(rule: PersonScope, identityId: string) => boolean> => {
  if (!rules.some(isScoped)) return () => true;
  const facts = await factsOf(tx, identityIds);
  return (rule, identityId) => !isScoped(rule) || countsFor(rule, facts.get(identityId) ?? {});
};

/** Those of the rules that count for one person. */
export const rulesFor = async <R extends PersonScope>(
  tx: Tx,
  identityId: string,
  rules: readonly R[],
): Promise<readonly R[]> => {
  const counts = await scopeOf(tx, [identityId], rules);
  return rules.filter((rule) => counts(rule, identityId));
};
