import type { Ast, PolicyAst } from './ast.ts';

/** Which references an evaluation may look behind, so that nothing else need be loaded. */
export interface Followed {
  /** Names of attributes whose entities are asked for attributes, tags or ancestors. */
  readonly attributes: ReadonlySet<string>;
  /** True where an expression looks behind something that is no attribute of a known name: everything may be needed. */
  readonly anything: boolean;
  /** How many references in a row are looked behind: 1 for `resource.system.kind`, 2 for `resource.system.owner.state`. */
  readonly depth: number;
  /** True where somebody's or something's ancestors are asked for. */
  readonly hierarchy: boolean;
  /** True where an expression looks at the context, the time being in it. */
  readonly context: boolean;
}

/**
 * Reads what a policy looks behind off its text: an entity behind `resource.system` matters only where a policy goes
 * on to `.kind`, `has kind`, a tag, or `in`. Errs on the side of more.
 */
export const followedBy = (policies: Iterable<PolicyAst>): Followed => {
  const attributes = new Set<string>();
  let anything = false;
  let hierarchy = false;
  let context = false;
  let depth = 0;

  const lookBehind = (object: Ast, further = 0): void => {
    depth = Math.max(depth, referencesIn(object) + further);
    if (object.op === 'get') attributes.add(object.attribute);
    else if (object.op !== 'var') anything = true;
  };
  const walk = (ast: Ast): void => {
    switch (ast.op) {
      case 'value':
        return;
      case 'var':
        context ||= ast.name === 'context';
        return;
      case 'get':
        lookBehind(ast.left);
        return walk(ast.left);
      case 'has':
        lookBehind(ast.left, ast.path.length - 1);
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
  return { attributes, anything, depth, hierarchy, context };
};

/** The longest chain of references an expression's value can stand at the end of. */
const referencesIn = (ast: Ast): number => {
  switch (ast.op) {
    case 'get':
      return referencesIn(ast.left) + 1;
    case 'getTag':
      return referencesIn(ast.left) + 1;
    case 'if':
      return Math.max(referencesIn(ast.yes), referencesIn(ast.no));
    case 'record':
      return Math.max(0, ...ast.fields.map(([, field]) => referencesIn(field)));
    default:
      return 0;
  }
};
