import { refusal } from '../errors.ts';
import { bindInside, type Bound } from '../filter/bind-filter.ts';
import { FilterParser } from '../filter/parse-filter.ts';
import { Scanner } from '../filter/scan.ts';
import { named, type Attribute, type Schema } from '../schema/attribute.ts';
import { findTarget, type ResourceKind } from '../schema/resource-kind.ts';

/** What a PATCH path leads to (RFC 7644 §3.5.2). */
export type PatchTarget =
  | { readonly extension: Schema }
  | {
      readonly extension?: undefined;
      readonly at: readonly [string] | readonly [string, string];
      readonly attribute: Attribute;
      /** Which of the values; all of them without one. */
      readonly where: Bound | undefined;
      readonly sub: Attribute | undefined;
    };

const LONGEST = 2_000;
const DIALECT = { bareWords: false, refuses: 'invalidPath' } as const;

/** Parses `attribute`, `attribute.sub`, `attribute[filter]` and `attribute[filter].sub`. Throws `invalidPath`. */
export function parsePath(kind: ResourceKind, text: string): PatchTarget {
  if (text.length > LONGEST) throw refusal('invalidPath', `a path has at most ${LONGEST} characters`);
  const scanner = new Scanner(text, 'invalidPath');
  const name = scanner.path();
  const found = findTarget(kind, name);
  if (found === undefined)
    throw refusal('invalidPath', 'the path names an attribute that is not in the schema', 'see /Schemas');
  if (found.extension !== undefined) {
    scanner.end();
    return { extension: found.extension };
  }
  const { at, attribute, sub } = found.place;
  if (!scanner.take('[')) {
    scanner.end();
    return { at, attribute, where: undefined, sub };
  }
  if (sub !== undefined || attribute.type !== 'complex' || !attribute.multiValued)
    throw refusal('invalidPath', 'brackets stand behind an attribute that has not many values with sub-attributes');
  const filter = new FilterParser(scanner, DIALECT).brackets();
  const where = bindInside(attribute, filter, 'invalidPath');
  if (!scanner.take('.')) {
    scanner.end();
    return { at, attribute, where, sub: undefined };
  }
  const inner = named(attribute.subAttributes, scanner.path());
  scanner.end();
  if (inner === undefined)
    throw refusal('invalidPath', 'the path names a sub-attribute that is not in the schema', 'see /Schemas');
  return { at, attribute, where, sub: inner };
}
