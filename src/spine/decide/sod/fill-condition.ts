import { Environment, ParseError, serialize, type ASTNode } from '@marcbachmann/cel-js';
import { ConditionError } from './person-condition.ts';

const env = new Environment({ limits: { maxAstNodes: 300, maxDepth: 24, maxListElements: 100 } });
const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

/**
 * A condition about people that speaks of parameters (`person.site == parameter.site`) with the value of each in its place,
 * as a text of its own that speaks of people alone. Throws ConditionError where it is no expression, or speaks of a
 * parameter that has no value.
 */
export function fillCondition(text: string, values: Readonly<Record<string, string>>): string {
  const fill = (node: ASTNode): ASTNode => {
    const { op, args } = node as { readonly op: string; readonly args: unknown };
    if (op === '.' && Array.isArray(args)) {
      const [of, name] = args as readonly unknown[];
      if (isNode(of) && of.op === 'id' && of.args === 'parameter' && typeof name === 'string') {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        if (value === undefined)
          throw new ConditionError(
            `speaks of the parameter "${name}", which there is not`,
            `use one of ${Object.keys(values).join(', ')}`,
          );
        return { op: 'value', args: value } as ASTNode;
      }
    }
    return { op, args: within(args) } as ASTNode;
  };
  const within = (args: unknown): unknown =>
    isNode(args) ? fill(args) : Array.isArray(args) ? args.map(within) : args;
  try {
    return serialize(fill(env.parse(text).ast));
  } catch (error) {
    if (error instanceof ParseError)
      throw new ConditionError(
        error.summary.replace(/^./, (c) => c.toLowerCase()),
        'write for instance person.site == parameter.site',
      );
    throw error;
  }
}
