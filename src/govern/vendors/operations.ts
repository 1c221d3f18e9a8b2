import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { PLATFORM, type Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { asked, requestOut, showOne, showVerdicts, verdictOut } from '#govern/requests/index.ts';
import { askForVendor } from './ask-for-vendor.ts';
import { listVendors } from './list-vendors.ts';

const vendorOut = z.object({
  id: z.uuid(),
  name: z.string(),
  username: z.string().nullable(),
  employer: z.string().nullable(),
  /** `pre_hire`: expected, and not let in yet. */
  state: z.enum(['pre_hire', 'active', 'leave', 'suspended']),
  sponsorId: z.uuid().nullable(),
  sponsorName: z.string().nullable(),
  until: instantOut.nullable(),
  grants: z.int(),
  /** Open just now. */
  sessions: z.int(),
  /** Lines of requests that wait for approval or for their time. */
  waiting: z.int(),
});

/** `v-sam.lee` for `Sam.Lee@acme.example`. */
const usernameFor = (email: string): string => {
  const local = (email.split('@')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  return `v-${local.replaceAll(/^[._-]+|[._-]+$/g, '')}`.slice(0, 32);
};

/** Asking for people from outside, and seeing who is here. */
export const vendorOperations = ({ decide }: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'vendors.ask',
    action: 'vendor.ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/vendors',
    summary: 'Ask for access of somebody from outside, for a window',
    description:
      'Whoever asks is their sponsor and answers for them. Somebody not known yet is made, and let in once somebody else has approved. All of it ends at `until`, with their sessions.',
    input: z.object({
      name: text(200),
      email: z.email().max(320),
      employer: text(200),
      username: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/)
        .max(32)
        .optional()
        .describe('what systems are to call them; absent: v- and the address before the @'),
      what: z.array(text(300)).min(1).max(100).describe('<system>:<entitlement>, role:<name> or an id'),
      startsAt: instantIn.optional(),
      until: instantIn,
      reason: text(2000),
      ticket: text(200).optional(),
    }),
    output: z.object({ identityId: z.uuid(), request: requestOut, lines: z.array(verdictOut) }),
    cli: { command: 'vendors ask', positional: ['email'] },
    handler: async (ctx, permit, { what, ...input }) => {
      if (input.until <= ctx.now) throw invalid('/until', 'is over already', 'choose a later instant');
      const vendor = await askForVendor(ctx, permit, decide, {
        ...input,
        username: input.username ?? usernameFor(input.email),
        lines: what.map((one, i) => asked(`/what/${i}`, { what: one })),
      });
      return {
        identityId: vendor.identityId,
        request: await showOne(ctx, vendor.requestId),
        lines: await showVerdicts(ctx, decide, vendor.identityId, vendor.lines),
      };
    },
  }),
  defineOperation({
    name: 'vendors.list',
    action: 'vendor.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vendors',
    summary: 'List people from outside I answer for; all of them for those who run, watch or audit',
    input: z.object(pageInput),
    output: pageOf(vendorOut),
    cli: {
      command: 'vendors ls',
      columns: ['name', 'employer', 'sponsorName', 'state', 'until', 'grants', 'sessions', 'waiting'],
    },
    handler: async (ctx, _permit, input) => {
      const all = await decide.may(ctx.tx, {
        principal: ctx.principal,
        action: 'request.list_all',
        resource: PLATFORM,
      });
      return await listVendors(ctx.tx, { ...input, sponsorId: all.allowed ? undefined : ctx.principal.id });
    },
  }),
];
