import { isDeepStrictEqual } from 'node:util';
import { TargetError } from '../../port.ts';
import { valueAt } from './pointer.ts';

type Scalar = string | number | boolean | null;

/** What must hold of an item: one look at a value, or several together. */
export interface Condition {
  readonly at?: string | undefined;
  readonly is?: Scalar | undefined;
  readonly in?: readonly Scalar[] | undefined;
  readonly contains?: Scalar | undefined;
  readonly present?: boolean | undefined;
  /** The answer where there is nothing at `at`; without it, that is an error. */
  readonly absent?: boolean | undefined;
  readonly not?: Condition | undefined;
  readonly any?: readonly Condition[] | undefined;
  readonly all?: readonly Condition[] | undefined;
}

/** Whether it holds of `item`. Throws TargetError `failed` where what it looks at is missing, for then nobody knows; `what` names the item. */
export function holds(condition: Condition, item: unknown, what: string): boolean {
  if (condition.not !== undefined) return !holds(condition.not, item, what);
  if (condition.any !== undefined) return condition.any.some((one) => holds(one, item, what));
  if (condition.all !== undefined) return condition.all.every((one) => holds(one, item, what));
  const pointer = condition.at ?? '';
  const value = valueAt(item, pointer);
  if (condition.present !== undefined) return (value !== undefined && value !== null) === condition.present;
  if (value === undefined) {
    if (condition.absent !== undefined) return condition.absent;
    throw new TargetError('failed', `${what} has nothing at \`${pointer}\`, which the description looks at`);
  }
  if (condition.in !== undefined) return condition.in.some((one) => one === value);
  if (condition.contains === undefined) return isDeepStrictEqual(value, condition.is);
  if (Array.isArray(value)) return value.includes(condition.contains);
  throw new TargetError('failed', `${what} has no list at \`${pointer}\`, which the description looks into`);
}
