import { Environment, EvaluationError, ParseError, TypeError as CheckError, type ASTNode } from '@marcbachmann/cel-js';

/** What a condition may ask about somebody: facts by name, each a text; an attribute that is a list is joined by commas. */
export type PersonFacts = Readonly<Record<string, string>>;

/** Why a text is no condition, and what to write instead. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** Longest condition, in characters. */
const LONGEST = 2000;
const INFIX = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in']);
const METHODS = new Set(['startsWith', 'endsWith', 'contains']);
const FIX = 'write for instance person.department == "Finance" && person.orgUnit.startsWith("Europe")';

const env = new Environment({
  limits: { maxAstNodes: 300, maxDepth: 24, maxListElements: 100, maxMapEntries: 1, maxCallArguments: 2 },
}).registerVariable('person', 'map<string, string>');

const compiled = new Map<string, (person: PersonFacts) => boolean>();
/** Conditions kept compiled; beyond it all are forgotten. */
const KEPT = 5000;

/**
 * Whether a condition in CEL is true of somebody. Where it has no answer, since it asks for a fact nobody said, it is:
 * a rule counts unless it is known not to.
 */
export const isTrueOf = (text: string, person: PersonFacts): boolean => {
  let condition = compiled.get(text);
  if (condition === undefined) {
    if (compiled.size >= KEPT) compiled.clear();
    condition = compileCondition(text);
    compiled.set(text, condition);
  }
  return condition(person);
};

/**
 * Reads a condition, held to what costs no more than its length and comes to true or false. `unknown` is its answer where
 * it has none, since it asks for a fact nobody said. Throws ConditionError.
 */
export const compileCondition = (text: string, unknown = true): ((person: PersonFacts) => boolean) => {
  if (text.length > LONGEST) throw new ConditionError(`is longer than ${LONGEST} characters`, 'say it in fewer');
  try {
    const parsed = env.parse(text);
    checkShape(parsed.ast);
    const checked = parsed.check();
    if (checked.error !== undefined) throw checked.error;
    if (checked.type !== 'bool')
      throw new ConditionError(`comes to a ${checked.type ?? 'value'}, not to true or false`, FIX);
    return (person) => {
      try {
        return parsed({ person: new Map(Object.entries(person)) }) !== false;
      } catch (error) {
        if (error instanceof EvaluationError) return unknown;
        throw error;
      }
    };
  } catch (error) {
    if (error instanceof ParseError || error instanceof CheckError || error instanceof EvaluationError)
      throw new ConditionError(
        error.summary.replace(/^./, (c) => c.toLowerCase()),
        FIX,
      );
    throw error;
  }
};

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

/** Allows comparisons of facts and texts, lists of texts, and, or, not; nothing that repeats or computes a name. */
function checkShape(node: ASTNode): void {
  switch (node.op) {
    case 'value':
      return;
    case '.':
    case '[]': {
      const [left, right] = node.args as [ASTNode, ASTNode | string];
      const named = typeof right === 'string' || (right.op === 'value' && typeof right.args === 'string');
      if (left.op !== 'id' || left.args !== 'person' || !named)
        throw new ConditionError('asks for something that is no fact about a person', FIX);
      return;
    }
    case 'rcall':
      if (!METHODS.has(node.args[0])) throw new ConditionError(`\`${node.args[0]}\` cannot be used here`, FIX);
      checkShape(node.args[1]);
      node.args[2].forEach(checkShape);
      return;
    case 'list':
      node.args.forEach(checkShape);
      return;
    case '!_':
      checkShape(node.args);
      return;
    default:
      if (!INFIX.has(node.op)) throw new ConditionError(`\`${node.op}\` cannot be used here`, FIX);
      for (const side of node.args as readonly unknown[]) if (isNode(side)) checkShape(side);
  }
}
