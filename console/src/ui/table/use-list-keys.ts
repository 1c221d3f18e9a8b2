import type { KeyboardEvent } from 'react';
import { isTyping, nameOf } from '../keyboard/keys.ts';
import { preferences } from '../preferences.ts';
import type { Command } from './column.ts';

interface ListKeys<T> {
  readonly rows: readonly T[];
  /** Index of the active row; -1 when there is none. */
  readonly at: number;
  readonly panelOpen: boolean;
  readonly commands: readonly Command<T>[];
  /** The rows a command would act on. */
  readonly targets: (command: Command<T>) => readonly T[];
  readonly move: (to: number) => void;
  readonly moveOpen: (to: number) => void;
  readonly open: (row: T, event: KeyboardEvent) => void;
  readonly select: ((row: T, range: boolean) => void) | undefined;
  /** Closes the panel, or clears the choice; false when there was neither. */
  readonly back: () => boolean;
}

/** The keyboard contract of every list. Acts only on events from inside the list or its panel, never while typing. */
export const listKeys =
  <T>(list: ListKeys<T>) =>
  (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event.target) || !(event.target instanceof Element)) return;
    const name = nameOf(event.nativeEvent);
    const letters = preferences().singleKeys;
    const inGrid = event.target.closest('[data-list]') !== null;
    // On a link or button inside a row, Enter and Space are that control's own.
    const onControl = event.target.closest('a, button, label, input') !== null;
    const row = list.rows[list.at];
    const done = (act: () => void): void => {
      event.preventDefault();
      act();
    };
    if (name === 'escape') {
      if (list.back()) event.preventDefault();
      return;
    }
    if (inGrid) {
      if (name === 'arrowdown' || (letters && name === 'j')) return done(() => list.move(list.at + 1));
      if (name === 'arrowup' || (letters && name === 'k')) return done(() => list.move(list.at - 1));
      if (name === 'home') return done(() => list.move(0));
      if (name === 'end') return done(() => list.move(list.rows.length - 1));
      if (row !== undefined && !onControl) {
        if (name === 'enter' || name === 'mod+enter' || (letters && name === 'o'))
          return done(() => list.open(row, event));
        if (list.select !== undefined && (name === 'space' || (letters && name === 'x')))
          return done(() => list.select?.(row, false));
      }
      if (row !== undefined && list.select !== undefined && letters && name === 'shift+x')
        return done(() => list.select?.(row, true));
    }
    if (!letters) return;
    if (list.panelOpen && name === ']') return done(() => list.moveOpen(list.at + 1));
    if (list.panelOpen && name === '[') return done(() => list.moveOpen(list.at - 1));
    // A letter means the same with Shift, unless another command is written that way.
    const command =
      list.commands.find(({ keys }) => keys === name) ??
      list.commands.find(({ keys }) => keys !== undefined && `shift+${keys}` === name);
    if (command === undefined) return;
    const targets = list.targets(command);
    if (targets.length > 0) done(() => command.run(targets));
  };
