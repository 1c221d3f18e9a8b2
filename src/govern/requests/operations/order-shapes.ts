import { z } from 'zod';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { MOST_ITEMS, MOST_PEOPLE } from '../orders/model.ts';
import { eligible, itemIn, ref, sodOut, stepsOut, timeIn, verdicts, whatOut } from './shapes.ts';

/** What is to become otherwise in a cart. */
export const changeIn = {
  /** Things by name or id, all for the time said beside: `<system>:<entitlement>`, `role:<name>`. */
  what: z.array(text(300)).max(MOST_ITEMS).optional(),
  eligible,
  ...timeIn,
  /** Things with a time of their own. What is in the cart already gets the time said here. */
  items: z.array(itemIn).max(MOST_ITEMS).optional(),
  /** Items, or what they ask for, that are to go. */
  dropItems: z.array(z.uuid()).max(MOST_ITEMS).optional(),
  /** Whom it is for besides: ids, usernames or mail addresses. */
  people: z.array(text(200)).max(MOST_PEOPLE).optional(),
  dropPeople: z.array(z.uuid()).max(MOST_PEOPLE).optional(),
  reason: text(2000).nullable().optional(),
  ticket: text(200).nullable().optional(),
  /** When what is asked for is to begin; null: with its approval. */
  startsAt: instantIn.nullable().optional(),
};

const itemOut = z.object({
  id: z.uuid(),
  what: whatOut,
  /** Being eligible for it is asked for, and not it. */
  eligible: z.boolean(),
  seconds: z.int().nullable(),
  until: instantOut.nullable(),
});
export const orderOut = z.object({
  id: z.uuid(),
  /** `O-12`; takes the place of the id wherever one is asked for. */
  number: z.string(),
  state: z.enum(['draft', 'sent', 'discarded']),
  reason: z.string().nullable(),
  ticket: z.string().nullable(),
  startsAt: instantOut.nullable(),
  changedAt: instantOut,
  sentAt: instantOut.nullable(),
  people: z.array(ref),
  items: z.array(itemOut),
  /** People times things, and how many of these lines were sent. */
  lines: z.int(),
  sent: z.int(),
});
const keptOut = z.object({
  itemId: z.uuid(),
  identityId: z.uuid(),
  verdict: z.enum(verdicts),
  because: z.string(),
  longestSeconds: z.int().nullable(),
  sod: z.array(sodOut),
});
export const cartOut = orderOut.extend({
  /** For each of its people: what would be sent now, what was sent, and who would decide. */
  verdicts: z.array(
    z.object({
      identity: ref,
      /** Why nothing can be asked for them. */
      problem: z.string().nullable(),
      allowed: z.int(),
      requests: z.array(z.object({ id: z.uuid(), number: z.string(), lines: z.int() })),
      steps: stepsOut,
    }),
  ),
  /** Lines that cannot be sent as they are, or about which duties have something to say. All others can. */
  remarks: z.array(keptOut),
  /** Lines that would be sent now. */
  allowed: z.int(),
});
