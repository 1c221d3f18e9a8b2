import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent } from 'react';
import { offersQuery } from '../../../api/orders.ts';
import type { Offer } from '../../../api/shapes/requests.ts';
import { Empty, Failed, Waiting } from '../../../ui/feedback/states.tsx';
import { useActions } from '../../../ui/keyboard/actions.ts';
import { focusUncovered } from '../../../ui/keyboard/focus-uncovered.ts';
import { Privileged, RiskBadge } from '../../../ui/show/badges.tsx';
import { Icon } from '../../../ui/show/icon.tsx';
import { ValuesForm } from '../../roles/values-form.tsx';
import s from '../requests.module.css';

/** What is put into the cart; of a role with parameters, with a value for each. */
export type Wanted = Offer & { readonly values?: Readonly<Record<string, string>> };

interface OffersProps {
  readonly chosen: ReadonlySet<string>;
  /** What to search for at first. */
  readonly about: string;
  readonly onAdd: (offers: readonly Wanted[]) => void;
}

/** The arrows go from the search into what was found and through it; Escape goes back to the search. */
const moveByArrows = (event: KeyboardEvent<HTMLElement>): void => {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0 && event.key !== 'Escape') return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-step]:not(:disabled)')];
  const next = event.key === 'Escape' ? all[0] : all[all.indexOf(document.activeElement as HTMLElement) + by];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
};

/** What can be asked for: in the words of whoever looks for it, as a colleague has it, or as recommended. */
export const Offers = ({ chosen, about, onAdd }: OffersProps) => {
  const [text, setText] = useState(about);
  const [like, setLike] = useState('');
  const [words] = useDebouncedValue(text.trim(), 200);
  const [colleague] = useDebouncedValue(like.trim(), 400);
  const input = useRef<HTMLInputElement>(null);
  const asked = words === '' ? (colleague === '' ? {} : { like: colleague }) : { text: words };
  const { data, error, isPending, refetch } = useQuery(offersQuery(asked));
  const offers = data?.items ?? [];
  const addable = offers.filter(
    (offer) => offer.had === null && offer.parameters.length === 0 && !chosen.has(offer.id),
  );
  useActions([
    {
      id: 'offers.search',
      label: 'Search what can be asked for',
      group: 'This page',
      keys: '/',
      run: () => focusUncovered(() => input.current),
    },
  ]);
  return (
    <div className="stack" onKeyDown={moveByArrows}>
      <TextInput
        ref={input}
        data-step
        label="What do you need?"
        placeholder="A system, a task, a word: web1, sudo, payroll…"
        leftSection={<Icon name="search" />}
        value={text}
        autoFocus
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {words === '' ? (
        <TextInput
          label="The same as a colleague"
          description="Who has the same manager: a username or a mail address"
          size="xs"
          value={like}
          onChange={(event) => setLike(event.currentTarget.value)}
        />
      ) : null}
      <div aria-live="polite" className="dim small">
        {data?.correctedTo == null ? null : `Nothing is called “${words}”; this is “${data.correctedTo}”.`}
      </div>
      {error !== null ? <Failed error={error} onRetry={() => void refetch()} /> : null}
      {isPending ? <Waiting /> : null}
      {data !== undefined && offers.length === 0 ? <NothingFound words={words} colleague={colleague} /> : null}
      {addable.length > 1 ? (
        <Button data-step variant="default" onClick={() => onAdd(addable)}>
          Add all {addable.length}
        </Button>
      ) : null}
      {offers.length === 0 ? null : (
        <ul className={s['results']} aria-label="What can be asked for">
          {offers.map((offer) => (
            <li key={offer.id}>
              <div>
                <div className="row">
                  <strong>{offer.name}</strong>
                  <RiskBadge risk={offer.risk} />
                  {offer.privileged ? <Privileged /> : null}
                </div>
                <div className="dim small">
                  {offer.systemName ?? 'role'}
                  {offer.description === null ? '' : ` · ${offer.description}`}
                </div>
                {'text' in asked && offer.reasons.every(({ kind }) => kind === 'name') ? null : (
                  <div className="small">Found for: {offer.reasons.map((reason) => reason.text).join('; ')}</div>
                )}
              </div>
              {offer.parameters.length === 0 ? (
                <AddButton offer={offer} chosen={chosen.has(offer.id)} onAdd={onAdd} />
              ) : (
                <ValuesForm
                  name={offer.name}
                  parameters={offer.parameters}
                  action="Add"
                  onSay={(values) => onAdd([{ ...offer, values }])}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

const AddButton = ({
  offer,
  chosen,
  onAdd,
}: {
  readonly offer: Offer;
  readonly chosen: boolean;
  readonly onAdd: OffersProps['onAdd'];
}) => (
  <>
    {offer.had === null ? null : (
      <span className="dim small">{offer.had === 'held' ? 'you have it' : 'you asked for it'}</span>
    )}
    <Button
      data-step
      variant="default"
      aria-disabled={chosen}
      {...(chosen ? { 'data-disabled': true } : {})}
      onClick={() => (chosen ? undefined : onAdd([offer]))}
      aria-label={chosen ? `${offer.name} is in the cart` : `Add ${offer.name} on ${offer.systemName ?? 'role'}`}
    >
      {chosen ? 'In the cart' : 'Add'}
    </Button>
  </>
);

const NothingFound = ({ words, colleague }: { readonly words: string; readonly colleague: string }) =>
  words === '' ? (
    <Empty
      title={colleague === '' ? 'Search, or look at a colleague' : 'Nothing you lack'}
      text={
        colleague === ''
          ? 'What people like you have appears here once there are enough of them.'
          : 'You have all they have that can be asked for.'
      }
    />
  ) : (
    <Empty
      title={`Nothing is called “${words}”`}
      text="Try the name of the system. If it should be here, its owner has not opened it for requests."
    />
  );
