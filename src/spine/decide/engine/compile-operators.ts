import type { BinaryOperator } from './ast.ts';
import { Datetime, Duration } from './values/datetime.ts';
import { dataOf, isIn, type Env, type Node } from './env.ts';
import { Fault } from './values/fault.ts';
import { add, isLong, multiply, subtract } from './values/long.ts';
import { CedarSet, EntityUid, equal, keyOf, type Long, type Value } from './values/value.ts';

/** Both sides are evaluated, left first; `constant` is the right side when it is known already. */
export const compileOperator = (op: BinaryOperator, left: Node, right: Node, constant: Value | undefined): Node => {
  switch (op) {
    case '==':
      return compileEqual(left, right, constant);
    case '!=': {
      const same = compileEqual(left, right, constant);
      return (env) => !same(env);
    }
    case 'in':
      return compileIn(left, right);
    case '<':
      return compare(op, left, right, (a, b) => a < b);
    case '<=':
      return compare(op, left, right, (a, b) => a <= b);
    case '>':
      return compare(op, left, right, (a, b) => a > b);
    case '>=':
      return compare(op, left, right, (a, b) => a >= b);
    case '+':
      return compute(op, left, right, add);
    case '-':
      return compute(op, left, right, subtract);
    case '*':
      return compute(op, left, right, multiply);
    case 'contains':
      return compileContains(left, right, constant);
    case 'containsAll':
      return compareSets(op, left, right, (a, b) => everyOf(b, a));
    case 'containsAny':
      return compareSets(op, left, right, (a, b) => (a.keys.size < b.keys.size ? someOf(a, b) : someOf(b, a)));
    case 'hasTag':
      return compileTag(op, left, right, (tags, name) => tags?.has(name) ?? false);
    case 'getTag': {
      const noEntity = new Fault('the entity whose tag is asked for does not exist');
      const missing = new Fault('the entity has no such tag');
      return compileTag(op, left, right, (tags, name) => {
        if (tags === undefined) throw noEntity;
        const tag = tags.get(name);
        if (tag === undefined) throw missing;
        return tag;
      });
    }
  }
};

const compileEqual = (left: Node, right: Node, constant: Value | undefined): ((env: Env) => boolean) => {
  if (typeof constant !== 'object' && constant !== undefined) return (env) => left(env) === constant;
  return (env) => {
    const a = left(env);
    return equal(a, right(env));
  };
};

const compare = (op: string, left: Node, right: Node, holds: (a: Long, b: Long) => boolean): Node => {
  const wrongType = new Fault(`\`${op}\` needs two longs, two datetimes or two durations`);
  return (env) => {
    const a = left(env);
    const b = right(env);
    if (isLong(a) && isLong(b)) return holds(a, b);
    if (a instanceof Datetime && b instanceof Datetime) return holds(a.ms, b.ms);
    if (a instanceof Duration && b instanceof Duration) return holds(a.ms, b.ms);
    throw wrongType;
  };
};

const compute = (op: string, left: Node, right: Node, apply: (a: Long, b: Long, overflow: Fault) => Long): Node => {
  const wrongType = new Fault(`\`${op}\` needs two longs`);
  const overflow = new Fault(`integer overflow in \`${op}\``);
  return (env) => {
    const a = left(env);
    const b = right(env);
    if (!isLong(a) || !isLong(b)) throw wrongType;
    return apply(a, b, overflow);
  };
};

const compileIn = (left: Node, right: Node): Node => {
  const wrongType = new Fault('`in` needs an entity, and an entity or a set of entities');
  return (env) => {
    const a = left(env);
    const b = right(env);
    if (!(a instanceof EntityUid)) throw wrongType;
    if (b instanceof EntityUid) return isIn(a, dataOf(a, env), b.key);
    if (!(b instanceof CedarSet)) throw wrongType;
    // INVARIANT: the whole set is checked before the answer, for one stray member is an error wherever it stands.
    if (!b.items.every((item) => item instanceof EntityUid)) throw wrongType;
    const data = dataOf(a, env);
    return b.items.some((item) => item instanceof EntityUid && isIn(a, data, item.key));
  };
};

const compileContains = (left: Node, right: Node, constant: Value | undefined): Node => {
  const wrongType = new Fault('`contains` needs a set');
  const known = constant === undefined ? undefined : keyOf(constant);
  return (env) => {
    const set = left(env);
    const key = known ?? keyOf(right(env));
    if (!(set instanceof CedarSet)) throw wrongType;
    return set.keys.has(key);
  };
};

const compareSets = (op: string, left: Node, right: Node, holds: (a: CedarSet, b: CedarSet) => boolean): Node => {
  const wrongType = new Fault(`\`${op}\` needs two sets`);
  return (env) => {
    const a = left(env);
    const b = right(env);
    if (!(a instanceof CedarSet) || !(b instanceof CedarSet)) throw wrongType;
    return holds(a, b);
  };
};

const everyOf = (inner: CedarSet, outer: CedarSet): boolean => {
  if (inner.keys.size > outer.keys.size) return false;
  for (const key of inner.keys) if (!outer.keys.has(key)) return false;
  return true;
};

const someOf = (a: CedarSet, b: CedarSet): boolean => {
  for (const key of a.keys) if (b.keys.has(key)) return true;
  return false;
};

const compileTag = (
  op: string,
  left: Node,
  right: Node,
  answer: (tags: ReadonlyMap<string, Value> | undefined, name: string) => Value,
): Node => {
  const wrongType = new Fault(`\`${op}\` needs an entity and a string`);
  return (env) => {
    const uid = left(env);
    const name = right(env);
    if (!(uid instanceof EntityUid) || typeof name !== 'string') throw wrongType;
    return answer(dataOf(uid, env)?.tags, name);
  };
};
