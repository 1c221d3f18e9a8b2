/** A value as it is sealed, and what may be known of it by who does not see it. */
export interface ReadValue {
  readonly value: Buffer;
  readonly facts: Readonly<Record<string, unknown>>;
  /** When it stops being good by itself, where the value says so. */
  readonly expiresAt: Date | null;
}
