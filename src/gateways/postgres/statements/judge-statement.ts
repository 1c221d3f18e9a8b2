import type { StatementRules } from '../../port.ts';
import type { Judge } from './follow-statements.ts';

/** What the rules of a session say of each of its statements. */
export function judgeOf(rules: StatementRules | undefined, _parameters: ReadonlyMap<string, string>): Judge {
  if (rules === undefined) return () => undefined;
  return () => 'not yet';
}
