/** What a server says of its attribute types (RFC 4512 §4.1.2 and §4.2). */
import type { LdapEntry, LdapSearch } from './entry.ts';

export interface AttributeType {
  readonly name: string;
  readonly single: boolean;
  /** OID of its syntax (RFC 4517), its own or that of the type above it. */
  readonly syntax: string | undefined;
}

/** Attribute types by name, in lower case. */
export type AttributeTypes = ReadonlyMap<string, AttributeType>;

export const syntax = {
  generalizedTime: '1.3.6.1.4.1.1466.115.121.1.24',
  boolean: '1.3.6.1.4.1.1466.115.121.1.7',
} as const;

/** One definition as a server writes it; undefined for what is none. */
export function parseAttributeType(
  text: string,
):
  | { readonly names: readonly string[]; readonly above?: string; readonly single: boolean; readonly syntax?: string }
  | undefined {
  // A description may hold anything between its quotes, the other words too.
  const bare = text.replace(/\bDESC\s+'(?:[^'])*'/u, '');
  const names = /\bNAME\s+(?:'([^']+)'|\(([^)]*)\))/u.exec(bare);
  const listed =
    names?.[1] === undefined ? [...(names?.[2] ?? '').matchAll(/'([^']+)'/gu)].map((m) => m[1] ?? '') : [names[1]];
  if (listed.length === 0) return undefined;
  const above = /\bSUP\s+([\w.-]+)/u.exec(bare)?.[1];
  const found = /\bSYNTAX\s+'?([\d.]+)/u.exec(bare)?.[1];
  return {
    names: listed,
    single: /\bSINGLE-VALUE\b/u.test(bare),
    ...(above === undefined ? {} : { above }),
    ...(found === undefined ? {} : { syntax: found }),
  };
}

/** The types that definitions tell of, each with the syntax it has or inherits. */
export function attributeTypesOf(definitions: Iterable<string>): AttributeTypes {
  const parsed = new Map<string, NonNullable<ReturnType<typeof parseAttributeType>> & { readonly name: string }>();
  for (const definition of definitions) {
    const type = parseAttributeType(definition);
    for (const name of type?.names ?? []) if (type) parsed.set(name.toLowerCase(), { ...type, name });
  }
  const syntaxOf = (name: string, depth = 0): string | undefined => {
    const type = parsed.get(name.toLowerCase());
    if (type === undefined || depth > 10) return undefined;
    return type.syntax ?? (type.above === undefined ? undefined : syntaxOf(type.above, depth + 1));
  };
  return new Map([...parsed].map(([key, { name, single }]) => [key, { name, single, syntax: syntaxOf(key) }] as const));
}

interface Reads {
  readEntry(dn: string, attributes: readonly string[], filter?: string): Promise<LdapEntry | undefined>;
}

/** The attribute types of a server; undefined where it does not tell them. */
export async function readAttributeTypes(ldap: Reads): Promise<AttributeTypes | undefined> {
  const root = await ldap.readEntry('', ['subschemaSubentry']);
  const at: LdapSearch['base'] | undefined = root?.text('subschemaSubentry');
  if (at === undefined || at === '') return undefined;
  const schema =
    (await ldap.readEntry(at, ['attributeTypes'], '(objectClass=subschema)')) ??
    (await ldap.readEntry(at, ['attributeTypes']));
  const types = attributeTypesOf(schema?.eachText('attributeTypes') ?? []);
  return types.size === 0 ? undefined : types;
}
