import type { Setting } from './text-class.ts';
import { listOf, nameOf, nodeOf, textIn, type Node } from './parse-sql.ts';

/** What a SET sets, the variables of its own left out; undefined where it sets what is not known. */
export function readSettings(set: Node): readonly Setting[] | undefined {
  const [entry] = Object.entries(set);
  const [kind, value] = entry ?? ['', undefined];
  const body = nodeOf(value);
  switch (kind) {
    case 'SingleAssignment':
      return assignment(body['scope'], body['variable'], listOf(body['values']));
    case 'MultipleAssignments': {
      const all = listOf(body['assignments'])
        .map(nodeOf)
        .map((one) => assignment(one['scope'], one['name'], [one['value']]));
      return all.every((one) => one !== undefined) ? all.flat() : undefined;
    }
    case 'SetNames':
      return [['character_set_client', textIn(nodeOf(body['charset_name'])['value']) ?? textIn(body['charset_name'])]];
    case 'SetRole':
      return [['role', undefined]];
    case 'SetTransaction':
      return [];
    default:
      return undefined;
  }
}

const OF_THE_SESSION = /^@@(?:(?:session|local)\.)?/;

function assignment(scope: unknown, variable: unknown, values: readonly unknown[]): readonly Setting[] | undefined {
  const name = nameOf(variable)?.join('.').toLowerCase();
  if (name === undefined || values.length !== 1) return undefined;
  if (name.startsWith('@') && !name.startsWith('@@')) return [];
  const plain = name.replace(OF_THE_SESSION, '');
  // a dot that is left is of `global.`, or of a variable of a storage engine's
  if ((scope !== null && scope !== undefined && scope !== 'Session' && scope !== 'Local') || plain.includes('.'))
    return undefined;
  return [[plain, plainValue(values[0])]];
}

/** A constant as text; undefined for anything that has to be worked out. */
function plainValue(value: unknown): string | undefined {
  const node = nodeOf(value);
  const word = textIn(nodeOf(node['Identifier'])['value']);
  if (word !== undefined) return word.startsWith('@') ? undefined : word;
  const constant = nodeOf(nodeOf(node['Value'])['value']);
  const number = listOf(constant['Number'])[0];
  if (typeof constant['Boolean'] === 'boolean') return String(constant['Boolean']);
  return textIn(constant['SingleQuotedString']) ?? textIn(number);
}
