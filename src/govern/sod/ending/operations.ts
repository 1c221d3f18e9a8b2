import { z } from 'zod';
import { PLATFORM } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { warningTermsPut } from '../events.ts';
import { readWarnDays, writeWarnDays } from './terms.ts';

const termsOut = z.object({
  /** The first warning first; empty: nobody is warned. */
  warnDays: z.array(z.int()),
});

/** When owners of exceptions are warned that these end. */
export const warningOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'sod.showWarningTerms',
    action: 'sod_warning_terms.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/warning-terms',
    summary: 'Show how many days before an exception ends its owners are warned',
    input: z.object({}),
    output: termsOut,
    cli: { command: 'sod warning-terms' },
    resource: () => PLATFORM,
    handler: async (ctx) => ({ warnDays: [...(await readWarnDays(ctx.tx))] }),
  }),
  defineOperation({
    name: 'sod.putWarningTerms',
    action: 'sod_warning_terms.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/sod/warning-terms',
    summary: 'Say how many days before an exception ends its owners are warned',
    description:
      'Each day warns once of an exception, and none that is longer than the exception lasts. Without days nobody is warned; that an exception has lapsed is told all the same.',
    input: z.object({ warnDays: z.array(z.int().min(1).max(365)).max(10) }),
    output: termsOut,
    cli: { command: 'sod set-warning-terms' },
    resource: () => PLATFORM,
    handler: async (ctx, permit, input) => {
      const warnDays = [...(await writeWarnDays(ctx.tx, input.warnDays))];
      await ctx.record(permit, { event: warningTermsPut, data: { warnDays } });
      return { warnDays };
    },
  }),
];
