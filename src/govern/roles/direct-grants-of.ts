import { sql, type Sql } from '#kit/db/index.ts';

/**
 * The grants `g` that a role may take the place of: given or asked for one by one, live and without an end. What a rule
 * gives goes and comes with its rule, and what ends by itself was not meant to last.
 */
export const lasting: Sql = sql`
  (g.ended_because is null and g.started and g.valid_to is null and g.origin in ('request', 'import', 'admin'))`;
