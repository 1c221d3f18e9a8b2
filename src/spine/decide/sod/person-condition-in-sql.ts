import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { sql, type Sql } from '#kit/db/index.ts';
import { compileCondition, ConditionError } from './person-condition.ts';

/** Facts of people that are columns; any other is an attribute. */
const COLUMNS: ReadonlyMap<string, string> = new Map([
  ['kind', 'kind'],
  ['state', 'state'],
  ['username', 'username'],
  ['department', 'department'],
  ['jobTitle', 'job_title'],
  ['orgUnit', 'org_unit'],
]);
const env = new Environment({ limits: { maxAstNodes: 300, maxDepth: 24, maxListElements: 100 } }).registerVariable(
  'person',
  'map<string, string>',
);
const FIX = 'compare facts with texts, for instance person.department == "Finance"';

/**
 * A condition about people as SQL over rows of facts called `p` (kind, state, username, department, job_title, org_unit,
 * attributes): null where it has no answer, since it asks for a fact nobody said. Whoever asks treats that as no. It
 * says of each row what the condition says of the person, at the price of reading the row. Throws ConditionError.
 */
export function conditionInSql(text: string): Sql {
  compileCondition(text);
  return boolOf(env.parse(text).ast);
}

const asNodes = (args: unknown): readonly [ASTNode, ASTNode] => args as readonly [ASTNode, ASTNode];

function boolOf(node: ASTNode): Sql {
  switch (node.op) {
    case 'value':
      if (typeof node.args !== 'boolean') throw new ConditionError('compares with something that is no text', FIX);
      return node.args ? sql`true` : sql`false`;
    case '!_':
      return sql`(not ${boolOf(node.args as ASTNode)})`;
    case '&&':
    case '||': {
      const [left, right] = asNodes(node.args);
      return node.op === '&&'
        ? sql`(${boolOf(left)} and ${boolOf(right)})`
        : sql`(${boolOf(left)} or ${boolOf(right)})`;
    }
    case 'in': {
      const [one, list] = asNodes(node.args);
      return sql`(${textOf(one)} = any(${sql.array(listOf(list))}::text[]))`;
    }
    case 'rcall':
      return methodOf(node.args as unknown as readonly [string, ASTNode, readonly ASTNode[]]);
    default:
      return comparison(node.op, asNodes(node.args));
  }
}

function comparison(op: string, [left, right]: readonly [ASTNode, ASTNode]): Sql {
  if (isBool(left) || isBool(right)) {
    if (op !== '==' && op !== '!=') throw new ConditionError(`\`${op}\` compares texts only`, FIX);
    return op === '==' ? sql`(${boolOf(left)} = ${boolOf(right)})` : sql`(${boolOf(left)} <> ${boolOf(right)})`;
  }
  const [a, b] = [textOf(left), textOf(right)];
  switch (op) {
    case '==':
      return sql`(${a} = ${b})`;
    case '!=':
      return sql`(${a} <> ${b})`;
    case '<':
      return sql`(${a} < ${b} collate "C")`;
    case '<=':
      return sql`(${a} <= ${b} collate "C")`;
    case '>':
      return sql`(${a} > ${b} collate "C")`;
    case '>=':
      return sql`(${a} >= ${b} collate "C")`;
    default:
      throw new ConditionError(`\`${op}\` cannot be used here`, FIX);
  }
}

function methodOf([name, of, args]: readonly [string, ASTNode, readonly ASTNode[]]): Sql {
  const [first] = args;
  if (first === undefined) throw new ConditionError(`\`${name}\` needs a text`, FIX);
  const [a, b] = [textOf(of), textOf(first)];
  if (name === 'startsWith') return sql`starts_with(${a}, ${b})`;
  if (name === 'endsWith') return sql`(right(${a}, length(${b})) = ${b})`;
  return sql`(strpos(${a}, ${b}) > 0)`;
}

const COMPARING: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in', '!_', 'rcall']);
const isBool = (node: ASTNode): boolean =>
  COMPARING.has(node.op) || (node.op === 'value' && typeof node.args === 'boolean');

function textOf(node: ASTNode): Sql {
  if (node.op === 'value') {
    if (typeof node.args !== 'string') throw new ConditionError('compares with something that is no text', FIX);
    return sql`${node.args}::text`;
  }
  if (node.op !== '.' && node.op !== '[]') throw new ConditionError(`\`${node.op}\` cannot be used here`, FIX);
  const [, right] = node.args as readonly [ASTNode, ASTNode | string];
  return factOf(typeof right === 'string' ? right : String(right.args));
}

/** A fact as the text conditions see: a column that is not said is empty, a list is joined by commas. */
function factOf(name: string): Sql {
  const column = COLUMNS.get(name);
  if (column !== undefined) return sql`coalesce(p.${sql.id(column)}, '')`;
  const value = sql`p.attributes->${name}::text`;
  return sql`(case jsonb_typeof(${value})
    when 'array' then coalesce((select string_agg(coalesce(v.value #>> '{}', 'null'), ',' order by v.n)
                                  from jsonb_array_elements(${value}) with ordinality as v(value, n)), '')
    when 'object' then null else ${value} #>> '{}' end)`;
}

function listOf(node: ASTNode): string[] {
  if (node.op !== 'list') throw new ConditionError('asks whether something is in what is no list', FIX);
  return (node.args as readonly ASTNode[]).map((one) => {
    if (one.op !== 'value' || typeof one.args !== 'string')
      throw new ConditionError('has a list of something else than texts', FIX);
    return one.args;
  });
}
