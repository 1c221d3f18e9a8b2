/** Field → the values that fit. Every field has to fit; none given means everybody. */
export type RuleCondition = Readonly<Record<string, readonly string[]>>;

/** Access that follows from what is true of a person. Exactly one of entitlementId and roleId is set. */
export interface BirthrightRule {
  readonly id: string;
  readonly name: string;
  readonly condition: RuleCondition;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  /** How long somebody keeps it who no longer fits. */
  readonly graceDays: number;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** Whose access is looked at again. */
export type Scope =
  | { readonly runId: string }
  | { readonly identityIds: readonly string[] }
  | { readonly everybody: true };
