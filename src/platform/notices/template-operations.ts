import { z } from 'zod';
import { conflict } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { checkText, templateNamed, variablesOf } from './check-text.ts';
import { noticeTemplateChanged, noticeTemplateReset } from './events.ts';
import { addVersion, houseTexts, versionsOf } from './house-texts.ts';
import { renderMail, shippedText, type Text } from './render-mail.ts';
import { sampleOf } from './sample-facts.ts';
import { TEMPLATES } from './templates.ts';
import { isUrgent } from './when-to-send.ts';

const template = text(100).describe('Name of the text, such as approval.wanted.');
const version = z.coerce
  .number()
  .int()
  .min(0)
  .describe('The version this comes after, as it was read; 0 for the shipped text.');
const subject = z.string().min(1, 'may not be empty').max(150, 'has at most 150 characters');
const body = z
  .string()
  .max(5000, 'has at most 5000 characters')
  .describe('Plain text. `{link}` stands on a line of its own; `{name}` is filled in, `{>name}` is quoted.');
const templateOut = z.object({
  template: z.string(),
  /** 0: as shipped and never changed. */
  version: z.int(),
  changed: z.boolean(),
  urgent: z.boolean(),
  variables: z.array(z.string()),
  subject: z.string(),
  body: z.string(),
  changedAt: instantOut.nullable(),
  changedBy: z.string().nullable(),
});

const readAll = async (ctx: Ctx): Promise<z.input<typeof templateOut>[]> => {
  const house = await houseTexts(ctx.tx);
  return [...TEMPLATES]
    .map(([name, shipped]) => {
      const of = house.get(name);
      return {
        template: name,
        version: of?.number ?? 0,
        changed: (of?.text ?? null) !== null,
        urgent: isUrgent(name),
        variables: variablesOf(shipped),
        ...(of?.text ?? shippedText(shipped)),
        changedAt: of?.madeAt ?? null,
        changedBy: of?.madeBy ?? null,
      };
    })
    .sort((a, b) => (a.template < b.template ? -1 : 1));
};

/** Writes the next version and says so; refuses where somebody else was first. */
const write = async (
  ctx: Ctx,
  permit: Permit,
  input: { readonly template: string; readonly version: number; readonly text: Text | null },
): Promise<{ template: string; version: number }> => {
  const current = (await houseTexts(ctx.tx)).get(input.template)?.number ?? 0;
  const next = { template: input.template, number: input.version + 1, text: input.text };
  const by = `${ctx.principal.kind}:${ctx.principal.id}`;
  if (current !== input.version || !(await addVersion(ctx.tx, { ...next, by })))
    throw conflict(
      'notice_template.changed',
      `${input.template} is at version ${current}, not ${input.version}`,
      'read it again and change that',
    );
  const event = input.text === null ? noticeTemplateReset : noticeTemplateChanged;
  await ctx.record(permit, { event, data: { template: input.template, version: next.number } });
  return { template: input.template, version: next.number };
};

/** The texts of mails, as a house wants them. */
export const templateOperations = (publicUrl: string): readonly AnyOperation[] => [
  defineOperation({
    name: 'noticeTemplates.list',
    action: 'notice_template.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/notice-templates',
    summary: 'List the texts of mails with what they may fill in, as they are in force',
    input: z.object({}),
    output: z.object({ items: z.array(templateOut), nextCursor: z.null() }),
    cli: { command: 'notice-template ls', columns: ['template', 'version', 'changed', 'subject', 'variables'] },
    handler: async (ctx) => ({ items: await readAll(ctx), nextCursor: null }),
  }),
  defineOperation({
    name: 'noticeTemplates.versions',
    action: 'notice_template.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/notice-templates/{template}/versions',
    summary: 'List what a house wrote in place of a text, newest first',
    input: z.object({ template }),
    output: z.object({
      items: z.array(
        z.object({
          number: z.int(),
          /** Null: the shipped text again. */
          subject: z.string().nullable(),
          body: z.string().nullable(),
          madeAt: instantOut,
          madeBy: z.string(),
        }),
      ),
      nextCursor: z.null(),
    }),
    cli: { command: 'notice-template versions', positional: ['template'], columns: ['number', 'subject', 'madeAt'] },
    handler: async (ctx, _permit, input) => {
      templateNamed(input.template);
      const versions = await versionsOf(ctx.tx, input.template);
      const items = versions.map((v) => ({
        number: v.number,
        subject: v.text?.subject ?? null,
        body: v.text?.body ?? null,
        madeAt: v.madeAt,
        madeBy: v.madeBy,
      }));
      return { items, nextCursor: null };
    },
  }),
  defineOperation({
    name: 'noticeTemplates.preview',
    action: 'notice_template.read',
    kind: 'read',
    method: 'POST',
    path: '/v1/notice-templates/{template}/preview',
    summary: 'Show a mail as it would go out, with made-up facts; nothing is kept',
    input: z.object({ template, subject: subject.optional(), body: body.optional() }),
    output: z.object({ subject: z.string(), text: z.string() }),
    cli: { command: 'notice-template preview', positional: ['template'] },
    handler: async (ctx, _permit, input) => {
      const shipped = templateNamed(input.template);
      const inForce = (await houseTexts(ctx.tx)).get(input.template)?.text ?? shippedText(shipped);
      const wanted = { subject: input.subject ?? inForce.subject, body: input.body ?? inForce.body };
      checkText(shipped, wanted);
      const shown = renderMail(input.template, sampleOf(variablesOf(shipped)), { publicUrl, path: '/example' }, wanted);
      return shown ?? { subject: '', text: '' };
    },
  }),
  defineOperation({
    name: 'noticeTemplates.change',
    action: 'notice_template.change',
    kind: 'write',
    method: 'PUT',
    path: '/v1/notice-templates/{template}',
    summary: 'Change what a mail says, as its next version',
    description:
      'Mails sent from then on say it, also those that wait. A variable the shipped text does not have is refused, and so is a text without the link or with another.',
    input: z.object({ template, version, subject, body }),
    output: z.object({ template: z.string(), version: z.int() }),
    cli: { command: 'notice-template change', positional: ['template'], file: { field: 'body' } },
    handler: async (ctx, permit, { template: name, version: after, ...wanted }) => {
      const found = { subject: wanted.subject, body: wanted.body.replaceAll('\r\n', '\n').trimEnd() };
      checkText(templateNamed(name), found);
      return await write(ctx, permit, { template: name, version: after, text: found });
    },
  }),
  defineOperation({
    name: 'noticeTemplates.reset',
    action: 'notice_template.change',
    kind: 'write',
    method: 'POST',
    path: '/v1/notice-templates/{template}/reset',
    summary: 'Let a mail say again what was shipped, as its next version',
    input: z.object({ template, version }),
    output: z.object({ template: z.string(), version: z.int() }),
    cli: { command: 'notice-template reset', positional: ['template'] },
    handler: async (ctx, permit, input) => {
      templateNamed(input.template);
      return await write(ctx, permit, { template: input.template, version: input.version, text: null });
    },
  }),
];
