import { attribute, values, type Attribute, type Schema } from './attribute.ts';

const PLACES = ['work', 'home', 'other'];
const reference = { type: 'reference', caseExact: true } as const;

const name: Attribute = attribute('name', 'The parts of the name', {
  type: 'complex',
  subAttributes: [
    attribute('formatted', 'The whole name as it is shown'),
    attribute('familyName', 'The family name'),
    attribute('givenName', 'The given name'),
    attribute('middleName', 'The middle names'),
    attribute('honorificPrefix', 'What comes before the name, such as Dr.'),
    attribute('honorificSuffix', 'What comes after the name, such as III'),
  ],
});

const addresses: Attribute = attribute('addresses', 'Postal addresses', {
  type: 'complex',
  multiValued: true,
  subAttributes: [
    attribute('formatted', 'The whole address, with line breaks'),
    attribute('streetAddress', 'Street and number'),
    attribute('locality', 'City'),
    attribute('region', 'State or region'),
    attribute('postalCode', 'Postal code'),
    attribute('country', 'Country, ISO 3166-1 alpha-2'),
    attribute('type', 'What the address is for', { canonicalValues: PLACES }),
    attribute('primary', 'Whether this is the preferred one; at most one is', { type: 'boolean' }),
  ],
});

const groups: Attribute = attribute('groups', 'The groups the user is in, directly or through another group', {
  type: 'complex',
  multiValued: true,
  mutability: 'readOnly',
  subAttributes: [
    attribute('value', 'The id of the group', { mutability: 'readOnly', caseExact: true }),
    attribute('$ref', 'The address of the group', {
      ...reference,
      mutability: 'readOnly',
      referenceTypes: ['User', 'Group'],
    }),
    attribute('display', 'The name of the group', { mutability: 'readOnly' }),
    attribute('type', 'Whether direct or through another group', {
      mutability: 'readOnly',
      canonicalValues: ['direct', 'indirect'],
    }),
  ],
});

/** RFC 7643 §4.1 and §8.7.1. */
export const USER: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    attribute('userName', 'What the client knows the user by; one user of the client has it at a time', {
      required: true,
      uniqueness: 'server',
    }),
    name,
    attribute('displayName', 'The name as it is shown'),
    attribute('nickName', 'What the user is called'),
    attribute('profileUrl', 'The page about the user', { ...reference, referenceTypes: ['external'] }),
    attribute('title', 'The job title'),
    attribute('userType', 'The kind of employment, such as Employee or Vendor'),
    attribute('preferredLanguage', 'The preferred language, as in Accept-Language'),
    attribute('locale', 'The locale, such as en-US'),
    attribute('timezone', 'The time zone, such as Europe/Amsterdam'),
    attribute('active', 'Whether the user is active; one who is not has no access', { type: 'boolean' }),
    attribute('password', 'Taken and thrown away: Reeve keeps no password of a directory', {
      mutability: 'writeOnly',
      returned: 'never',
    }),
    values('emails', 'Mail addresses', PLACES),
    values('phoneNumbers', 'Phone numbers', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
    values('ims', 'Addresses of instant messaging', []),
    values('photos', 'Addresses of photos', ['photo', 'thumbnail'], { ...reference, referenceTypes: ['external'] }),
    addresses,
    groups,
    values('entitlements', 'What the user is entitled to at the client', []),
    values('roles', 'The roles the user has at the client', []),
    values('x509Certificates', 'Certificates', [], { type: 'binary', caseExact: true }),
  ],
};

/** RFC 7643 §4.3. */
export const ENTERPRISE_USER: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: [
    attribute('employeeNumber', 'The number of the employee'),
    attribute('costCenter', 'The cost centre'),
    attribute('organization', 'The organisation'),
    attribute('division', 'The division'),
    attribute('department', 'The department'),
    attribute('manager', 'The manager', {
      type: 'complex',
      subAttributes: [
        attribute('value', 'The id of the manager', { caseExact: true }),
        attribute('$ref', 'The address of the manager', { ...reference, referenceTypes: ['User'] }),
        attribute('displayName', 'The name of the manager', { mutability: 'readOnly' }),
      ],
    }),
  ],
};

/** What the standard has no attribute for: when somebody's work begins and ends. */
export const EMPLOYMENT: Schema = {
  id: 'urn:reeve:scim:schemas:extension:employment:1.0:User',
  name: 'Employment',
  description: 'First and last day of work',
  attributes: [
    attribute('startDate', 'The first day, such as 2026-01-31, in the time zone of the source'),
    attribute('endDate', 'The last day, such as 2026-12-31, in the time zone of the source'),
  ],
};
