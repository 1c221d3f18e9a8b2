import { invalid } from '#kit/errors/index.ts';
import type { RoleParameter, RolePattern, Values } from './model.ts';

const PLACE = /\{([^{}]*)\}/g;

/** The parameters a pattern speaks of. */
export const placesIn = (pattern: string): readonly string[] => [
  ...new Set([...pattern.matchAll(PLACE)].map(([, name]) => name ?? '')),
];

/** A pattern with values in place of its parameters. */
export const filled = (pattern: string, values: Values): string =>
  pattern.replaceAll(PLACE, (place, name: string) => values[name] ?? place);

/** Values as a person reads them: `site=berlin, tier=gold`, in the order of the parameters. */
export const inWords = (parameters: readonly RoleParameter[], values: Values): string =>
  parameters.map(({ name }) => `${name}=${values[name] ?? ''}`).join(', ');

/**
 * Throws where the patterns of a version cannot be followed: one speaks of no parameter or of one there is not, is there
 * twice, or would let whoever asks name anything on a system; or a parameter is in none, so that its value says nothing.
 */
export function checkPatterns(parameters: readonly RoleParameter[], patterns: readonly RolePattern[]): void {
  const known = new Map(parameters.map((p) => [p.name, p]));
  const [names, seen] = [[...known.keys()].join(', '), new Set<string>()];
  for (const [n, { systemId, pattern, validFrom, validTo }] of patterns.entries()) {
    const at = `/patterns/${n}/pattern`;
    const places = placesIn(pattern);
    if (parameters.length === 0)
      throw invalid(
        `/patterns/${n}`,
        'is in a role without parameters',
        'give the role parameters first, or name the entitlement itself',
      );
    if (places.length === 0 || /[{}]/.test(pattern.replaceAll(PLACE, '')))
      throw invalid(at, 'has no parameter in it', `write one as {${parameters[0]?.name ?? 'name'}}`);
    const other = places.find((name) => !known.has(name));
    if (other !== undefined)
      throw invalid(at, `speaks of "${other}", which is no parameter of the role`, `use one of ${names}`);
    const anything = places.some((name) => known.get(name)?.allowedValues === null);
    if (anything && pattern.replaceAll(PLACE, '').trim() === '')
      throw invalid(
        at,
        'lets whoever asks name anything on the system',
        'put fixed text beside the parameter, or list its values',
      );
    if (seen.has(`${systemId} ${pattern}`)) throw invalid(at, 'is there twice', 'leave one out');
    seen.add(`${systemId} ${pattern}`);
    if (validTo !== null && validFrom !== null && validTo <= validFrom)
      throw invalid(`/patterns/${n}/validTo`, 'is not after its beginning', 'give a later end, or none');
  }
  const used = new Set(patterns.flatMap(({ pattern }) => placesIn(pattern)));
  const idle = parameters.find(({ name }) => !used.has(name));
  if (idle !== undefined)
    throw invalid(
      '/patterns',
      `none speaks of the parameter "${idle.name}"`,
      `use {${idle.name}} in a pattern, or take the parameter away`,
    );
}

const TEXT = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@/-]{0,98}[\p{L}\p{N}])?$/u;

/** Throws where not every parameter has a value that it allows, naming both. */
export function checkValues(parameters: readonly RoleParameter[], values: Values): void {
  for (const name of Object.keys(values))
    if (!parameters.some((p) => p.name === name))
      throw invalid(
        `/values/${name}`,
        'is no parameter of the role',
        `it has ${parameters.map((p) => p.name).join(', ')}`,
      );
  for (const { name, allowedValues } of parameters) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      throw invalid(
        `/values/${name}`,
        'has no value',
        allowedValues === null ? 'give one' : `give one of ${allowedValues.join(', ')}`,
      );
    if (allowedValues !== null && !allowedValues.includes(value))
      throw invalid(`/values/${name}`, `"${value}" is not among its values`, `give one of ${allowedValues.join(', ')}`);
    if (!TEXT.test(value))
      throw invalid(
        `/values/${name}`,
        `"${value}" cannot stand in a name`,
        'use letters, digits, spaces and . _ @ / - between them, 100 at most',
      );
  }
}
