import type { Tx } from '#kit/db/index.ts';
import { controlsOfGrants, NO_CONTROLS, type GrantControls } from '#spine/graph/index.ts';
import type { ApprovalRules } from './approvers/approval-rules.ts';
import { controlsFor } from './approvers/rule-controls.ts';
import type { Request, RequestLine } from './model.ts';
import { readPolicy } from './store.ts';

/** What each line's grant is under; of one not given yet, what it would be by the rule it was asked for under. */
export const controlsOfLines = async (
  tx: Tx,
  requests: readonly Request[],
  lines: readonly RequestLine[],
): Promise<(line: RequestLine) => GrantControls> => {
  const ofGrant = await controlsOfGrants(
    tx,
    lines.flatMap((l) => l.grantId ?? []),
  );
  const waiting = new Set(lines.flatMap((l) => (l.grantId === null && l.rule !== null ? [l.requestId] : [])));
  const numbers = new Map(requests.map((r) => [r.id, r.policyNumber]));
  const rules = new Map<number, ApprovalRules>();
  for (const number of new Set([...waiting].flatMap((id) => numbers.get(id) ?? [])))
    rules.set(number, (await readPolicy(tx, number)).rules);
  return (line) => {
    if (line.grantId !== null) return ofGrant(line.grantId);
    const policy = rules.get(numbers.get(line.requestId) ?? -1);
    return policy === undefined || line.rule === null ? NO_CONTROLS : controlsFor(policy, line, undefined);
  };
};
