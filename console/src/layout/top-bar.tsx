import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMe } from '../api/me.ts';
import { signOut } from '../api/signin.ts';
import { useAct } from '../ui/feedback/act.ts';
import { useActions } from '../ui/keyboard/actions.ts';
import { Keys } from '../ui/keyboard/keys-shown.tsx';
import { setPreferences, usePreferences } from '../ui/preferences.ts';
import { Icon } from '../ui/show/icon.tsx';
import { openPalette } from './palette.tsx';
import s from './layout.module.css';

interface TopBarProps {
  readonly menuOpen: boolean;
  readonly onMenu: () => void;
  readonly onHelp: () => void;
}

export const TopBar = ({ menuOpen, onMenu, onHelp }: TopBarProps) => {
  const me = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density } = usePreferences();
  const out = useAct({
    run: signOut,
    stales: [],
    after: () => {
      client.clear();
      void navigate({ to: '/signin' });
    },
  });
  const nextScheme = colorScheme === 'auto' ? 'light' : colorScheme === 'light' ? 'dark' : 'auto';
  const nextDensity = density === 'compact' ? 'cozy' : 'compact';
  useActions([
    {
      id: 'scheme',
      label: `Theme: switch to ${nextScheme}`,
      group: 'Console',
      keywords: 'dark light auto',
      run: () => setColorScheme(nextScheme),
    },
    {
      id: 'density',
      label: `Rows: switch to ${nextDensity}`,
      group: 'Console',
      keywords: 'density spacing',
      run: () => setPreferences({ density: nextDensity }),
    },
    { id: 'help', label: 'Keyboard shortcuts', group: 'Console', keys: '?', run: onHelp },
    { id: 'signout', label: 'Sign out', group: 'Console', run: () => out.mutate() },
  ]);
  return (
    <section className={s['top']} aria-label="Search and account">
      <div className={s['brand']}>
        <Link to="/">
          <img src="/favicon.svg" alt="" />
          Reeve
        </Link>
      </div>
      <div className={s['bar']}>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={s['burger'] ?? ''}
          aria-label={menuOpen ? 'Close menu' : 'Open menu'}
          aria-expanded={menuOpen}
          onClick={onMenu}
        >
          <Icon name={menuOpen ? 'close' : 'menu'} />
        </ActionIcon>
        <button type="button" className={s['search']} onClick={openPalette}>
          <Icon name="search" />
          <span>Go to, or do…</span>
          <Keys of="mod+k" />
        </button>
        <span className={s['push']} />
        {me.environment === undefined ? null : <span className={s['ribbon']}>{me.environment}</span>}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts  ?"
          onClick={onHelp}
        >
          <span aria-hidden>?</span>
        </ActionIcon>
        <Menu position="bottom-end" width={220} withinPortal={false}>
          <Menu.Target>
            <button type="button" className={s['me']} aria-label={`${me.displayName}, my menu`}>
              <Icon name="person" />
              <span>{me.displayName}</span>
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>
              {me.displayName}
              {me.roles.length === 0 ? '' : ` · ${me.roles.join(', ').replaceAll('_', ' ')}`}
            </Menu.Label>
            <Menu.Item leftSection={<Icon name="settings" />} onClick={() => void navigate({ to: '/settings' })}>
              My sign-in and keys
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="sun" />} onClick={() => setColorScheme(nextScheme)}>
              Theme: {colorScheme}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="list" />} onClick={() => setPreferences({ density: nextDensity })}>
              Rows: {density}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item leftSection={<Icon name="out" />} onClick={() => out.mutate()}>
              Sign out
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </section>
  );
};
