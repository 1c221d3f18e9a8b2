import { Button, TextInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type FormEvent } from 'react';
import { fieldErrors } from '../../../api/errors.ts';
import { requestTermsQuery } from '../../../api/orders.ts';
import type { Cart, CartItem } from '../../../api/shapes/requests.ts';
import { Problem } from '../../../ui/feedback/states.tsx';
import { useActions } from '../../../ui/keyboard/actions.ts';
import { focusUncovered } from '../../../ui/keyboard/focus-uncovered.ts';
import { stepName } from '../request-words.ts';
import s from '../requests.module.css';
import { AskExceptions } from './ask-exceptions.tsx';
import { CartLine } from './cart-item.tsx';

/** What is said of a cart as a whole, as it is typed. */
export interface Said {
  readonly reason: string;
  readonly ticket: string;
  readonly startsAt: string;
}

interface CartPanelProps {
  readonly cart: Cart;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onTime: (itemId: string, seconds: number | null) => void;
  readonly onEligible: (item: CartItem, eligible: boolean) => void;
  readonly onDrop: (itemId: string) => void;
  readonly onSaid: (said: Said) => void;
  readonly onSend: (said: Said) => void;
  readonly onDiscard: () => void;
}

/** Who would be asked: for one person step by step, for many by name. */
const Deciders = ({ cart }: { readonly cart: Cart }) => {
  const plans = cart.verdicts.filter((v) => v.steps.length > 0);
  const [only] = plans;
  if (only === undefined) return null;
  if (plans.length === 1)
    return (
      <ol className={s['steps']}>
        {only.steps.map((step) => (
          <li key={step.n}>
            {stepName(step)}: {step.approvers.map(({ name }) => name).join(' or ')}{' '}
            <span className="dim">({step.because})</span>
          </li>
        ))}
      </ol>
    );
  const names = new Set(plans.flatMap((v) => v.steps.flatMap((step) => step.approvers.map(({ name }) => name))));
  return (
    <p className="small">
      Each person’s part is decided by itself: {[...names].slice(0, 6).join(', ')}
      {names.size > 6 ? ` and ${String(names.size - 6)} others` : ''}.
    </p>
  );
};

const localOf = (at: string | null): string => (at === null ? '' : at.slice(0, 16));

/** The cart: what is in it, for each line what would become of it, why, and the one button that sends it. */
export const CartPanel = ({
  cart,
  busy,
  problem,
  onTime,
  onEligible,
  onDrop,
  onSaid,
  onSend,
  onDiscard,
}: CartPanelProps) => {
  const [said, setSaid] = useState<Said>({
    reason: cart.reason ?? '',
    ticket: cart.ticket ?? '',
    startsAt: localOf(cart.startsAt),
  });
  const why = useRef<HTMLTextAreaElement>(null);
  useActions([
    {
      id: 'cart.why',
      label: 'Say why it is needed',
      group: 'This page',
      run: () => focusUncovered(() => why.current),
    },
    { id: 'cart.send', label: 'Send the cart', group: 'This page', run: () => send() },
  ]);
  const { data: terms } = useQuery(requestTermsQuery);
  const wrong = fieldErrors(problem);
  const type = (part: Partial<Said>): void => setSaid({ ...said, ...part });
  const left = cart.lines - cart.sent;
  const kept = left - cart.allowed;
  const ready = cart.allowed > 0 && said.reason.trim() !== '' && !busy;
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (ready) onSend(said);
  };
  return (
    <form
      className={`card ${s['cart'] ?? ''}`}
      aria-label="Cart"
      aria-busy={busy}
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
      }}
    >
      <h2>Cart {cart.number}</h2>
      <p aria-live="polite" role="status" className="small">
        {busy
          ? 'Checking…'
          : cart.items.length === 0
            ? 'Add what you need from the list.'
            : `${String(cart.allowed)} of ${String(left)} lines can be asked for${kept === 0 ? '' : `; ${String(kept)} stay in the cart`}.`}
      </p>
      {cart.verdicts.map((verdict) =>
        verdict.problem === null ? null : (
          <p key={verdict.identity.id} className="small" role="alert">
            {verdict.identity.name}: {verdict.problem}
          </p>
        ),
      )}
      <Textarea
        ref={why}
        label="Why is it needed?"
        description="Approvers and auditors read this."
        autosize
        minRows={2}
        maxRows={6}
        required
        withAsterisk={false}
        error={wrong['reason']}
        value={said.reason}
        onChange={(event) => type({ reason: event.currentTarget.value })}
        onBlur={() => onSaid(said)}
      />
      <TextInput
        label="Ticket"
        description={terms?.ticketPattern == null ? 'Optional' : `Optional; written ${terms.ticketPattern}`}
        error={wrong['ticket']}
        value={said.ticket}
        onChange={(event) => type({ ticket: event.currentTarget.value })}
        onBlur={() => onSaid(said)}
      />
      <TextInput
        type="datetime-local"
        label="Begins (UTC)"
        description="Optional; else once it is approved"
        error={wrong['startsAt']}
        value={said.startsAt}
        onChange={(event) => type({ startsAt: event.currentTarget.value })}
        onBlur={() => onSaid(said)}
      />
      <Problem error={problem} />
      <Button type="submit" size="sm" disabled={!ready}>
        {cart.allowed === 0 ? 'Send' : `Send ${String(cart.allowed)} ${cart.allowed === 1 ? 'line' : 'lines'}`}
      </Button>
      <AskExceptions cart={cart} />
      <div>
        <div className="dim small">Who decides</div>
        <Deciders cart={cart} />
      </div>
      {cart.items.length === 0 ? null : (
        <ul className={s['lines']} aria-label="In the cart">
          {cart.items.map((item) => (
            <CartLine
              key={item.id}
              cart={cart}
              item={item}
              onTime={(seconds) => onTime(item.id, seconds)}
              onEligible={(eligible) => onEligible(item, eligible)}
              onDrop={() => onDrop(item.id)}
            />
          ))}
        </ul>
      )}
      {cart.sent === 0 ? null : (
        <p className="small">
          {cart.sent} lines of it were sent: <Link to="/requests">see how far they are</Link>.
        </p>
      )}
      <div className="spread">
        <span className="dim small">Kept on the server; go on with it on any device.</span>
        <Button variant="subtle" color="gray" size="xs" onClick={onDiscard}>
          Throw away
        </Button>
      </div>
    </form>
  );
};
