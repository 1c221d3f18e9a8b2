import { Tabs } from '@mantine/core';
import { Page } from '../../ui/page.tsx';
import { Calendars } from './calendars.tsx';
import { Deliveries } from './deliveries.tsx';
import { LinkSettings } from './link-settings.tsx';
import { Mails } from './mails.tsx';
import { Texts } from './texts.tsx';
import { Webhooks } from './webhooks.tsx';

/** How people and other programs are told, and in which hours what waits for people is counted. */
export const NoticesPage = () => (
  <Page
    title="Notices"
    lead="Who is told of what happens, whether it arrived, and the hours people are given to answer."
  >
    <Tabs defaultValue="webhooks" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="webhooks">Webhooks</Tabs.Tab>
        <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>
        <Tabs.Tab value="mails">Mails</Tabs.Tab>
        <Tabs.Tab value="texts">Texts</Tabs.Tab>
        <Tabs.Tab value="calendars">Calendars</Tabs.Tab>
        <Tabs.Tab value="links">Links in mails</Tabs.Tab>
      </Tabs.List>
      <div style={{ paddingTop: 16 }}>
        <Tabs.Panel value="webhooks">
          <Webhooks />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <Deliveries />
        </Tabs.Panel>
        <Tabs.Panel value="mails">
          <Mails />
        </Tabs.Panel>
        <Tabs.Panel value="texts">
          <Texts />
        </Tabs.Panel>
        <Tabs.Panel value="calendars">
          <Calendars />
        </Tabs.Panel>
        <Tabs.Panel value="links">
          <LinkSettings />
        </Tabs.Panel>
      </div>
    </Tabs>
  </Page>
);
