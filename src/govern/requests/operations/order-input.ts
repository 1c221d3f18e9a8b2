import { invalid } from '#kit/errors/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { z } from 'zod';
import type { AskedLine } from '../lines/find-targets.ts';
import type { changeIn } from './order-shapes.ts';
import { asked, identityMeant } from './shapes.ts';

type ChangeIn = z.output<z.ZodObject<typeof changeIn>>;

/** What is put into a cart, however it was written: names that share a time, and items with their own. */
export const itemsIn = ({ what = [], eligible, items = [], for: length, seconds, until }: ChangeIn): AskedLine[] => [
  ...what.map((name) => asked('', { what: name, eligible, for: length, seconds, until })),
  ...items.map((item, i) => asked(`/items/${i}`, item)),
];

/**
 * Who is meant, of those the asker may ask for. Whom they may not ask for and who does not exist read alike.
 */
export const peopleIn = async (ctx: Ctx, decide: Decide, named: readonly string[]): Promise<readonly string[]> => {
  const ids: (string | undefined)[] = [];
  for (const name of named) ids.push(await identityMeant(ctx.tx, name));
  const known = new Set(
    (
      await getIdentities(
        ctx.tx,
        ids.flatMap((id) => id ?? []),
      )
    ).map((i) => i.id),
  );
  const asking = [...known];
  const answers = await decide.mayMany(
    ctx.tx,
    ctx.principal,
    'request.submit',
    asking.map((id) => ({ type: 'Identity', id })),
  );
  const may = new Set(asking.filter((_, i) => answers[i]?.allowed === true));
  return ids.map((id, i) => {
    if (id !== undefined && may.has(id)) return id;
    throw invalid(
      `/people/${i}`,
      `there is nobody called ${named[i] ?? ''} you could ask for`,
      'you may ask for yourself, for those you manage and for what you answer for',
    );
  });
};
