import { ActionIcon, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Keys } from '../keyboard/keys-shown.tsx';
import { Icon } from '../show/icon.tsx';
import type { Command } from './column.ts';
import s from './table.module.css';

interface DetailPanelProps<T> {
  readonly title: string;
  readonly row: T;
  readonly children: ReactNode;
  readonly commands: readonly Command<T>[];
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
  readonly onClose: () => void;
  readonly page?: ReactNode;
}

/** Details of one row beside its list, so that the row stays in its context. */
export const DetailPanel = <T,>({
  title,
  row,
  children,
  commands,
  onPrevious,
  onNext,
  onClose,
  page,
}: DetailPanelProps<T>) => {
  const open = commands.filter((command) => command.when?.(row) ?? true);
  return (
    <aside className={s['panel']} aria-label={`Details of ${title}`} data-panel>
      <div className={s['panelHead']}>
        <h2 title={title}>{title}</h2>
        {page}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Previous item"
          title="Previous item  ["
          disabled={onPrevious === undefined}
          onClick={onPrevious}
        >
          <Icon name="left" />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Next item"
          title="Next item  ]"
          disabled={onNext === undefined}
          onClick={onNext}
        >
          <Icon name="right" />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label="Close details" title="Close  Esc" onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={s['panelBody']} tabIndex={0} role="group" aria-label={title}>
        {children}
      </div>
      {open.length === 0 ? null : (
        <div className={s['panelActions']}>
          {open.map((command) => (
            <Button
              key={command.id}
              variant={command.primary === true ? 'filled' : 'default'}
              color={command.danger === true ? 'red' : 'indigo'}
              onClick={() => command.run([row])}
              rightSection={command.keys === undefined ? undefined : <Keys of={command.keys} />}
            >
              {command.label}
            </Button>
          ))}
        </div>
      )}
    </aside>
  );
};
