/** Where a reading goes on, as text. */
import { createHash } from 'node:crypto';
import { TargetError } from '../../port.ts';
import type { LdapSettings } from '../settings.ts';
import type { ResumePoint } from './read-pieces.ts';

/** Other settings make another reading, to which the pieces of this one do not belong. */
const digestOf = (settings: LdapSettings): string =>
  createHash('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 16);

export const packResume = (point: ResumePoint, settings: LdapSettings): string =>
  JSON.stringify({ v: 1, settings: digestOf(settings), ...point });

/** Throws TargetError `failed` for text that is not of {@link packResume} under these settings: the reading has to begin anew. */
export function unpackResume(text: string, settings: LdapSettings): ResumePoint {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const fields = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const [phase, slice, slices, cookie] = ['phase', 'slice', 'slices', 'cookie'].map((name): unknown =>
    fields.get(name),
  );
  const fits = fields.get('v') === 1 && fields.get('settings') === digestOf(settings);
  const counts = typeof slice === 'number' && typeof slices === 'number' && slice >= 0 && slice < slices;
  if (!fits || !counts || (phase !== 'accounts' && phase !== 'groups'))
    throw new TargetError('failed', 'this reading cannot go on where it broke off, since settings changed; read anew');
  return { phase, slice, slices, ...(typeof cookie === 'string' ? { cookie } : {}) };
}
