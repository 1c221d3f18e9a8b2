import type { Ast, PolicyAst } from './ast.ts';

/** Which references an evaluation may look behind, so that nothing else need be loaded. */
export interface Followed {
  /** Names of attributes whose entities are asked for attributes, tags or ancestors. */
  readonly attributes: ReadonlySet<string>;
  /** True where an expression looks behind something that is no attribute of a known name: everything may be needed. */
  readonly anything: boolean;
  /** True where somebody's or something's ancestors are asked for. */
  readonly hierarchy: boolean;
}

/**
 * Reads what a policy looks behind off its text: an entity behind `resource.system` matters only where a policy goes
 * on to `.kind`, `has kind`, a tag, or `in`. Errs on the side of more.
 */
export const followedBy = (policies: Iterable<PolicyAst>): Followed => {
  const attributes = new Set<string>();
  let anything = false;
  let hierarchy = false;

  const lookBehind = (object: Ast): void => {
    if (object.op === 'get') attributes.add(object.attribute);
    else if (object.op !== 'var') anything = true;
  };
  const walk = (ast: Ast): void => {
    switch (ast.op) {
      case 'value':
      case 'var':
        return;
      case 'get':
        lookBehind(ast.left);
        return walk(ast.left);
      case 'has':
        lookBehind(ast.left);
        for (const name of ast.path.slice(0, -1)) attributes.add(name);
        return walk(ast.left);
      case 'is':
        if (ast.within !== undefined) {
          hierarchy = true;
          lookBehind(ast.left);
          walk(ast.within);
        }
        return walk(ast.left);
      case 'in':
        hierarchy = true;
        lookBehind(ast.left);
        break;
      case 'getTag':
      case 'hasTag':
        lookBehind(ast.left);
        break;
      case 'if':
        walk(ast.test);
        walk(ast.yes);
        return walk(ast.no);
      case 'not':
      case 'neg':
      case 'isEmpty':
        return walk(ast.arg);
      case 'like':
        return walk(ast.left);
      case 'set':
        return ast.items.forEach(walk);
      case 'record':
        return ast.fields.forEach(([, field]) => walk(field));
      case 'call':
        return ast.args.forEach(walk);
    }
    walk(ast.left);
    walk(ast.right);
  };

  for (const { principal, resource, conditions } of policies) {
    for (const scope of [principal, resource]) {
      if (scope.kind === 'in' || (scope.kind === 'is' && scope.withinKey !== undefined)) hierarchy = true;
    }
    conditions.forEach(walk);
  }
  return { attributes, anything, hierarchy };
};
