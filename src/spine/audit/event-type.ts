import type { z } from 'zod';

/** Who may see a field. Silence is not a class: an event type cannot be declared without one for each field. */
export type Classification = 'public' | 'personal';

export interface EventField<T = unknown> {
  readonly class: Classification;
  readonly schema: z.ZodType<T>;
}

/** Stored in clear, covered by the log's tree. */
export const pub = <T>(schema: z.ZodType<T>): EventField<T> => ({ class: 'public', schema });
/** Sealed under the key of the event's subject; the tree covers the ciphertext's digest only. */
export const personal = <T>(schema: z.ZodType<T>): EventField<T> => ({ class: 'personal', schema });

type Fields = Readonly<Record<string, EventField>>;

/** One kind of thing that can happen: what the log records and what reactions listen to. */
export interface EventType<F extends Fields = Fields> {
  readonly type: string;
  readonly fields: F;
}

type OutputOf<E extends EventType, K extends keyof E['fields']> = z.output<E['fields'][K]['schema']>;

/** The data of an event; a field whose schema allows `undefined` may be left out. */
export type EventData<E extends EventType> = {
  [K in keyof E['fields'] as undefined extends OutputOf<E, K> ? never : K]: OutputOf<E, K>;
} & {
  [K in keyof E['fields'] as undefined extends OutputOf<E, K> ? K : never]?: OutputOf<E, K>;
};

/** Declares an event type, named `<noun>.<past participle>`, for instance `grant.ended`. */
export const defineEvent = <F extends Fields>(type: string, fields: F): EventType<F> => ({ type, fields });

/** What a use-case hands to `ctx.record`. `subject` is the identity it is about, under whose key personal fields are sealed. */
export interface NewEvent<E extends EventType = EventType> {
  readonly event: E;
  readonly subject?: string | undefined;
  readonly data: EventData<E>;
}
