import type { Ast, Variable } from './ast.ts';
import { compileCall } from './compile-calls.ts';
import { compileOperator } from './compile-operators.ts';
import { dataOf, NO_ENV, type Env, type Node } from './env.ts';
import { Fault, isFault } from './values/fault.ts';
import { isLong, negate } from './values/long.ts';
import { CedarRecord, CedarSet, EntityUid, type Value } from './values/value.ts';

type Test = (env: Env) => boolean;

/** Turns an expression into closures: nothing of a policy's text is ever run as JavaScript. */
export const compile = (ast: Ast): Node => {
  switch (ast.op) {
    case 'value': {
      const { value } = ast;
      return () => value;
    }
    case 'var':
      return VARIABLES[ast.name];
    case 'and':
    case 'or':
    case 'not':
      return compileTest(ast);
    case 'if': {
      const [test, yes, no] = [compileTest(ast.test), compile(ast.yes), compile(ast.no)];
      return (env) => (test(env) ? yes(env) : no(env));
    }
    case 'neg': {
      const arg = compile(ast.arg);
      const wrongType = new Fault('`-` needs a long');
      const overflow = new Fault('integer overflow in `-`');
      return foldConstants([ast.arg], (env) => {
        const v = arg(env);
        if (!isLong(v)) throw wrongType;
        return negate(v, overflow);
      });
    }
    case 'isEmpty': {
      const arg = compile(ast.arg);
      const wrongType = new Fault('`isEmpty` needs a set');
      return (env) => {
        const v = arg(env);
        if (!(v instanceof CedarSet)) throw wrongType;
        return v.keys.size === 0;
      };
    }
    case 'get':
      return compileGet(ast.left, ast.attribute);
    case 'has':
      return compileHas(ast.left, ast.path);
    case 'like':
      return compileLike(ast.left, ast.runs);
    case 'is':
      return compileIs(ast.left, ast.type, ast.within);
    case 'set': {
      const items = ast.items.map(compile);
      return foldConstants(ast.items, (env) => new CedarSet(items.map((item) => item(env))));
    }
    case 'record': {
      const fields = ast.fields.map(([name, field]) => [name, compile(field)] as const);
      return foldConstants(
        ast.fields.map(([, field]) => field),
        (env) => new CedarRecord(new Map(fields.map(([name, field]) => [name, field(env)]))),
      );
    }
    case 'call': {
      const call = compileCall(ast.name);
      const [first, second] = ast.args.map(compile);
      if (first === undefined) throw new Error(`\`${ast.name}\` has no argument`);
      return foldConstants(
        ast.args,
        second === undefined ? (env) => call(first(env), false) : (env) => call(first(env), second(env)),
      );
    }
    default:
      return compileOperator(ast.op, compile(ast.left), compile(ast.right), constantOf(ast.right));
  }
};

const constantOf = (ast: Ast): Value | undefined => (ast.op === 'value' ? ast.value : undefined);

/** The expression as a condition: a Fault when it is no boolean. */
export const compileTest = (ast: Ast): Test => {
  const notBoolean = new Fault('a condition needs a boolean');
  if (ast.op === 'and' || ast.op === 'or') {
    const [left, right] = [compileTest(ast.left), compileTest(ast.right)];
    return ast.op === 'and' ? (env) => left(env) && right(env) : (env) => left(env) || right(env);
  }
  if (ast.op === 'not') {
    const arg = compileTest(ast.arg);
    return (env) => !arg(env);
  }
  const node = compile(ast);
  return (env) => {
    const v = node(env);
    if (typeof v !== 'boolean') throw notBoolean;
    return v;
  };
};

const VARIABLES: Readonly<Record<Variable, Node>> = {
  principal: (env) => env.principal,
  action: (env) => env.action,
  resource: (env) => env.resource,
  context: (env) => env.context,
};

const isConstant = (ast: Ast): boolean =>
  ast.op === 'value' ||
  (ast.op === 'set' && ast.items.every(isConstant)) ||
  (ast.op === 'call' && ast.args.every(isConstant)) ||
  (ast.op === 'neg' && isConstant(ast.arg));

// `ip("10.0.0.0/8")` or a literal set is made once; one that faults keeps faulting whenever it is reached.
const foldConstants = (args: readonly Ast[], node: Node): Node => {
  if (!args.every(isConstant)) return node;
  try {
    const value = node(NO_ENV);
    return () => value;
  } catch (fault) {
    if (!isFault(fault)) throw fault;
    return node;
  }
};

const compileGet = (left: Ast, attribute: string): Node => {
  const missing = new Fault(`there is no attribute \`${attribute}\``);
  const noEntity = new Fault(`the entity whose \`${attribute}\` is asked for does not exist`);
  const wrongType = new Fault(`\`.${attribute}\` needs an entity or a record`);
  // The two most asked, without asking what they are.
  if (left.op === 'var' && (left.name === 'principal' || left.name === 'resource')) {
    const of = left.name === 'principal' ? 'principalData' : 'resourceData';
    return (env) => {
      const data = env[of];
      if (data === undefined) throw noEntity;
      const found = data.attributes.get(attribute);
      if (found === undefined) throw missing;
      return found;
    };
  }
  const object = compile(left);
  return (env) => {
    const v = object(env);
    let found: Value | undefined;
    if (v instanceof EntityUid) {
      const data = dataOf(v, env);
      if (data === undefined) throw noEntity;
      found = data.attributes.get(attribute);
    } else if (v instanceof CedarRecord) found = v.fields.get(attribute);
    else throw wrongType;
    if (found === undefined) throw missing;
    return found;
  };
};

const compileHas = (left: Ast, path: readonly string[]): Node => {
  const wrongType = new Fault(`\`has ${path.join('.')}\` needs an entity or a record`);
  const object = compile(left);
  return (env) => {
    let v: Value | undefined = object(env);
    for (const name of path) {
      if (v instanceof EntityUid) v = dataOf(v, env)?.attributes.get(name);
      else if (v instanceof CedarRecord) v = v.fields.get(name);
      else throw wrongType;
      if (v === undefined) return false;
    }
    return true;
  };
};

const compileLike = (left: Ast, runs: readonly string[]): Node => {
  const wrongType = new Fault('`like` needs a string');
  const subject = compile(left);
  const first = runs[0] ?? '';
  const last = runs[runs.length - 1] ?? '';
  const middle = runs.slice(1, -1).filter((run) => run !== '');
  return (env) => {
    const v = subject(env);
    if (typeof v !== 'string') throw wrongType;
    if (runs.length === 1) return v === first;
    if (v.length < first.length + last.length || !v.startsWith(first) || !v.endsWith(last)) return false;
    // Taking each run as early as it comes never loses a match, so no pattern makes it go back.
    let at = first.length;
    const end = v.length - last.length;
    for (const run of middle) {
      const found = v.indexOf(run, at);
      if (found < 0 || found + run.length > end) return false;
      at = found + run.length;
    }
    return true;
  };
};

const compileIs = (left: Ast, type: string, within: Ast | undefined): Node => {
  const wrongType = new Fault('`is` needs an entity');
  const subject = compile(left);
  const contained =
    within === undefined ? undefined : compileOperator('in', subject, compile(within), constantOf(within));
  return (env) => {
    const v = subject(env);
    if (!(v instanceof EntityUid)) throw wrongType;
    if (v.type !== type) return false;
    return contained === undefined ? true : contained(env);
  };
};
