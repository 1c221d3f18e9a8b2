/** Something that has to be said to have a role: any text, or one of these values. */
export interface RoleParameter {
  readonly name: string;
  /** Null: any text. */
  readonly allowedValues: readonly string[] | null;
}

/** An entitlement of a template, by what its native id or name is once values stand in for `{parameter}`. */
export interface RolePattern {
  readonly systemId: string;
  readonly pattern: string;
  /** Instants in ISO 8601; null: from publication, and without an end. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** What was said for each parameter. */
export type Values = Readonly<Record<string, string>>;

/** The role a template is for one choice of values. */
export interface RoleBinding {
  readonly roleId: string;
  readonly templateId: string;
  readonly chosen: Values;
}
