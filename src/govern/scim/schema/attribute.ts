/** How a schema describes an attribute (RFC 7643 §7). */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'dateTime' | 'binary' | 'reference' | 'complex';
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes: readonly Attribute[];
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

type Also = Partial<Omit<Attribute, 'name' | 'description'>>;

/** An attribute with the defaults of RFC 7643 §2.2: a readable and writable string, compared without regard to case. */
export const attribute = (name: string, description: string, also: Also = {}): Attribute => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  subAttributes: [],
  ...also,
});

/** A multi-valued complex attribute with the sub-attributes of RFC 7643 §2.4. */
export const values = (name: string, description: string, types: readonly string[], value: Also = {}): Attribute =>
  attribute(name, description, {
    type: 'complex',
    multiValued: true,
    subAttributes: [
      attribute('value', 'The value', value),
      attribute('display', 'A name of the value for people'),
      attribute('type', 'What the value is for', types.length === 0 ? {} : { canonicalValues: types }),
      attribute('primary', 'Whether this is the preferred one; at most one is', { type: 'boolean' }),
    ],
  });

/** The attribute of that name, whatever its case (RFC 7643 §2.1). */
export const named = (attributes: readonly Attribute[], name: string): Attribute | undefined => {
  const wanted = name.toLowerCase();
  return attributes.find((a) => a.name.toLowerCase() === wanted);
};
