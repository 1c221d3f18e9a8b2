import { Spotlight, createSpotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useMemo } from 'react';
import { useAllActions } from '../ui/keyboard/actions.ts';
import { Keys } from '../ui/keyboard/keys-shown.tsx';

const [store, palette] = createSpotlight();
export const openPalette = (): void => palette.open();

const order = ['This row', 'This page', 'Go to', 'Console'];

/** ⌘K: everything that can be done from here. Mounted components offer it; the palette only lists. */
export const Palette = () => {
  const actions = useAllActions();
  const groups = useMemo((): SpotlightActionGroupData[] => {
    const names = [...new Set(actions.map(({ group }) => group))].toSorted(
      (a, b) => order.indexOf(a) - order.indexOf(b),
    );
    return names.map((group) => ({
      group,
      actions: actions
        .filter((action) => action.group === group)
        .map((action) => ({
          id: action.id,
          label: action.label.replace('…', ''),
          ...(action.description === undefined ? {} : { description: action.description }),
          ...(action.keywords === undefined ? {} : { keywords: action.keywords }),
          ...(action.keys === undefined ? {} : { rightSection: <Keys of={action.keys} /> }),
          onClick: () => action.run(),
        })),
    }));
  }, [actions]);
  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut="mod + K"
      nothingFound="Nothing here is called that. Try a page, a verb or a name."
      searchProps={{ placeholder: 'Go to, or do…', 'aria-label': 'Go to, or do' }}
      lockScroll={false}
      attributes={{ content: { 'aria-label': 'Go to, or do' } }}
      size="md"
      transitionProps={{ duration: 0 }}
      overlayProps={{ transitionProps: { duration: 0 } }}
      scrollable
      maxHeight={420}
      limit={60}
      closeOnActionTrigger
    />
  );
};
