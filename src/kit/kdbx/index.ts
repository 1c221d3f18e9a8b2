export { openKdbx, type KdbxEntry } from './open-kdbx.ts';
