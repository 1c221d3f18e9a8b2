/** What a planned change is, and what planning may know besides the host's state. */
import type { ChangePreview } from '../../port.ts';

export interface Plan extends ChangePreview {
  /** Shell lines that make it so; each gives up with a sentence of its own. Empty when not needed. */
  readonly script: string;
  readonly secrets: readonly string[];
}

export interface PlanContext {
  /** The account Reeve logs in as: changes that would shut Reeve out are refused. */
  readonly management: string;
  readonly shell: string;
  /** For set_password: whether the account has this password already; undefined when the host cannot tell. */
  readonly samePassword?: boolean | undefined;
}

/** A plan that does nothing, because the host is in that state already. */
export const nothingToDo = (summary: string): Plan => ({ summary, needed: false, script: '', secrets: [] });
