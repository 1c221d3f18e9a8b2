import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { parametersQuery } from '../../api/role-parameters.ts';
import { holderList, roleQuery, versionList, whomQuery } from '../../api/roles.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { GoneSince } from './gone-since.tsx';
import { ParametersSection } from './parameters-section.tsx';
import { RoleEditor, type EditedPart } from './role-editor.tsx';
import { during, VERSION_TONES } from './role-words.ts';
import { WhomView } from './whom-view.tsx';

const route = getRouteApi('/shell/roles/$id');

/** One role: what it is made of, who has it, its versions, and a new draft. */
export const RolePage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const query = useQuery(roleQuery(id));
  const [editing, setEditing] = useState(false);
  if (query.isPending) return <Waiting />;
  const role = query.data;
  if (role === undefined) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const parts = [
    ...role.roles.map((part) => ({ ...part, what: 'role' as const })),
    ...role.entitlements.map((part) => ({ ...part, what: 'entitlement' as const })),
  ];
  return (
    <Page
      title={role.name}
      crumbs={<Link to="/roles">Roles</Link>}
      actions={
        can(me, 'role_version.draft') && !editing ? (
          <Button size="sm" onClick={() => setEditing(true)}>
            New draft
          </Button>
        ) : null
      }
    >
      <Facts
        of={[
          ['What for', role.description ?? undefined],
          ['Owner', role.ownerName ?? 'nobody'],
          ['Risk', role.risk],
          ['May be asked for', role.requestable ? 'yes' : 'no'],
          [
            'Privileged through',
            role.privilegedThrough === null ? undefined : role.privilegedThrough.map((step) => step.name).join(' → '),
          ],
        ]}
      />
      {editing ? (
        <Section title="Draft">
          <Edit roleId={role.id} parts={parts.map(toEdited)} />
        </Section>
      ) : null}
      <Section title="What it is made of">
        <PlainTable
          label="What it is made of"
          rows={parts}
          rowId={(part) => part.id}
          empty="Nothing yet."
          columns={[
            {
              id: 'name',
              header: 'Name',
              title: true,
              cell: (part) =>
                part.what === 'role' ? (
                  <Link to="/roles/$id" params={{ id: part.id }}>
                    {part.name}
                  </Link>
                ) : (
                  <>
                    {part.name} <GoneSince at={part.goneSince} />
                  </>
                ),
            },
            { id: 'what', header: 'What', cell: (part) => part.what },
            { id: 'when', header: 'When', cell: during },
          ]}
        />
      </Section>
      <ParametersSection roleId={role.id} name={role.name} />
      {can(me, 'role_version.read') ? (
        <>
          <Section title="For whom">
            <ForWhom roleId={role.id} />
          </Section>
          <Section title="Versions">
            <Versions roleId={role.id} />
          </Section>
          <Section title="Who has it">
            <Holders roleId={role.id} />
          </Section>
        </>
      ) : null}
    </Page>
  );
};

const Edit = ({ roleId, parts }: { readonly roleId: string; readonly parts: readonly EditedPart[] }) => {
  const query = useQuery(whomQuery(roleId));
  const byValues = useQuery(parametersQuery(roleId));
  if (query.isPending || byValues.isPending) return <Waiting />;
  if (query.data === undefined) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (byValues.data === undefined) return <Failed error={byValues.error} onRetry={() => void byValues.refetch()} />;
  return <RoleEditor roleId={roleId} parts={parts} whom={query.data} byValues={byValues.data} />;
};

const ForWhom = ({ roleId }: { readonly roleId: string }) => {
  const { data } = useQuery(whomQuery(roleId));
  return data === undefined ? null : <WhomView whom={data} />;
};

/** What is in a role already stays since it came; what is still to come keeps its beginning. */
const toEdited = ({
  validFrom,
  validTo,
  ...part
}: Omit<EditedPart, 'validFrom' | 'validTo'> & {
  readonly validFrom: string;
  readonly validTo: string | null;
}): EditedPart => ({
  ...part,
  ...(Date.parse(validFrom) > Date.now() ? { validFrom } : {}),
  ...(validTo === null ? {} : { validTo }),
});

const Versions = ({ roleId }: { readonly roleId: string }) => {
  const list = useRows(versionList(roleId));
  return (
    <PlainTable
      label="Versions"
      rows={list.rows}
      rowId={(row) => row.id}
      empty="It never changed by a version."
      columns={[
        {
          id: 'number',
          header: 'Version',
          title: true,
          cell: (row) => (
            <Link to="/role-versions/$id" params={{ id: row.id }}>
              {`Version ${String(row.number)}`}
            </Link>
          ),
        },
        {
          id: 'state',
          header: 'State',
          cell: (row) => <StateBadge tone={VERSION_TONES[row.state] ?? 'info'}>{row.state}</StateBadge>,
        },
        { id: 'why', header: 'Why', cell: (row) => row.reason },
        { id: 'by', header: 'Drafted by', cell: (row) => row.madeByName },
        { id: 'approved', header: 'Settled by', cell: (row) => row.settledByName ?? '' },
        { id: 'at', header: 'Drafted', cell: (row) => <TimeAgo at={row.madeAt} /> },
      ]}
    />
  );
};

const Holders = ({ roleId }: { readonly roleId: string }) => {
  const list = useRows(holderList(roleId));
  return (
    <>
      <PlainTable
        label="Who has it"
        rows={list.rows}
        rowId={(row) => row.grantId}
        empty="Nobody."
        columns={[{ id: 'who', header: 'Person', title: true, cell: (row) => <IdentityName id={row.identity.id} /> }]}
      />
      {list.hasMore ? (
        <button type="button" onClick={list.more}>
          Show more
        </button>
      ) : null}
    </>
  );
};
