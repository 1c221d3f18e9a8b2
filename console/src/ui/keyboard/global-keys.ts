import { useEffect } from 'react';
import { preferences } from '../preferences.ts';
import { currentActions } from './actions.ts';
import { isTyping, nameOf, needsModifier, stepChord } from './keys.ts';

const patience = 1_200;
const dialogOpen = (): boolean => document.querySelector('[aria-modal="true"]') !== null;

/**
 * Listens for the shortcuts of global actions. Single keys act only outside text and dialogs, and not at all when the person
 * switched them off; what a list has already handled is left alone.
 */
export const useGlobalKeys = (): void => {
  useEffect(() => {
    let pending: string | undefined;
    let since = 0;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Meta', 'Alt'].includes(event.key))
        return;
      const name = nameOf(event);
      if (needsModifier(name) && (isTyping(event.target) || dialogOpen() || !preferences().singleKeys)) return;
      const offered = currentActions().filter((action) => action.scope !== 'list' && action.keys !== undefined);
      const known = new Set(offered.flatMap((action) => action.keys ?? []));
      const step = stepChord(event.timeStamp - since < patience ? pending : undefined, name, known);
      pending = step.pending;
      since = event.timeStamp;
      if (step.run === undefined) return;
      event.preventDefault();
      offered.find((action) => action.keys === step.run)?.run();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
};
