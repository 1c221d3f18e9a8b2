import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { PLATFORM, type Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { asked, identityMeant, requestOut, showOne, showVerdicts, verdictOut } from '#govern/requests/index.ts';
import { askForVendor } from './ask-for-vendor.ts';
import { endVendor } from './end-vendor.ts';
import { listCompanies } from './list-companies.ts';
import { listVendors } from './list-vendors.ts';
import { setVendorHours } from './set-hours.ts';

const hoursOut = z.object({
  hours: z.array(z.string()),
  timeZone: z.string().nullable(),
  /** The calendar by whose time zone and days off they go. */
  site: z.string().nullable(),
});
const hoursShape = {
  hours: z.array(z.string().max(100)).max(50).describe('lines such as `tue 09:00-17:00`; none: at any time'),
  timeZone: z.string().max(100).optional().describe('for instance Europe/Amsterdam'),
  calendar: text(100)
    .optional()
    .describe('a site whose time zone and days off hold instead; with neither, that of the house'),
};
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
  lastSessionAt: instantOut.nullable(),
  /** When they may come in; null: at any time. */
  access: hoursOut
    .extend({ open: z.boolean(), closesAt: instantOut.nullable(), opensAt: instantOut.nullable() })
    .nullable(),
});

/** `v-sam.lee` for `Sam.Lee@acme.example`. */
const usernameFor = (email: string): string => {
  const local = (email.split('@')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-');
  return `v-${local.replaceAll(/^[._-]+|[._-]+$/g, '')}`.slice(0, 32);
};

const who = z.string().min(1).max(200);
/** Who is meant by an id, a username or a mail address; an unknown name stays as it is and is found by nobody. */
const idOf = async (vendor: string, tx: Ctx['tx']): Promise<string> => (await identityMeant(tx, vendor)) ?? vendor;
const vendorRef = async ({ vendor }: { readonly vendor: string }, tx: Ctx['tx']) => ({
  type: 'Identity',
  id: await idOf(vendor, tx),
});

/** Whose vendors alone whoever asks sees; undefined: everybody's. */
const onlyOf = async (ctx: Ctx, decide: Decide): Promise<string | undefined> => {
  const all = await decide.may(ctx.tx, { principal: ctx.principal, action: 'request.list_all', resource: PLATFORM });
  return all.allowed ? undefined : ctx.principal.id;
};

/** Asking for people from outside, seeing who is here, when they may come in, and ending them. */
export const vendorOperations = ({ decide }: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'vendors.ask',
    action: 'vendor.ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/vendors',
    summary: 'Ask for access of somebody from outside, for a window',
    description:
      'Whoever asks is their sponsor and answers for them. Somebody not known yet is made, and let in once somebody else has approved. All of it ends at `until`, with their sessions; with `hours`, sessions and activations are within these only.',
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
      hours: hoursShape.hours.optional(),
      timeZone: hoursShape.timeZone,
      calendar: hoursShape.calendar,
      reason: text(2000),
      ticket: text(200).optional(),
    }),
    output: z.object({ identityId: z.uuid(), request: requestOut, lines: z.array(verdictOut) }),
    cli: { command: 'vendors ask', positional: ['email'] },
    handler: async (ctx, permit, { what, hours = [], timeZone, calendar, ...input }) => {
      if (hours.length === 0 && (timeZone !== undefined || calendar !== undefined))
        throw invalid('/hours', 'are missing beside a time zone or calendar', 'say them: --hours "tue 09:00-17:00"');
      if (input.until <= ctx.now) throw invalid('/until', 'is over already', 'choose a later instant');
      const vendor = await askForVendor(ctx, permit, decide, {
        ...input,
        username: input.username ?? usernameFor(input.email),
        hours: hours.length === 0 ? undefined : { hours, timeZone, calendar },
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
    input: z.object({ employer: text(200).optional(), ...pageInput }),
    output: pageOf(vendorOut),
    cli: {
      command: 'vendors ls',
      columns: ['name', 'employer', 'sponsorName', 'state', 'until', 'access.hours', 'grants', 'sessions', 'waiting'],
    },
    handler: async (ctx, _permit, input) => {
      return await listVendors(ctx.tx, { ...input, sponsorId: await onlyOf(ctx, decide) });
    },
  }),
  defineOperation({
    name: 'vendors.companies',
    action: 'vendor.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vendor-companies',
    summary: 'List companies whose people I answer for; all of them for those who run, watch or audit',
    input: z.object(pageInput),
    output: pageOf(
      z.object({
        /** Empty: of whom it was not said. */
        employer: z.string(),
        people: z.int(),
        expected: z.int(),
        sponsors: z.array(z.string()),
        firstEnd: instantOut.nullable(),
        lastEnd: instantOut.nullable(),
        sessions: z.int(),
        lastSessionAt: instantOut.nullable(),
      }),
    ),
    cli: {
      command: 'vendors companies',
      columns: ['employer', 'people', 'expected', 'sponsors', 'firstEnd', 'lastEnd', 'sessions', 'lastSessionAt'],
    },
    handler: async (ctx, _permit, input) =>
      await listCompanies(ctx.tx, { ...input, sponsorId: await onlyOf(ctx, decide) }),
  }),
  defineOperation({
    name: 'vendors.setHours',
    action: 'vendor.set_hours',
    kind: 'write',
    method: 'PUT',
    path: '/v1/vendors/{vendor}/hours',
    summary: 'Say at which days and hours somebody from outside may have sessions and activate access',
    description:
      'Their sponsor makes it less; more is said by administrators and security officers, since those who approved saw the hours there were. What goes on outside of them ends within the minute.',
    input: z.object({ vendor: who, ...hoursShape }),
    output: hoursOut.nullable(),
    cli: { command: 'vendors set-hours', positional: ['vendor'] },
    resource: vendorRef,
    handler: async (ctx, permit, { vendor, ...said }) => {
      const set = await setVendorHours(ctx, permit, decide, { ...said, id: await idOf(vendor, ctx.tx) });
      return set === null ? null : { ...set, hours: [...set.hours] };
    },
  }),
  defineOperation({
    name: 'vendors.end',
    action: 'vendor.end',
    kind: 'write',
    method: 'POST',
    path: '/v1/vendors/{vendor}/end',
    summary: 'End somebody from outside at once, before their time',
    description: 'Sessions and access end, accounts are locked, and a receipt lists it all.',
    input: z.object({ vendor: who, because: text(1000) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'vendors end', positional: ['vendor'] },
    resource: vendorRef,
    handler: async (ctx, permit, { vendor, because }) => {
      const id = await idOf(vendor, ctx.tx);
      await endVendor(ctx, permit, { id, because });
      return { id };
    },
  }),
];
