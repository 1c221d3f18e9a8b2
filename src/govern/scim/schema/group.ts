import { attribute, type Schema } from './attribute.ts';

/** RFC 7643 §4.2. */
export const GROUP: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    attribute('displayName', 'The name of the group', { required: true }),
    attribute('members', 'The users and groups in the group', {
      type: 'complex',
      multiValued: true,
      subAttributes: [
        attribute('value', 'The id of the member', { mutability: 'immutable', caseExact: true }),
        attribute('$ref', 'The address of the member', {
          type: 'reference',
          caseExact: true,
          mutability: 'immutable',
          referenceTypes: ['User', 'Group'],
        }),
        attribute('type', 'Whether a user or a group', {
          mutability: 'immutable',
          canonicalValues: ['User', 'Group'],
        }),
        attribute('display', 'The name of the member'),
      ],
    }),
  ],
};
