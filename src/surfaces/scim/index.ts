export { mountScim, type ScimParts } from './mount-scim.ts';
