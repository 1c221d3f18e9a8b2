import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { discardCart, sendCart } from '../../../api/orders.ts';
import { useMe } from '../../../api/me.ts';
import { entitlementQuery } from '../../../api/people.ts';
import type { CartChange, CartItem } from '../../../api/shapes/requests.ts';
import { useAct } from '../../../ui/feedback/act.ts';
import { confirm } from '../../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../../ui/feedback/states.tsx';
import { Page } from '../../../ui/page.tsx';
import { durationsUpTo } from '../duration-select.tsx';
import s from '../requests.module.css';
import { CartPanel, type Said } from './cart-panel.tsx';
import { Offers, type Wanted } from './offers.tsx';
import { useCart } from './use-cart.ts';
import { Whom } from './whom.tsx';

const route = getRouteApi('/shell/request');

/** Short at first, because less is usually enough. */
const asItem = ({ kind, id, maxSeconds, values }: Pick<Wanted, 'kind' | 'id' | 'maxSeconds' | 'values'>) => {
  const durations = durationsUpTo(maxSeconds);
  const seconds = durations[Math.min(2, durations.length - 1)];
  return {
    ...(kind === 'role' ? { roleId: id } : { entitlementId: id }),
    ...(values === undefined ? {} : { values }),
    ...(seconds === undefined ? {} : { seconds }),
  };
};
const timed = ({ what, eligible }: Pick<CartItem, 'what' | 'eligible'>, seconds: number | null) => ({
  ...(what.kind === 'role' ? { roleId: what.id } : { entitlementId: what.id }),
  ...(eligible ? { eligible } : {}),
  ...(seconds === null ? {} : { seconds }),
});
/** What is offered first of the two: a month of being eligible, two hours of access. */
const ELIGIBLE_SECONDS = 30 * 86_400;
const ACCESS_SECONDS = 7_200;
const saidAs = ({ reason, ticket, startsAt }: Said): CartChange => ({
  reason: reason.trim() === '' ? null : reason.trim(),
  ticket: ticket.trim() === '' ? null : ticket.trim(),
  startsAt: startsAt === '' ? null : `${startsAt}:00Z`,
});

/** Asking for access, for oneself and for others: find it, see every verdict before anything is sent, say why. */
export const ShopPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const { for: wanted, system = '' } = route.useSearch();
  const { cart, isPending, error, refetch, busy, changeError, change, set } = useCart(me.id);
  const send = useAct({
    run: async (said: Said) => {
      const now = await change(saidAs(said));
      if (now === null) throw new Error('there is no cart');
      return await sendCart(now.id);
    },
    stales: ['requests', 'orders', 'grants'],
    quiet: true,
    done: ({ sentNow, kept }) =>
      `Sent ${String(sentNow)} ${sentNow === 1 ? 'line' : 'lines'}${kept === 0 ? '. You will hear when it is decided.' : `; ${String(kept)} stay in the cart.`}`,
    after: ({ cart: after, requestIds: [only, ...more] }) => {
      set(after.state === 'draft' ? after : null);
      if (after.state === 'draft') return;
      if (only !== undefined && more.length === 0) void navigate({ to: '/requests/$id', params: { id: only } });
      else void navigate({ to: '/requests' });
    },
  });
  const discard = useAct({ run: discardCart, stales: ['orders'], done: () => 'Thrown away', after: () => set(null) });
  const add = (offers: readonly Wanted[]): void => void change({ items: offers.map(asItem) }).catch(() => undefined);
  const say = (said: CartChange): void => void change(said).catch(() => undefined);
  const { data: offered } = useQuery({ ...entitlementQuery(wanted ?? ''), enabled: wanted !== undefined });
  useEffect(() => {
    if (offered !== undefined && !isPending) say({ items: [asItem({ ...offered, kind: 'entitlement' })] });
    // Only once, when what the address names is known; dropping it again must stick.
  }, [offered?.id, isPending]);
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Waiting />;
  return (
    <Page
      title="Request access"
      lead="You see who decides, and whether it conflicts with what is held, before anything is sent."
    >
      <div className={s['two']}>
        <Offers about={system} chosen={new Set(cart?.items.map(({ what }) => what.id))} onAdd={add} />
        <div className="stack">
          <section className="card" aria-label="Whom it is for">
            <Whom
              meId={me.id}
              people={cart?.people ?? [{ id: me.id, name: me.displayName }]}
              onAdd={(people) => say({ people: cart === null ? [me.id, ...people] : people })}
              onDrop={(id) => say({ dropPeople: [id] })}
            />
          </section>
          {cart === null ? (
            <section className="card">
              <h2>Cart</h2>
              <p className="dim small">Add what you need from the list.</p>
            </section>
          ) : (
            <CartPanel
              key={cart.id}
              cart={cart}
              busy={busy || send.isPending}
              problem={send.error ?? changeError}
              onTime={(itemId, seconds) =>
                say({ items: cart.items.filter(({ id }) => id === itemId).map((item) => timed(item, seconds)) })
              }
              onEligible={(item, eligible) =>
                say({
                  dropItems: [item.id],
                  items: [timed({ what: item.what, eligible }, eligible ? ELIGIBLE_SECONDS : ACCESS_SECONDS)],
                })
              }
              onDrop={(itemId) => say({ dropItems: [itemId] })}
              onSaid={(said) => {
                const next = saidAs(said);
                const same =
                  next.reason === cart.reason &&
                  next.ticket === cart.ticket &&
                  (next.startsAt === null) === (cart.startsAt === null);
                if (!same) say(next);
              }}
              onSend={(said) => send.mutate(said)}
              onDiscard={() =>
                void confirm({
                  title: 'Throw this cart away?',
                  text: 'What was sent of it goes on.',
                  action: 'Throw away',
                }).then((answer) => (answer === undefined ? undefined : discard.mutate(cart.id)))
              }
            />
          )}
        </div>
      </div>
    </Page>
  );
};
