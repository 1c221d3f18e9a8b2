import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { letIn, newToken, scimClientList, shutOut } from '../../api/scim.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { CommandLine } from '../../ui/show/copyable.tsx';
import { ShownOnce } from '../../ui/show/shown-once.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';

type Client = Item<'scimClients.list'>;
const DAY_MS = 86_400_000;
const endsIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
/** How long a new token lasts that takes the place of another. */
const NEXT_DAYS = 180;
/** How long the one before still works, so that nobody is shut out while it is changed there. */
const OVERLAP_HOURS = 24;

const usernames = [
  { value: 'local_part', label: 'what is before the @ of userName' },
  { value: 'whole', label: 'all of userName' },
  { value: 'none', label: 'nothing; another source names them' },
] as const;

const LetIn = ({ onToken }: { readonly onToken: (token: string) => void }) => {
  const [form, setForm] = useState<{ name: string; usernameFrom: (typeof usernames)[number]['value']; days: string }>({
    name: '',
    usernameFrom: 'local_part',
    days: String(NEXT_DAYS),
  });
  const make = useAct({
    run: () =>
      letIn({ name: form.name.trim(), usernameFrom: form.usernameFrom, tokenEndsAt: endsIn(Number(form.days)) }),
    stales: ['scim-clients', 'sources'],
    quiet: true,
    after: ({ token }) => onToken(token),
  });
  const wrong = fieldErrors(make.error);
  return (
    <Section title="Let a directory in">
      <PlainForm act={make} label="Let it in" onSubmit={() => make.mutate(undefined)}>
        <TextInput
          label="Name"
          description="It becomes a source of people of that name"
          required
          withAsterisk={false}
          error={wrong['name']}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <NativeSelect
          label="The user name of a person is"
          value={form.usernameFrom}
          onChange={(event) => {
            const chosen = usernames.find(({ value }) => value === event.currentTarget.value);
            if (chosen !== undefined) setForm({ ...form, usernameFrom: chosen.value });
          }}
          data={[...usernames]}
        />
        <NativeSelect
          label="Its token ends after"
          value={form.days}
          onChange={(event) => setForm({ ...form, days: event.currentTarget.value })}
          data={[
            { value: '30', label: '30 days' },
            { value: '90', label: '90 days' },
            { value: '180', label: '180 days' },
          ]}
        />
      </PlainForm>
    </Section>
  );
};

/** Directories that push people and groups over SCIM: how much came, when last, and their tokens. */
export const DirectoriesPage = () => {
  const me = useMe();
  const list = useRows(scimClientList());
  const [token, setToken] = useState<string>();
  const rotate = useAct({
    run: (client: Client) => newToken(client.id, { tokenEndsAt: endsIn(NEXT_DAYS), overlapHours: OVERLAP_HOURS }),
    stales: ['scim-clients'],
    quiet: true,
    after: ({ token: made }) => setToken(made),
  });
  const remove = useAct({
    run: (client: Client) => shutOut(client.id),
    stales: ['scim-clients'],
    done: () => 'Shut out; its people stay as they are',
  });
  const askRotate = (client: Client): void =>
    void confirm({
      title: `Another token for ${client.name}?`,
      text: `The one it has works for ${String(OVERLAP_HOURS)} more hours. The new one is shown once, and ends in ${String(NEXT_DAYS)} days.`,
      action: 'Make it',
    }).then((answer) => (answer === undefined ? undefined : rotate.mutate(client)));
  const askRemove = (client: Client): void =>
    void confirm({
      title: `Shut ${client.name} out?`,
      text: 'Its tokens end at once. Nobody it pushed leaves by it.',
      action: 'Shut it out',
      danger: true,
    }).then((answer) => (answer === undefined ? undefined : remove.mutate(client)));
  return (
    <Page
      title="Directories that push"
      crumbs={<Link to="/sources">People sources</Link>}
      lead="What a directory pushes over SCIM 2.0 is a source like any other: planned, and held when it is over a limit."
    >
      <CommandLine text={`${location.origin}/scim/v2`} />
      <ShownOnce value={token} label="the token" onDone={() => setToken(undefined)} />
      <Loaded list={list}>
        {(clients) => (
          <PlainTable
            label="Directories"
            rows={clients}
            rowId={(client) => client.id}
            empty="None is let in."
            columns={[
              {
                id: 'name',
                header: 'Name',
                title: true,
                cell: (client) => (
                  <Link to="/sources/$name" params={{ name: client.name }}>
                    {client.name}
                  </Link>
                ),
              },
              { id: 'users', header: 'Users', cell: (client) => client.users },
              { id: 'groups', header: 'Groups', cell: (client) => client.groups },
              { id: 'used', header: 'Last pushed', cell: (client) => <TimeAgo at={client.lastUsedAt} /> },
              {
                id: 'ends',
                header: 'Token ends in',
                cell: (client) =>
                  client.tokenEndsAt === null ? 'none works' : <Countdown to={client.tokenEndsAt} over="ended" />,
              },
              { id: 'may', header: 'May', cell: (client) => client.scopes.join(', ') },
              {
                id: 'actions',
                header: 'Actions',
                cell: (client) => (
                  <span className="row">
                    {can(me, 'scim_client.rotate') ? (
                      <Button
                        variant="subtle"
                        size="compact-xs"
                        aria-label={`Token… for ${client.name}`}
                        onClick={() => askRotate(client)}
                      >
                        Token…
                      </Button>
                    ) : null}
                    {can(me, 'scim_client.remove') ? (
                      <Button
                        variant="subtle"
                        color="red"
                        size="compact-xs"
                        aria-label={`Shut out… ${client.name}`}
                        onClick={() => askRemove(client)}
                      >
                        Shut out…
                      </Button>
                    ) : null}
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {can(me, 'scim_client.create') ? <LetIn onToken={setToken} /> : null}
    </Page>
  );
};
