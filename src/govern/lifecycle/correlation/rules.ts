import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';

/** What speaks for an account being somebody's, each from 0 (says nothing) to 1. */
export interface CorrelationWeights {
  readonly employeeId: number;
  readonly mailAddress: number;
  readonly username: number;
  readonly fullName: number;
  /** An account of that name on another system is known to be theirs. */
  readonly accountElsewhere: number;
}

export interface CorrelationRules {
  readonly weights: CorrelationWeights;
  /** At least this sure, and nobody else nearly as likely: linked without asking. */
  readonly sure: number;
  /** Less than this is not worth a person's time. */
  readonly worthAsking: number;
  /** Somebody within this of the best makes it ambiguous. */
  readonly margin: number;
  /** Names less alike than this say nothing. */
  readonly alike: number;
  /** Names less alike than this speak against: somebody else of the same username. */
  readonly unlike: number;
}

export const DEFAULT_RULES: CorrelationRules = {
  weights: { employeeId: 0.99, mailAddress: 0.95, username: 0.85, fullName: 0.8, accountElsewhere: 0.5 },
  sure: 0.9,
  worthAsking: 0.5,
  margin: 0.15,
  alike: 0.75,
  unlike: 0.5,
};

/** What is to be changed of the rules; the rest stays. */
export type RulesChange = {
  readonly [K in keyof Omit<CorrelationRules, 'weights'>]?: CorrelationRules[K] | undefined;
} & { readonly weights?: { readonly [K in keyof CorrelationWeights]?: number | undefined } | undefined };

/** Least that counts as sure. Below it an account would be linked on what is as likely wrong as right. */
const LEAST_SURE = 0.6;

export async function readRules(tx: Tx): Promise<CorrelationRules> {
  const row = await tx.maybe<{ rules: CorrelationRules }>(sql`select rules from correlation_rules`);
  return row?.rules ?? DEFAULT_RULES;
}

export const given = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** The rules as they would be with a change. Throws 422 where they would contradict themselves. */
export async function draftRules(tx: Tx, change: RulesChange): Promise<CorrelationRules> {
  const before = await readRules(tx);
  const rules: CorrelationRules = {
    ...before,
    ...given(change),
    weights: { ...before.weights, ...given(change.weights ?? {}) },
  };
  if (rules.sure < LEAST_SURE)
    throw invalid('/sure', `is at least ${LEAST_SURE}`, 'accounts that are less sure wait for a person');
  if (rules.worthAsking > rules.sure) throw invalid('/worthAsking', 'is not above sure', 'lower it');
  if (rules.unlike > rules.alike) throw invalid('/unlike', 'is not above alike', 'lower it');
  if (Object.values(rules.weights).every((weight) => weight === 0))
    throw invalid('/weights', 'say nothing at all', 'give one of them a weight');
  return rules;
}
