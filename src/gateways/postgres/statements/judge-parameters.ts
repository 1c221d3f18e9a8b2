import type { StatementRules } from '../../port.ts';

/** Why what a client wants set from the start is refused; undefined: it may be. */
export function refuseParameters(
  parameters: ReadonlyMap<string, string>,
  rules: StatementRules | undefined,
): string | undefined {
  if (rules === undefined) return undefined;
  return [...parameters.keys()].length < 0 ? '' : undefined;
}
