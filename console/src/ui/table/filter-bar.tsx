import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useActions } from '../keyboard/actions.ts';
import { Icon } from '../show/icon.tsx';
import s from './table.module.css';
import { parseTokens, suggest, withToken, type Facets } from './tokens.ts';

interface FilterBarProps {
  readonly label: string;
  readonly value: string;
  readonly facets: Facets;
  readonly onChange: (value: string) => void;
}

/** The filter line: words and `key:value` tokens, kept in the address by the page. `/` comes here, Esc goes back to the list. */
export const FilterBar = ({ label, value, facets, onChange }: FilterBarProps) => {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    // Wait for the hand to rest: a request a letter helps nobody.
    const timer = setTimeout(() => {
      if (text !== value) onChange(text.trim());
    }, 250);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  useActions([
    {
      id: 'list.filter',
      label: `Filter ${label.toLowerCase()}`,
      group: 'This page',
      keys: '/',
      run: () => input.current?.focus(),
    },
  ]);

  const { filters, problems } = parseTokens(value, facets);
  const offers = suggest(text, facets);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Escape') return;
    if (combobox.dropdownOpened) combobox.closeDropdown();
    else document.querySelector<HTMLElement>('[data-list] [tabindex="0"]')?.focus();
  };
  return (
    <div className={s['filter']}>
      <Combobox
        store={combobox}
        withinPortal={false}
        onOptionSubmit={(next) => {
          setText(next);
          if (next.endsWith(':')) combobox.resetSelectedOption();
          else combobox.closeDropdown();
        }}
      >
        <Combobox.Target>
          <TextInput
            ref={input}
            aria-label={`Filter ${label.toLowerCase()}`}
            placeholder={[
              'Filter: words',
              Object.keys(facets)
                .map((key) => `${key}:`)
                .join(' '),
            ]
              .filter(Boolean)
              .join(', or ')}
            leftSection={<Icon name="search" />}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              combobox.openDropdown();
              combobox.updateSelectedOptionIndex();
            }}
            onFocus={() => combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
            onKeyDown={onKeyDown}
            className={s['filterInput'] ?? ''}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={offers.length === 0}>
          <Combobox.Options aria-label="Filters">
            {offers.map((offer) => (
              <Combobox.Option key={offer.text} value={offer.text}>
                {offer.label}
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {Object.entries(filters).map(([key, chosen]) => (
        <button
          key={key}
          type="button"
          className={s['chip']}
          onClick={() => onChange(withToken(value, key, undefined))}
          aria-label={`Drop filter ${key} ${chosen}`}
        >
          {facets[key]?.label ?? key}: {chosen.replaceAll('_', ' ')}
          <Icon name="close" size={12} />
        </button>
      ))}
      {problems.length === 0 ? null : (
        <p role="status" className={s['filterProblem']}>
          {problems.join(' ')}
        </p>
      )}
    </div>
  );
};
