import { ActionIcon, Checkbox } from '@mantine/core';
import type { Cart, CartItem, CartRemark } from '../../../api/shapes/requests.ts';
import { StateBadge } from '../../../ui/show/badges.tsx';
import { Icon } from '../../../ui/show/icon.tsx';
import { DurationSelect } from '../duration-select.tsx';
import { verdictTone, verdictWords } from '../request-words.ts';
import { SodHits } from '../sod-hits.tsx';
import s from '../requests.module.css';

interface CartItemProps {
  readonly cart: Cart;
  readonly item: CartItem;
  readonly onTime: (seconds: number | null) => void;
  readonly onEligible: (eligible: boolean) => void;
  readonly onDrop: () => void;
}

/** Nobody is eligible for longer at a time. */
const LONGEST_ELIGIBLE = 366 * 86_400;

/** Verdicts that are alike, with whom they are about. */
const grouped = (remarks: readonly CartRemark[]): readonly (readonly [CartRemark, readonly string[]])[] => {
  const groups = new Map<string, [CartRemark, string[]]>();
  for (const remark of remarks) {
    const key = `${remark.verdict} ${remark.because}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [remark, [remark.identityId]]);
    else known[1].push(remark.identityId);
  }
  return [...groups.values()];
};

/** One thing of the cart, and what would become of it for each of its people. */
export const CartLine = ({ cart, item, onTime, onEligible, onDrop }: CartItemProps) => {
  const own = cart.remarks.filter((remark) => remark.itemId === item.id);
  const against = own.filter((remark) => remark.verdict !== 'allowed').length;
  const names = new Map(cart.people.map(({ id, name }) => [id, name]));
  const longest =
    own.find((remark) => remark.longestSeconds !== null)?.longestSeconds ?? (item.eligible ? LONGEST_ELIGIBLE : null);
  const name = item.eligible ? `being eligible for ${item.what.name}` : item.what.name;
  return (
    <li>
      <div className={s['lineHead']}>
        <div>
          <strong>{item.what.name}</strong>
          <div className="dim small">
            {item.eligible ? 'to be eligible · ' : ''}
            {item.what.systemName ?? 'role'}
          </div>
        </div>
        <ActionIcon variant="subtle" color="gray" aria-label={`Drop ${name}`} onClick={onDrop}>
          <Icon name="close" size={14} />
        </ActionIcon>
      </div>
      <Checkbox
        size="xs"
        label="Only be eligible, and activate it when it is needed"
        aria-label={`Only be eligible for ${item.what.name}`}
        checked={item.eligible}
        onChange={(event) => onEligible(event.currentTarget.checked)}
      />
      <DurationSelect label={`How long for ${name}`} value={item.seconds} maxSeconds={longest} onChange={onTime} />
      {against === 0 ? <StateBadge tone="good">{verdictWords.allowed}</StateBadge> : null}
      {grouped(own).map(([remark, ids]) => (
        <div key={`${remark.verdict} ${remark.because}`}>
          <StateBadge tone={verdictTone[remark.verdict]}>{verdictWords[remark.verdict]}</StateBadge>{' '}
          {cart.people.length === 1 ? null : (
            <span className="small">
              {ids.length > 3
                ? `${String(ids.length)} of ${String(cart.people.length)} people`
                : ids.map((id) => names.get(id) ?? '').join(', ')}
            </span>
          )}
          <div className="dim small">{remark.because}</div>
          <SodHits hits={remark.sod} />
        </div>
      ))}
    </li>
  );
};
