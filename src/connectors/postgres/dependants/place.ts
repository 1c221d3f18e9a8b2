/** What a place in a PostgreSQL server looks like that holds a credential of another system. */
import { z } from 'zod';
import { TargetError } from '../../port.ts';

const name = z.string().min(1).max(63);

export const postgresPlace = z
  .strictObject({
    /** The foreign server whose mapping it is in, and whose mapping it is; `public` is everybody's. */
    server: name.optional(),
    user: name.optional(),
    option: z
      .string()
      .regex(/^[a-z_]{1,60}$/u, 'is a name such as password')
      .default('password'),
    /** The subscription whose connection it is in. */
    subscription: name.optional(),
    /** Where the foreign server or the subscription is; absent: the database Reeve connects to. */
    database: name.optional(),
  })
  .refine((given) => (given.subscription === undefined) !== (given.server === undefined), {
    message: 'is needed, or `subscription`, and not both',
    path: ['server'],
  })
  .refine((given) => (given.server === undefined) === (given.user === undefined), {
    message: 'is needed with `server`, and says nothing of a subscription',
    path: ['user'],
  });
type PostgresPlace = z.infer<typeof postgresPlace>;

export interface MappingPlace extends PostgresPlace {
  readonly server: string;
  readonly user: string;
}
export interface SubscriptionPlace extends PostgresPlace {
  readonly subscription: string;
}

export const isSubscription = (place: PostgresPlace): place is SubscriptionPlace => place.subscription !== undefined;
export const isMapping = (place: PostgresPlace): place is MappingPlace =>
  place.server !== undefined && place.user !== undefined;

export function placeOf(given: Readonly<Record<string, unknown>>): PostgresPlace {
  const place = postgresPlace.safeParse(given);
  if (place.success) return place.data;
  throw new TargetError('unsupported', `that place is none: ${place.error.issues[0]?.message ?? ''}`);
}
