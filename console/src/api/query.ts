import type { operations } from './schema.gen.ts';
import type { Query } from './shapes/of-contract.ts';

/** What a filter line says, as the query of an operation: what is not said is left out. The server refuses a value it does not know. */
export const asQuery = <O extends keyof operations>(said: Readonly<Record<string, unknown>>): Query<O> =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Query<O>;
