import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantOut } from '#kit/http/index.ts';
import { calendarsOf } from '#spine/calendars/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { noticePreferenceChanged } from './events.ts';
import { nextFor, preferencesOf, putPreference } from './preferences.ts';

const delivery = z.enum(['at_once', 'hourly', 'daily']);
const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write it as 22:00')
  .nullable();
const preferenceOut = z.object({
  delivery,
  quietFrom: time,
  quietTo: time,
  /** Whose clock and hours count. */
  site: z.string(),
  timeZone: z.string(),
  /** When something that happens now and is not urgent would be sent. */
  nextAt: instantOut,
});

const read = async (ctx: Ctx): Promise<z.input<typeof preferenceOut>> => {
  const { id } = ctx.principal;
  const { delivery: how, quiet } = (await preferencesOf(ctx.tx, [id]))(id);
  const { site, timeZone } = (await calendarsOf(ctx.tx, ctx.now, [id]))(id);
  const nextAt = (await nextFor(ctx.tx, id, ctx.now)) ?? ctx.now;
  return { delivery: how, quietFrom: quiet?.from ?? null, quietTo: quiet?.to ?? null, site, timeZone, nextAt };
};

/** When somebody wants mails: everybody says it of themselves. */
export const preferenceOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'notices.preferences',
    action: 'notice_preference.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/notice-preferences',
    summary: 'Show when I want mails',
    input: z.object({}),
    output: preferenceOut,
    cli: { command: 'notices when' },
    handler: (ctx) => read(ctx),
  }),
  defineOperation({
    name: 'notices.changePreferences',
    action: 'notice_preference.change',
    kind: 'write',
    method: 'PUT',
    path: '/v1/notice-preferences',
    summary: 'Say when I want mails',
    description:
      '`hourly` and `daily` send what is not urgent together, at the next hour or morning of work of my site. In quiet hours, by the clock of my site, nothing is sent that is not urgent.',
    input: z.object({ delivery, quietFrom: time.default(null), quietTo: time.default(null) }),
    output: preferenceOut,
    cli: { command: 'notices set-when', positional: ['delivery'] },
    handler: async (ctx, permit, input) => {
      const { quietFrom: from, quietTo: to } = input;
      if ((from === null) !== (to === null))
        throw invalid(
          from === null ? '/quietFrom' : '/quietTo',
          'quiet hours begin and end',
          'say both, or neither for none',
        );
      if (from !== null && from === to)
        throw invalid('/quietTo', 'quiet hours end when they begin', 'say another time, or neither for none');
      const identityId = ctx.principal.id;
      await putPreference(ctx.tx, identityId, {
        delivery: input.delivery,
        quiet: from === null || to === null ? null : { from, to },
      });
      await ctx.record(permit, { event: noticePreferenceChanged, subject: identityId, data: { identityId, ...input } });
      return await read(ctx);
    },
  }),
];
