import type { Ast, BinaryOperator, Variable } from './ast.ts';
import { toLong } from './values/long.ts';
import { readValue } from './values/read-value.ts';

/** Cedar grew a form of expression that this engine does not know. Such a policy is refused at publish. */
export class UnsupportedPolicy extends Error {
  override readonly name = 'UnsupportedPolicy';
}

/** The integer a marked string stands for; see literals.ts. */
export type SetAsideInteger = (text: string) => bigint | undefined;

type Tree = Readonly<Record<string, unknown>>;

const isTree = (x: unknown): x is Tree => typeof x === 'object' && x !== null && !Array.isArray(x);
const tree = (x: unknown): Tree => {
  if (!isTree(x)) throw new UnsupportedPolicy('an expression of Cedar has an unknown shape');
  return x;
};
const text = (x: unknown): string => {
  if (typeof x !== 'string') throw new UnsupportedPolicy('a name in a Cedar expression has an unknown shape');
  return x;
};
const list = (x: unknown): readonly unknown[] => {
  if (!Array.isArray(x)) throw new UnsupportedPolicy('a list in a Cedar expression has an unknown shape');
  return x;
};

const BINARY: ReadonlySet<string> = new Set([
  '==',
  '!=',
  'in',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  'contains',
  'containsAll',
  'containsAny',
  'getTag',
  'hasTag',
] satisfies BinaryOperator[]);
const isBinary = (op: string): op is BinaryOperator => BINARY.has(op);
const VARIABLES: ReadonlySet<string> = new Set(['principal', 'action', 'resource', 'context'] satisfies Variable[]);
const isVariable = (name: unknown): name is Variable => typeof name === 'string' && VARIABLES.has(name);

/** Functions and methods of the extension types, with the number of their arguments. */
export const FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['ip', 1],
  ['isIpv4', 1],
  ['isIpv6', 1],
  ['isLoopback', 1],
  ['isMulticast', 1],
  ['isInRange', 2],
  ['decimal', 1],
  ['lessThan', 2],
  ['lessThanOrEqual', 2],
  ['greaterThan', 2],
  ['greaterThanOrEqual', 2],
  ['datetime', 1],
  ['offset', 2],
  ['durationSince', 2],
  ['toDate', 1],
  ['toTime', 1],
  ['duration', 1],
  ['toMilliseconds', 1],
  ['toSeconds', 1],
  ['toMinutes', 1],
  ['toHours', 1],
  ['toDays', 1],
]);

/** Cedar's JSON expression to an Ast. Throws UnsupportedPolicy for what this engine does not know. */
export const readExpression = (json: unknown, setAside: SetAsideInteger): Ast => {
  const read = (x: unknown): Ast => {
    const expression = tree(x);
    const [op, ...others] = Object.keys(expression);
    if (op === undefined || others.length > 0)
      throw new UnsupportedPolicy('an expression of Cedar has an unknown shape');
    const body = expression[op];
    if (isBinary(op)) return { op, left: read(tree(body).left), right: read(tree(body).right) };
    if (FUNCTIONS.has(op)) return readCall(op, list(body).map(read));
    return readOther(op, body);
  };

  const readLiteral = (body: unknown, sign: bigint): Ast => {
    const integer = typeof body === 'string' ? setAside(body) : undefined;
    if (integer === undefined) return { op: 'value', value: readValue(body) };
    const value = toLong(sign * integer);
    if (value === undefined) throw new UnsupportedPolicy(`\`${integer}\` does not fit 64 bits`);
    return { op: 'value', value };
  };

  const readOther = (op: string, body: unknown): Ast => {
    switch (op) {
      case 'Value':
        return readLiteral(body, 1n);
      case 'Var':
        if (isVariable(body)) return { op: 'var', name: body };
        break;
      case '!':
        return { op: 'not', arg: read(tree(body).arg) };
      case 'neg': {
        // 2^63 is only ever written behind a minus sign, where it makes the smallest Long.
        const arg = tree(tree(body).arg);
        if (typeof arg.Value === 'string' && setAside(arg.Value) !== undefined) return readLiteral(arg.Value, -1n);
        return { op, arg: read(arg) };
      }
      case 'isEmpty':
        return { op, arg: read(tree(body).arg) };
      case '&&':
        return { op: 'and', left: read(tree(body).left), right: read(tree(body).right) };
      case '||':
        return { op: 'or', left: read(tree(body).left), right: read(tree(body).right) };
      case 'if-then-else':
        return { op: 'if', test: read(tree(body).if), yes: read(tree(body).then), no: read(tree(body).else) };
      case '.':
        return { op: 'get', left: read(tree(body).left), attribute: text(tree(body).attr) };
      case 'has': {
        const { left, attr } = tree(body);
        return { op: 'has', left: read(left), path: Array.isArray(attr) ? attr.map(text) : [text(attr)] };
      }
      case 'like':
        return { op: 'like', left: read(tree(body).left), runs: readPattern(list(tree(body).pattern)) };
      case 'is': {
        const { left, entity_type: type, in: within } = tree(body);
        return {
          op: 'is',
          left: read(left),
          type: text(type),
          within: within === undefined ? undefined : read(within),
        };
      }
      case 'Set':
        return { op: 'set', items: list(body).map(read) };
      case 'Record':
        return {
          op: 'record',
          fields: Object.entries(tree(body)).map(([name, field]) => [name, read(field)] as const),
        };
    }
    throw new UnsupportedPolicy(`Reeve does not evaluate Cedar's \`${op}\``);
  };
  return read(json);
};

const readCall = (name: string, args: readonly Ast[]): Ast => {
  if (FUNCTIONS.get(name) !== args.length)
    throw new UnsupportedPolicy(`\`${name}\` takes ${FUNCTIONS.get(name)} arguments here`);
  return { op: 'call', name, args };
};

// ["a", *, "b", "c"] becomes the runs "a" and "bc": two wildcards side by side leave an empty run between them.
const readPattern = (elements: readonly unknown[]): readonly string[] => {
  const runs = [''];
  for (const element of elements) {
    if (element === 'Wildcard') runs.push('');
    else runs[runs.length - 1] += text(tree(element).Literal);
  }
  return runs;
};
