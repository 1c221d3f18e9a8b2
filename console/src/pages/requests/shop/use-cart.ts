import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { cartQuery, changeCart, startCart } from '../../../api/orders.ts';
import type { Cart, CartChange } from '../../../api/shapes/requests.ts';

interface Item {
  readonly entitlementId?: string;
  readonly roleId?: string;
  readonly eligible?: boolean;
  readonly values?: Readonly<Record<string, string>>;
}
/** One role with two choices of values is two things, and so are something and being eligible for it. */
const idOf = ({ entitlementId, roleId, values, eligible }: Item): string =>
  `${entitlementId ?? roleId ?? ''}${values === undefined ? '' : JSON.stringify(values)}${eligible === true ? ' eligible' : ''}`;

/** Two changes as one, the second said after the first. */
export const mergedChange = (first: CartChange, second: CartChange): CartChange => {
  const dropped = new Set(second.dropItems);
  const added = new Set((second.items ?? []).map(idOf));
  const items = [
    ...(first.items ?? []).filter((i) => !dropped.has(idOf(i)) && !added.has(idOf(i))),
    ...(second.items ?? []),
  ];
  const dropItems = [...(first.dropItems ?? []).filter((id) => !added.has(id)), ...dropped];
  const people = [...new Set([...(first.people ?? []), ...(second.people ?? [])])];
  const dropPeople = [...(first.dropPeople ?? []), ...(second.dropPeople ?? [])];
  return {
    ...first,
    ...second,
    ...(items.length === 0 ? {} : { items }),
    ...(dropItems.length === 0 ? {} : { dropItems }),
    ...(people.length === 0 ? {} : { people: people.filter((id) => !dropPeople.includes(id)) }),
    ...(dropPeople.length === 0 ? {} : { dropPeople }),
  };
};

/**
 * The cart on the server, the same on every device. Changes are sent one after another; what is said while one is on its
 * way goes together with the next, so that whoever works quickly never waits.
 */
export const useCart = (meId: string) => {
  const client = useQueryClient();
  const query = useQuery(cartQuery);
  const waiting = useRef<CartChange | undefined>(undefined);
  const running = useRef<Promise<Cart | null> | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const work = async (): Promise<Cart | null> => {
    setBusy(true);
    try {
      while (waiting.current !== undefined) {
        const next = waiting.current;
        waiting.current = undefined;
        const cart = await client.ensureQueryData(cartQuery);
        const changed =
          cart === null ? await startCart({ ...next, people: next.people ?? [meId] }) : await changeCart(cart.id, next);
        client.setQueryData(cartQuery.queryKey, changed);
      }
      setError(null);
    } catch (problem) {
      waiting.current = undefined;
      setError(problem);
      throw problem;
    } finally {
      running.current = undefined;
      setBusy(false);
    }
    return client.getQueryData<Cart | null>(cartQuery.queryKey) ?? null;
  };
  /** Resolves once the server has it; a problem is shown with the cart. */
  const change = (said: CartChange): Promise<Cart | null> => {
    waiting.current = mergedChange(waiting.current ?? {}, said);
    running.current ??= work();
    return running.current;
  };
  const set = (cart: Cart | null): void => {
    client.setQueryData(cartQuery.queryKey, cart);
  };
  return { ...query, cart: query.data ?? null, busy, changeError: error, change, set };
};
