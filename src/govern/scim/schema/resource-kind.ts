import { attribute, named, type Attribute, type Schema } from './attribute.ts';
import { GROUP } from './group.ts';
import { EMPLOYMENT, ENTERPRISE_USER, USER } from './user.ts';

/** A kind of resource: its schema and what may extend it (RFC 7643 §6). */
export interface ResourceKind {
  readonly name: 'User' | 'Group';
  readonly endpoint: '/Users' | '/Groups';
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
}

export const USERS: ResourceKind = {
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  schema: USER,
  extensions: [ENTERPRISE_USER, EMPLOYMENT],
};
export const GROUPS: ResourceKind = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  schema: GROUP,
  extensions: [],
};
export const KINDS: readonly ResourceKind[] = [USERS, GROUPS];

const readOnly = { mutability: 'readOnly', caseExact: true } as const;

/** Attributes of every resource, part of no schema (RFC 7643 §3.1). */
export const COMMON: readonly Attribute[] = [
  attribute('schemas', 'The schemas the resource is of', {
    type: 'reference',
    multiValued: true,
    caseExact: true,
    required: true,
    returned: 'always',
  }),
  attribute('id', 'The id Reeve gave', { ...readOnly, returned: 'always', uniqueness: 'server' }),
  attribute('externalId', 'The id the client gave', { caseExact: true }),
  attribute('meta', 'What Reeve knows of the resource itself', {
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'The kind of resource', readOnly),
      attribute('created', 'When it was made', { ...readOnly, type: 'dateTime' }),
      attribute('lastModified', 'When it was last changed', { ...readOnly, type: 'dateTime' }),
      attribute('location', 'Its address', { ...readOnly, type: 'reference' }),
      attribute('version', 'Its version, as in ETag', readOnly),
    ],
  }),
];

/** An attribute a path leads to. */
export interface Place {
  /** Where the attribute is in a resource: one name, or the extension and a name. */
  readonly at: readonly [string] | readonly [string, string];
  readonly attribute: Attribute;
  readonly sub: Attribute | undefined;
}

/** What a path names: an attribute, or a whole extension. */
export type Target =
  | { readonly place: Place; readonly extension?: undefined }
  | { readonly extension: Schema; readonly place?: undefined };

const SUB = /^([A-Za-z$][\w$-]*)(?:\.([A-Za-z$][\w$-]*))?$/;

/**
 * Finds what `name`, `name.sub`, `urn:…:name` or an extension's own URN leads to; undefined where the kind has no
 * such attribute. A URN is looked for whole, because it holds dots and colons itself.
 */
export function findTarget(kind: ResourceKind, path: string): Target | undefined {
  const lower = path.toLowerCase();
  for (const extension of kind.extensions) {
    const urn = extension.id.toLowerCase();
    if (lower === urn) return { extension };
    if (lower.startsWith(`${urn}:`)) return within(extension.attributes, path.slice(urn.length + 1), extension.id);
  }
  const core = `${kind.schema.id.toLowerCase()}:`;
  return within([...COMMON, ...kind.schema.attributes], lower.startsWith(core) ? path.slice(core.length) : path);
}

function within(attributes: readonly Attribute[], text: string, extension?: string): Target | undefined {
  const [, name = '', subName] = SUB.exec(text) ?? [];
  const attribute = named(attributes, name);
  if (attribute === undefined) return undefined;
  const sub = subName === undefined ? undefined : named(attribute.subAttributes, subName);
  if (subName !== undefined && sub === undefined) return undefined;
  const at = extension === undefined ? ([attribute.name] as const) : ([extension, attribute.name] as const);
  return { place: { at, attribute, sub } };
}

/** What a comparison of `emails` alone, or of `manager`, is about: its `value` (RFC 7644 §3.4.2.2). */
export const comparedAttribute = ({ attribute, sub }: Pick<Place, 'attribute' | 'sub'>): Attribute | undefined =>
  sub ?? (attribute.type === 'complex' ? named(attribute.subAttributes, 'value') : attribute);
