import { Modal, Switch } from '@mantine/core';
import { useAllActions } from '../ui/keyboard/actions.ts';
import { Keys } from '../ui/keyboard/keys-shown.tsx';
import { setPreferences, usePreferences } from '../ui/preferences.ts';
import s from '../ui/keyboard/keyboard.module.css';

/** The keys every list answers to; they act only while focus is in the list or its details. */
const listKeys: readonly (readonly [string, string])[] = [
  ['j', 'Next row'],
  ['k', 'Previous row'],
  ['x', 'Choose row'],
  ['shift+x', 'Choose rows up to here'],
  ['enter', 'Open details'],
  ['mod+enter', 'Open page'],
  ['[', 'Previous item in details'],
  [']', 'Next item in details'],
  ['e', 'Approve, keep, the main act'],
  ['r', 'Reject, revoke'],
  ['u', 'Undo'],
  ['escape', 'Close details, clear choice'],
];

const Group = ({
  title,
  lines,
}: {
  readonly title: string;
  readonly lines: readonly (readonly [string, string])[];
}) => (
  <section className={s['group']}>
    <h3>{title}</h3>
    {lines.map(([keys, label]) => (
      <div key={keys + label} className={s['line']}>
        <span>{label}</span>
        <Keys of={keys} />
      </div>
    ))}
  </section>
);

export const HelpDialog = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => {
  const actions = useAllActions();
  const { singleKeys } = usePreferences();
  const keyed = (group: string) =>
    actions
      .filter((action) => action.group === group && action.keys !== undefined && action.scope !== 'list')
      .map(({ keys = '', label }) => [keys, label] as const);
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Switch
        label="Single-key shortcuts"
        description="Off: only arrows, Enter, Esc and keys with Ctrl or ⌘ act. For speech input, or when keys are hit by accident."
        checked={singleKeys}
        onChange={(event) => setPreferences({ singleKeys: event.currentTarget.checked })}
      />
      <div className={s['help']}>
        <Group title="Go to" lines={keyed('Go to')} />
        <Group title="In a list" lines={listKeys} />
        <Group title="Anywhere" lines={[['mod+k', 'Go to, or do'], ...keyed('This page'), ...keyed('Console')]} />
      </div>
    </Modal>
  );
};
