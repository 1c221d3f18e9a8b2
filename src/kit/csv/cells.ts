/** Words that mean yes and no in tables. */
export const YES_NO: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

/** A day or an instant as ISO 8601 writes it, as an ISO instant; undefined where it is neither. */
export function readInstant(value: string): string | undefined {
  const instant = new Date(value);
  return /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(value) && !Number.isNaN(instant.getTime())
    ? instant.toISOString()
    : undefined;
}
