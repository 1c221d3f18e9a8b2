import { z } from 'zod';
import { AppError } from '#kit/errors/index.ts';
import type { EventType } from '../event-type.ts';
import { canonicalJson, canonicalText } from './canonical-json.ts';

/** The data of one event, checked and sorted by class. */
export interface EventContent {
  /** Public fields as canonical JSON. */
  readonly data: string;
  readonly personal: readonly (readonly [name: string, value: unknown])[];
}

/** Reads an event type's data. Throws what `appendEvent` promises. */
export type EventForm = (data: unknown) => EventContent;

const forms = new WeakMap<EventType, EventForm>();

/** The form of an event type, worked out once. */
export function formOf(event: EventType): EventForm {
  let form = forms.get(event);
  if (form === undefined) {
    form = makeForm(event);
    forms.set(event, form);
  }
  return form;
}

function makeForm(event: EventType): EventForm {
  const schema = z.strictObject(Object.fromEntries(Object.entries(event.fields).map(([name, f]) => [name, f.schema])));
  const fields = Object.keys(event.fields)
    .sort()
    .map((name) => ({ name, member: `${canonicalText(name)}:`, isPublic: event.fields[name]?.class === 'public' }));
  return (data) => {
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw refusal(event, parsed.error);
    const values = parsed.data as Readonly<Record<string, unknown>>;
    const personal: [string, unknown][] = [];
    let text = '';
    for (const { name, member, isPublic } of fields) {
      const value = values[name];
      if (value === undefined) continue;
      if (isPublic) text += `${text === '' ? '' : ','}${member}${canonicalJson(value)}`;
      else personal.push([name, value]);
    }
    return { data: `{${text}}`, personal };
  };
}

function refusal(event: EventType, error: z.ZodError): AppError {
  const unknown = error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  if (unknown.length > 0) {
    return mistake(
      'audit.unclassified_field',
      `${event.type} declares no field ${unknown.join(', ')}, so it may not be recorded`,
    );
  }
  const where = error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ');
  return mistake('audit.invalid_event', `${event.type} does not fit its own declaration (${where})`);
}

/** An error of whoever called, not of whoever asked. */
export const mistake = (code: string, detail: string): AppError =>
  new AppError({ code, status: 500, detail, fix: 'this is a mistake in Reeve: report it with the code and the trace' });
