import { NativeSelect, Switch, Tabs, useMantineColorScheme } from '@mantine/core';
import { Page } from '../../ui/page.tsx';
import { setPreferences, usePreferences } from '../../ui/preferences.ts';
import { Deputies } from './deputies.tsx';
import { NoticePreferences } from './notice-preferences.tsx';
import { Passkeys } from './passkeys.tsx';
import { SshKeys } from './ssh-keys.tsx';
import { Tokens } from './tokens.tsx';

const Look = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density, singleKeys } = usePreferences();
  return (
    <div className="stack" style={{ maxWidth: '28rem' }}>
      <NativeSelect
        label="Theme"
        value={colorScheme}
        onChange={(event) =>
          setColorScheme(
            event.currentTarget.value === 'dark' ? 'dark' : event.currentTarget.value === 'light' ? 'light' : 'auto',
          )
        }
        data={[
          { value: 'auto', label: 'As this device' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <NativeSelect
        label="Rows"
        value={density}
        onChange={(event) => setPreferences({ density: event.currentTarget.value === 'cozy' ? 'cozy' : 'compact' })}
        data={[
          { value: 'compact', label: 'Compact' },
          { value: 'cozy', label: 'Cozy' },
        ]}
      />
      <Switch
        label="Single-key shortcuts"
        description="Letters act in lists, and g i and the like go to pages. Off: only arrows, Enter, Esc and keys with Ctrl or ⌘."
        checked={singleKeys}
        onChange={(event) => setPreferences({ singleKeys: event.currentTarget.checked })}
      />
    </div>
  );
};

/** What belongs to the person signed in: how she proves who she is, and how the console looks. */
export const SettingsPage = () => (
  <Page title="Settings" lead="Your own sign-in, keys, tokens and deputies.">
    <Tabs defaultValue="signin" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="signin">Sign-in</Tabs.Tab>
        <Tabs.Tab value="ssh">SSH keys</Tabs.Tab>
        <Tabs.Tab value="tokens">API tokens</Tabs.Tab>
        <Tabs.Tab value="deputies">Deputies</Tabs.Tab>
        <Tabs.Tab value="mails">Mails</Tabs.Tab>
        <Tabs.Tab value="look">Look and keys</Tabs.Tab>
      </Tabs.List>
      <div style={{ paddingTop: 16 }}>
        <Tabs.Panel value="signin">
          <Passkeys />
        </Tabs.Panel>
        <Tabs.Panel value="ssh">
          <SshKeys />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <Tokens />
        </Tabs.Panel>
        <Tabs.Panel value="deputies">
          <Deputies />
        </Tabs.Panel>
        <Tabs.Panel value="mails">
          <NoticePreferences />
        </Tabs.Panel>
        <Tabs.Panel value="look">
          <Look />
        </Tabs.Panel>
      </div>
    </Tabs>
  </Page>
);
