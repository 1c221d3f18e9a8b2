import { z } from 'zod';
import { instantOut } from '#kit/http/index.ts';
import type { Tx } from '#kit/db/index.ts';
import type { ResourceRef } from '#spine/decide/index.ts';
import { pathIdOf } from '../store.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
const whatOut = z.object({
  kind: z.enum(['entitlement', 'role']),
  id: z.uuid(),
  name: z.string(),
  systemName: z.string().nullable(),
  risk: z.enum(['low', 'medium', 'high', 'critical']),
  privileged: z.boolean(),
});
const pathStates = z.enum(['open', 'locked', 'closed']);

export const pathOut = z.object({
  id: z.uuid(),
  name: z.string(),
  purpose: z.string(),
  what: whatOut,
  /** Everybody who may use it now. */
  users: z.array(ref),
  /** What else lets somebody use it: whoever holds this. */
  usersHold: z.string().nullable(),
  reviewers: z.array(ref),
  longestMinutes: z.number(),
  reviewWithinHours: z.number(),
  state: pathStates,
  lockedAt: instantOut.nullable(),
  lockedBecause: z.string().nullable(),
  lockedByUseId: z.uuid().nullable(),
  /** Of whom any two may open it again; empty where it is not locked. */
  whoOpens: z.array(ref),
  /** Somebody asked for it to be opened again, and another has to agree. */
  opening: z.object({ askedBy: ref, reason: z.string(), endsAt: instantOut }).nullable(),
  definedBy: ref,
  definedAt: instantOut,
  /** What I have by it just now. */
  mine: z.object({ useId: z.uuid(), endsAt: instantOut }).nullable(),
  mayUse: z.boolean(),
  mayOpen: z.boolean(),
  mayClose: z.boolean(),
});

export const useOut = z.object({
  id: z.uuid(),
  path: z.object({ id: z.uuid(), name: z.string(), state: pathStates }),
  what: whatOut,
  who: ref,
  reason: z.string(),
  usedAt: instantOut,
  endsAt: instantOut,
  endedAt: instantOut.nullable(),
  endedBecause: z.string().nullable(),
  grantId: z.uuid(),
  stepUp: z.object({ method: z.enum(['passkey', 'totp']), at: instantOut }),
  review: z.object({
    state: z.enum(['waiting', 'overdue', 'justified', 'not_justified']),
    dueAt: instantOut,
    reviewers: z.array(ref),
    by: ref.nullable(),
    at: instantOut.nullable(),
    comment: z.string().nullable(),
    mayReview: z.boolean(),
  }),
  sessions: z.array(
    z.object({
      sessionId: z.uuid(),
      account: z.string(),
      system: z.string(),
      startedAt: instantOut,
      endedAt: instantOut.nullable(),
      recorded: z.boolean(),
      commands: z.int(),
      commandClasses: z.array(z.string()),
      /** Whether I may watch its recording. */
      mayWatch: z.boolean(),
    }),
  ),
});

/** A path by its id or its name. */
export const pathRef = z.string().min(1).max(100);
export const pathResource = async (input: { readonly id: string }, tx: Tx): Promise<ResourceRef> => ({
  type: 'EmergencyPath',
  id: await pathIdOf(tx, input.id),
});
