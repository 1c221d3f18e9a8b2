import { Alert, Button, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { entryQuery, holdersList, type EntryDetail } from '../../api/catalogue.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Privileged, RiskBadge } from '../../ui/show/badges.tsx';
import { Path, Timeline } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { EntryAround } from './entry-around.tsx';
import { EntryForm } from './entry-form.tsx';
import { EntrySaid } from './entry-said.tsx';
import { StewardFields } from './steward-fields.tsx';
import { useEntryEdit } from './use-entry-edit.ts';

const route = getRouteApi('/shell/catalogue/$id');

/** What leads to a holder: their own account or grant, and whether on the way lies a role or another entitlement. */
const wayOf = (path: readonly { readonly kind: string }[]): string =>
  path.some(({ kind }) => kind === 'role')
    ? 'by role'
    : path.filter(({ kind }) => kind === 'entitlement').length > 1
      ? 'by nesting'
      : 'directly';

const Holders = ({ id }: { readonly id: string }) => (
  <Loaded list={useRows(holdersList(id))}>
    {(rows) => (
      <PlainTable
        label="Who has it"
        rows={rows}
        rowId={(row) => `${row.identityId}${row.sourceId}`}
        empty="Nobody has it who is known."
        columns={[
          {
            id: 'who',
            header: 'Who',
            title: true,
            cell: (row) => (
              <Link to="/identities/$id" params={{ id: row.identityId }}>
                {row.identityName ?? row.identityId}
              </Link>
            ),
          },
          { id: 'how', header: 'How', cell: (row) => wayOf(row.path) },
          { id: 'path', header: 'Way', cell: (row) => <Path of={row.path.map(({ name }) => name)} /> },
          { id: 'since', header: 'Since', cell: (row) => <TimeAgo at={row.validFrom} /> },
        ]}
      />
    )}
  </Loaded>
);

const Entry = ({ entry }: { readonly entry: EntryDetail }) => {
  const me = useMe();
  const [editing, setEditing] = useState(false);
  const [tab, setTab] = useState<string | null>('said');
  const button = useRef<HTMLButtonElement>(null);
  const edited = useRef(false);
  const { save, undo, last } = useEntryEdit(
    entry.id,
    () => setEditing(false),
    () => button.current?.focus(),
  );
  useEffect(() => {
    if (!editing && edited.current) button.current?.focus();
    edited.current = editing;
  }, [editing]);
  const mayEdit =
    entry.goneSince === null &&
    (can(me, 'entitlement.describe') || entry.ownerId === me.id || entry.stewards.some(({ id }) => id === me.id));
  const edit = (): void => {
    save.reset();
    setTab('said');
    setEditing(true);
  };
  return (
    <Page
      title={entry.name}
      crumbs={<Link to="/catalogue">Catalogue</Link>}
      actions={
        editing ? null : (
          <>
            {last === undefined ? null : (
              <Button variant="default" size="xs" loading={undo.isPending} onClick={() => undo.mutate(last)}>
                Undo the last change
              </Button>
            )}
            {mayEdit ? (
              <Button ref={button} size="xs" onClick={edit}>
                Edit
              </Button>
            ) : null}
          </>
        )
      }
      lead={
        <span className="row">
          {entry.systemName} · {entry.kind.replaceAll('_', ' ')} · <span className="mono">{entry.nativeId}</span>
          <RiskBadge risk={entry.risk} />
          {entry.privileged ? <Privileged because={entry.privilegedThrough.map(({ name }) => name)} /> : null}
        </span>
      }
    >
      {entry.goneSince === null ? null : (
        <Alert color="red" title="Gone at the source">
          Since <TimeAgo at={entry.goneSince} />. What still names it keeps it as a tombstone:{' '}
          {[...entry.roles, ...entry.rules, ...entry.birthrights].map(({ name }) => name).join(', ') || 'nothing does'}.
        </Alert>
      )}
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="said">What is said</Tabs.Tab>
          <Tabs.Tab value="holders">Who has it</Tabs.Tab>
          <Tabs.Tab value="around">What it implies and what names it</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <div style={{ paddingTop: 14 }}>
          {/* A form keeps what was typed while another tab is looked at. */}
          <Tabs.Panel value="said" keepMounted>
            {editing ? (
              <>
                <EntryForm entry={entry} save={save} close={() => setEditing(false)} />
                {can(me, 'entitlement_steward.name') ? <StewardFields entry={entry} /> : null}
              </>
            ) : (
              <EntrySaid entry={entry} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="holders">
            <Holders id={entry.id} />
          </Tabs.Panel>
          <Tabs.Panel value="around">
            <EntryAround entry={entry} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <Timeline
              label="What was said of it"
              of={entry.history.map((h, i) => ({
                id: `${h.at}${String(i)}`,
                at: h.at,
                title: h.changed.join(', '),
                text: h.changed.includes('description')
                  ? (h.description ?? 'taken away')
                  : h.changed.includes('nativeId')
                    ? h.nativeId
                    : undefined,
              }))}
            />
          </Tabs.Panel>
        </div>
      </Tabs>
    </Page>
  );
};

/** One entitlement: what is said of it and may be changed, who has it by which way, what it implies and what names it. */
export const EntryPage = () => {
  const { id } = route.useParams();
  const entry = useQuery(entryQuery(id));
  if (entry.error !== null && entry.data === undefined)
    return <Failed error={entry.error} onRetry={() => void entry.refetch()} />;
  if (entry.data === undefined) return <Waiting />;
  return <Entry key={id} entry={entry.data} />;
};
