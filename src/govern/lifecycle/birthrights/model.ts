/** The kind of mass change that birthright makes. */
export const BIRTHRIGHTS = 'birthrights';
/** The key of the plan that makes all grants agree with the rules in force; any other is a rule's. */
export const EVERYBODY = 'everybody';
/** The job that plans to make all grants agree. */
export const RECOMPUTE = 'lifecycle.recompute';
export const planKeyOf = (ruleName: string): string => `rule:${ruleName.toLowerCase()}`;

/** Field → the values that fit. Every field has to fit; none given means everybody. */
export type RuleCondition = Readonly<Record<string, readonly string[]>>;

/** Access that follows from what is true of a person. Exactly one of entitlementId and roleId is set. */
export interface BirthrightRule {
  readonly id: string;
  readonly name: string;
  readonly condition: RuleCondition;
  /** Whom it fits, in CEL, in place of a condition, which is then empty; null: whoever the condition fits. */
  readonly personCondition: string | null;
  /** It comes and goes with the published version of its role, and is changed by no other way. */
  readonly ofRoleVersion: boolean;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  /** How long somebody keeps it who no longer fits. */
  readonly graceDays: number;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** What of a rule can be changed. */
export type RuleSays = Pick<BirthrightRule, 'condition' | 'personCondition' | 'graceDays'>;

/** A rule as it is to be, or that is to end, and as it was before: null where it is new. */
export interface RuleChange {
  readonly what: 'put' | 'remove';
  readonly rule: BirthrightRule;
  readonly before: RuleSays | null;
}

/** Whose access is looked at again, because something about them changed. */
export type Scope = { readonly runId: string } | { readonly identityIds: readonly string[] };
