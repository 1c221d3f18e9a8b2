import type { operations } from '../schema.gen.ts';

/** What an operation of the contract answers. */
export type Out<O extends keyof operations> = operations[O] extends {
  responses: { 200: { content: { 'application/json': infer T } } };
}
  ? T
  : never;

/** One row of a list of the contract. */
export type Item<O extends keyof operations> = Out<O> extends { items: (infer T)[] } ? T : never;

/** What an operation of the contract can be asked with in its query. */
export type Query<O extends keyof operations> = operations[O] extends { parameters: { query?: infer Q } }
  ? NonNullable<Q>
  : never;
