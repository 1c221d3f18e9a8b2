import { CompiledPolicies } from './engine/compiled-policies.ts';
import type { PolicyAst } from './engine/ast.ts';
import { followedBy, type Followed } from './engine/followed-references.ts';
import type { ParsedPolicy } from './engine/parse-policies.ts';
import { readObligations } from './obligations.ts';
import type { Obligation } from './port.ts';
import { actionUid, type KnownAction } from './vocabulary.ts';

/** The policies that answer together: shipped ones and the customer's own, compiled, under one version. */
export interface PolicySet {
  readonly version: string;
  readonly compiled: CompiledPolicies;
  /** Obligations of each permit that has some, by policy id. */
  readonly obligations: ReadonlyMap<string, readonly Obligation[]>;
  /** What policies on an action look behind. */
  followed(action: KnownAction): Followed;
}

export const policySetOf = (version: string, policies: readonly ParsedPolicy[]): PolicySet => {
  const obligations = new Map<string, readonly Obligation[]>();
  for (const { id, ast } of policies) {
    const read = readObligations(ast.annotations.get('obligation'));
    // INVARIANT: only validated text gets here, and validation refuses an obligation that cannot be read.
    if (!read.ok) throw new Error(`policy ${id}: ${read.message}`);
    if (read.obligations.length > 0 && ast.effect === 'permit') obligations.set(id, read.obligations);
  }
  const followed = new Map<string, Followed>();
  return {
    version,
    compiled: new CompiledPolicies(policies.map(({ ast }) => ast)),
    obligations,
    followed: (action) => {
      const known =
        followed.get(action.uid.key) ??
        followedBy(policies.map(({ ast }) => ast).filter((ast) => canMatch(ast, action)));
      followed.set(action.uid.key, known);
      return known;
    },
  };
};

const canMatch = ({ action }: PolicyAst, asked: KnownAction): boolean => {
  if (action.kind === 'any') return true;
  if (action.kind === 'eq') return action.key === asked.uid.key;
  return action.keys.some((key) => key === asked.uid.key || asked.groups.some((group) => actionUid(group).key === key));
};
