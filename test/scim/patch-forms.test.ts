import { expect, test } from 'vitest';
import { applyPatch } from '#govern/scim/patch/apply-patch.ts';
import { GROUPS, USERS } from '#govern/scim/schema/resource-kind.ts';
import type { Body } from '#govern/scim/schema/json.ts';
import { ENTERPRISE, PATCH, USER, type Json } from './scim-house.ts';

const LENA: Body = {
  schemas: [USER],
  userName: 'lena',
  active: true,
  title: 'Analyst',
  name: { familyName: 'Berg', givenName: 'Lena' },
  emails: [
    { value: 'lena@work.example', type: 'work', primary: true },
    { value: 'lena@home.example', type: 'home' },
  ],
};

interface Form {
  readonly name: string;
  readonly operations: readonly Json[];
  readonly gives: Json;
}

/** Every form of RFC 7644 §3.5.2, and those Entra ID and Okta send. What is `undefined` is gone. */
const FORMS: readonly Form[] = [
  {
    name: 'add a single value',
    operations: [{ op: 'add', path: 'nickName', value: 'Leni' }],
    gives: { nickName: 'Leni' },
  },
  {
    name: 'add over a single value replaces it',
    operations: [{ op: 'add', path: 'title', value: 'Lead' }],
    gives: { title: 'Lead' },
  },
  {
    name: 'replace what is not there adds it',
    operations: [{ op: 'replace', path: 'nickName', value: 'Leni' }],
    gives: { nickName: 'Leni' },
  },
  { name: 'remove a single value', operations: [{ op: 'remove', path: 'title' }], gives: { title: undefined } },
  {
    name: 'replace with null unassigns',
    operations: [{ op: 'replace', path: 'title', value: null }],
    gives: { title: undefined },
  },
  {
    name: 'names in any case',
    operations: [{ op: 'Replace', path: 'TITLE', value: 'Lead' }],
    gives: { title: 'Lead' },
  },
  {
    name: 'a path with its schema',
    operations: [{ op: 'replace', path: `${USER}:title`, value: 'Lead' }],
    gives: { title: 'Lead' },
  },
  {
    name: 'a sub-attribute',
    operations: [{ op: 'replace', path: 'name.familyName', value: 'Berger' }],
    gives: { name: { familyName: 'Berger', givenName: 'Lena' } },
  },
  {
    name: 'a complex value keeps what is not given',
    operations: [{ op: 'replace', path: 'name', value: { familyName: 'Berger' } }],
    gives: { name: { familyName: 'Berger', givenName: 'Lena' } },
  },
  {
    name: 'remove a sub-attribute',
    operations: [{ op: 'remove', path: 'name.givenName' }],
    gives: { name: { familyName: 'Berg' } },
  },
  {
    name: 'without a path, several attributes, dotted names and an extension',
    operations: [
      { op: 'replace', value: { title: 'Lead', 'name.familyName': 'Berger', [`${ENTERPRISE}:department`]: 'Sales' } },
    ],
    gives: {
      title: 'Lead',
      name: { familyName: 'Berger', givenName: 'Lena' },
      [ENTERPRISE]: { department: 'Sales' },
      schemas: [USER, ENTERPRISE],
    },
  },
  {
    name: 'an extension whole',
    operations: [{ op: 'add', value: { [ENTERPRISE]: { department: 'Sales', manager: 'id1' } } }],
    gives: { [ENTERPRISE]: { department: 'Sales', manager: { value: 'id1' } }, schemas: [USER, ENTERPRISE] },
  },
  {
    name: 'an extension removed takes its schema with it',
    operations: [
      { op: 'add', path: `${ENTERPRISE}:department`, value: 'Sales' },
      { op: 'remove', path: ENTERPRISE },
    ],
    gives: { [ENTERPRISE]: undefined, schemas: [USER] },
  },
  {
    name: 'Entra ID’s texts for booleans',
    operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    gives: { active: false },
  },
  { name: 'Okta’s value object', operations: [{ op: 'replace', value: { active: false } }], gives: { active: false } },
  {
    name: 'add to many values',
    operations: [{ op: 'add', path: 'emails', value: [{ value: 'x@y.example', type: 'other' }] }],
    gives: { emails: [...(LENA['emails'] as Json[]), { value: 'x@y.example', type: 'other' }] },
  },
  {
    name: 'add what is there changes nothing',
    operations: [{ op: 'add', path: 'emails', value: { value: 'lena@home.example', type: 'home' } }],
    gives: { emails: LENA['emails'] },
  },
  {
    name: 'add a primary value: the other is none any more',
    operations: [{ op: 'add', path: 'emails', value: [{ value: 'x@y.example', primary: true }] }],
    gives: {
      emails: [
        { value: 'lena@work.example', type: 'work', primary: false },
        { value: 'lena@home.example', type: 'home' },
        { value: 'x@y.example', primary: true },
      ],
    },
  },
  {
    name: 'make another value primary',
    operations: [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
    gives: {
      emails: [
        { value: 'lena@work.example', type: 'work', primary: false },
        { value: 'lena@home.example', type: 'home', primary: true },
      ],
    },
  },
  {
    name: 'replace many values',
    operations: [{ op: 'replace', path: 'emails', value: [{ value: 'x@y.example' }] }],
    gives: { emails: [{ value: 'x@y.example' }] },
  },
  {
    name: 'replace a sub-attribute of the values that fit',
    operations: [{ op: 'replace', path: 'emails[type eq "WORK" and value co "@work"].value', value: 'l@work.example' }],
    gives: {
      emails: [
        { value: 'l@work.example', type: 'work', primary: true },
        { value: 'lena@home.example', type: 'home' },
      ],
    },
  },
  {
    name: 'replace a value that fits',
    operations: [{ op: 'replace', path: 'emails[type eq "home"]', value: { value: 'h@y.example' } }],
    gives: { emails: [{ value: 'lena@work.example', type: 'work', primary: true }, { value: 'h@y.example' }] },
  },
  {
    name: 'a sub-attribute of every value',
    operations: [{ op: 'replace', path: 'emails.display', value: 'Lena' }],
    gives: {
      emails: [
        { value: 'lena@work.example', type: 'work', primary: true, display: 'Lena' },
        { value: 'lena@home.example', type: 'home', display: 'Lena' },
      ],
    },
  },
  {
    name: 'remove the values that fit',
    operations: [{ op: 'remove', path: 'emails[not (type eq "work")]' }],
    gives: { emails: [{ value: 'lena@work.example', type: 'work', primary: true }] },
  },
  {
    name: 'remove the last value',
    operations: [{ op: 'remove', path: 'emails[value pr]' }],
    gives: { emails: undefined },
  },
  { name: 'remove all values', operations: [{ op: 'remove', path: 'emails' }], gives: { emails: undefined } },
  {
    name: 'Entra ID’s add that makes a value',
    operations: [{ op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+31' }],
    gives: { phoneNumbers: [{ type: 'mobile', value: '+31' }] },
  },
  {
    name: 'what a filter says keeps its case',
    operations: [{ op: 'add', path: 'roles[value eq "Admin"].display', value: 'A' }],
    gives: { roles: [{ value: 'Admin', display: 'A' }] },
  },
  {
    name: 'operations see what those before did',
    operations: [
      { op: 'add', path: 'nickName', value: 'a' },
      { op: 'remove', path: 'nickName' },
      { op: 'add', path: 'nickName', value: 'b' },
    ],
    gives: { nickName: 'b' },
  },
  {
    name: 'read-only attributes sent back unchanged',
    operations: [{ op: 'replace', value: { id: 'the-id', schemas: [USER], meta: {}, title: 'Lead' } }],
    gives: { title: 'Lead' },
  },
  {
    name: 'unknown members of the message',
    operations: [{ op: 'add', name: 'addTitle', path: 'title', value: 'Lead' }],
    gives: { title: 'Lead' },
  },
];

test.each(FORMS)('$name', ({ operations, gives }) => {
  const before = structuredClone(LENA);
  const after = applyPatch(USERS, LENA, { schemas: [PATCH], Operations: operations }, { id: 'the-id' });
  for (const [name, value] of Object.entries(gives)) expect(after[name], name).toEqual(value);
  for (const [name, value] of Object.entries(LENA)) if (!(name in gives)) expect(after[name], name).toEqual(value);
  expect(LENA).toEqual(before);
});

const TEAM: Body = {
  schemas: [GROUPS.schema.id],
  displayName: 'Team',
  members: [{ value: 'a' }, { value: 'b', display: 'Bo' }],
};
const MEMBERS: readonly (readonly [string, Json, readonly Json[] | undefined])[] = [
  [
    'add members',
    { op: 'add', path: 'members', value: [{ value: 'c' }, { value: 'a' }] },
    [{ value: 'a' }, { value: 'b', display: 'Bo' }, { value: 'c' }],
  ],
  [
    'add one as a bare text',
    { op: 'add', path: 'members', value: 'c' },
    [{ value: 'a' }, { value: 'b', display: 'Bo' }, { value: 'c' }],
  ],
  ['remove by filter', { op: 'remove', path: 'members[value eq "b"]' }, [{ value: 'a' }]],
  [
    'remove one who is not there',
    { op: 'remove', path: 'members[value eq "x"]' },
    [{ value: 'a' }, { value: 'b', display: 'Bo' }],
  ],
  [
    'remove those named beside the path, and no others',
    { op: 'Remove', path: 'members', value: [{ value: 'b' }] },
    [{ value: 'a' }],
  ],
  ['remove all', { op: 'remove', path: 'members' }, undefined],
  ['replace all', { op: 'replace', path: 'members', value: [{ value: 'z' }] }, [{ value: 'z' }]],
  [
    'replace all without a path',
    { op: 'replace', value: { displayName: 'Team', members: [{ value: 'z' }] } },
    [{ value: 'z' }],
  ],
];
test.each(MEMBERS)('members: %s', (_name, operation, members) => {
  expect(applyPatch(GROUPS, TEAM, { schemas: [PATCH], Operations: [operation] })['members']).toEqual(members);
});
