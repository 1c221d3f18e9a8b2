import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { Empty, Failed, Waiting } from '../../ui/feedback/states.tsx';
import { useActions } from '../../ui/keyboard/actions.ts';
import { Icon } from '../../ui/show/icon.tsx';
import { Privileged, RiskBadge } from '../../ui/show/badges.tsx';
import s from './requests.module.css';
import { useOffers, type Offer } from './use-offers.ts';

interface CatalogueProps {
  readonly chosen: ReadonlySet<string>;
  /** What the asker has already. */
  readonly held: ReadonlySet<string>;
  /** What to search for at first. */
  readonly about: string;
  readonly onAdd: (offer: Offer) => void;
}

/** What can be asked for, in the words its owner gave it. */
export const Catalogue = ({ chosen, held, about, onAdd }: CatalogueProps) => {
  const [text, setText] = useState(about);
  const [search] = useDebouncedValue(text.trim(), 200);
  const input = useRef<HTMLInputElement>(null);
  const list = useOffers(search);
  useActions([
    {
      id: 'catalogue.search',
      label: 'Search the catalogue',
      group: 'This page',
      keys: '/',
      run: () => input.current?.focus(),
    },
  ]);
  return (
    <div className="stack">
      <TextInput
        ref={input}
        label="What do you need?"
        placeholder="A system, a task, a word: web1, sudo, payroll…"
        leftSection={<Icon name="search" />}
        value={text}
        autoFocus
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {list.error !== null ? <Failed error={list.error} onRetry={list.retry} /> : null}
      {list.loading ? <Waiting /> : null}
      {!list.loading && list.error === null && list.offers.length === 0 ? (
        <Empty
          title={search === '' ? 'Nothing can be asked for yet' : `Nothing is called “${search}”`}
          text={
            search === ''
              ? 'Owners of systems open their access for requests.'
              : 'Try the name of the system. If it should be here, its owner has not opened it for requests.'
          }
        />
      ) : null}
      {list.offers.length === 0 ? null : (
        <ul className={s['results']} aria-label="What can be asked for">
          {list.offers.map((offer) => (
            <li key={offer.id}>
              <div>
                <div className="row">
                  <strong>{offer.name}</strong>
                  <RiskBadge risk={offer.risk} />
                  {offer.privileged ? <Privileged /> : null}
                </div>
                <div className="dim small">
                  {offer.systemName}
                  {offer.description === '' ? '' : ` · ${offer.description}`}
                </div>
              </div>
              {held.has(offer.id) ? (
                <span className="dim small">you have it</span>
              ) : (
                <Button
                  variant="default"
                  disabled={chosen.has(offer.id)}
                  onClick={() => onAdd(offer)}
                  aria-label={`Add ${offer.name} on ${offer.systemName}`}
                >
                  {chosen.has(offer.id) ? 'Added' : 'Add'}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {list.hasMore ? (
        <Button variant="subtle" loading={list.loadingMore} onClick={list.more}>
          Show more
        </Button>
      ) : null}
    </div>
  );
};
