import { Alert, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { entryQuery, holdersList, type EntryDetail } from '../../api/catalogue.ts';
import { useRows } from '../../api/pages.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Privileged, RiskBadge } from '../../ui/show/badges.tsx';
import { Facts, Path, Timeline } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Labels, LastUse } from './entry-facts.tsx';

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

const Names = ({
  of,
  none,
}: {
  readonly of: readonly { readonly id: string; readonly name: string }[];
  readonly none: string;
}) => (of.length === 0 ? <span className="dim">{none}</span> : <span>{of.map(({ name }) => name).join(', ')}</span>);

const Entries = ({ of }: { readonly of: EntryDetail['parents'] }) =>
  of.length === 0 ? (
    <span className="dim">none</span>
  ) : (
    <span>
      {of.map(({ id, name, goneSince }, i) => (
        <span key={id}>
          {i === 0 ? '' : ', '}
          <Link to="/catalogue/$id" params={{ id }}>
            {name}
          </Link>
          {goneSince === null ? '' : ' (gone)'}
        </span>
      ))}
    </span>
  );

const Said = ({ entry }: { readonly entry: EntryDetail }) => (
  <Facts
    of={[
      [
        'What it is for',
        entry.description ?? (
          <span key="d" className="dim">
            nobody has said{entry.suggestion === null ? '' : `; suggested: ${entry.suggestion}`}
          </span>
        ),
      ],
      ['Owner', entry.ownerName === null ? 'none' : `${entry.ownerName}${entry.ownerGone ? ', who has left' : ''}`],
      ['Stewards', <Names key="s" of={entry.stewards} none="none" />],
      ['Data class', entry.dataClass ?? 'nobody has said'],
      ['Regulated by', <Labels key="r" of={entry.regulated} />],
      ['Tags', <Labels key="t" of={entry.tags} />],
      [
        'Needs a licence of',
        entry.licence === null
          ? undefined
          : `${entry.licence}${entry.licenceCost === null ? '' : `, ${entry.licenceCost.toFixed(2)} ${entry.licenceCurrency ?? ''} a month`}`,
      ],
      ['Other names', entry.aliases.length === 0 ? undefined : entry.aliases.join(', ')],
      ['Requestable', entry.requestable ? 'yes' : 'no'],
      [
        'Needed before',
        entry.prerequisites.length === 0
          ? 'nothing'
          : entry.prerequisites.map((p) => (p.value === null ? p.name : `${p.name}: ${p.value}`)).join('; '),
      ],
      ['Needed for', <Names key="n" of={entry.neededBy} none="nothing" />],
      ['Reviewed', entry.reviewedAt === null ? 'never' : <TimeAgo key="rev" at={entry.reviewedAt} />],
      ['Last used', <LastUse key="u" of={entry} />],
      [
        'Accounts that have it',
        entry.countedAt === null ? (
          'not counted yet'
        ) : (
          <span key="h">
            {entry.holders}, counted <TimeAgo at={entry.countedAt} />
          </span>
        ),
      ],
      ['Was called', entry.renamedFrom ?? undefined],
    ]}
  />
);

/** One entitlement: what is said of it, who has it by which way, what it implies and what names it, and what was said when. */
export const EntryPage = () => {
  const { id } = route.useParams();
  const entry = useQuery(entryQuery(id));
  if (entry.error !== null && entry.data === undefined)
    return <Failed error={entry.error} onRetry={() => void entry.refetch()} />;
  if (entry.data === undefined) return <Waiting />;
  const { data } = entry;
  return (
    <Page
      title={data.name}
      crumbs={<Link to="/catalogue">Catalogue</Link>}
      lead={
        <span className="row">
          {data.systemName} · {data.kind.replaceAll('_', ' ')} · <span className="mono">{data.nativeId}</span>
          <RiskBadge risk={data.risk} />
          {data.privileged ? <Privileged because={data.privilegedThrough.map(({ name }) => name)} /> : null}
        </span>
      }
    >
      {data.goneSince === null ? null : (
        <Alert color="red" title="Gone at the source">
          Since <TimeAgo at={data.goneSince} />. What still names it keeps it as a tombstone:{' '}
          {[...data.roles, ...data.rules, ...data.birthrights].map(({ name }) => name).join(', ') || 'nothing does'}.
        </Alert>
      )}
      <Tabs key={id} defaultValue="said" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="said">What is said</Tabs.Tab>
          <Tabs.Tab value="holders">Who has it</Tabs.Tab>
          <Tabs.Tab value="around">What it implies and what names it</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <div style={{ paddingTop: 14 }}>
          <Tabs.Panel value="said">
            <Said entry={data} />
          </Tabs.Panel>
          <Tabs.Panel value="holders">
            <Holders id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="around">
            {data.privilegedThrough.length > 1 ? (
              <Section title="Privileged through">
                <Path of={data.privilegedThrough.map(({ name }) => name)} />
              </Section>
            ) : null}
            <Facts
              of={[
                ['Whoever has it also has', <Entries key="c" of={data.children} />],
                ['It comes with', <Entries key="p" of={data.parents} />],
                ['Roles', <Names key="r" of={data.roles} none="none" />],
                ['Rules of duties', <Names key="s" of={data.rules} none="none" />],
                ['Birthrights', <Names key="b" of={data.birthrights} none="none" />],
              ]}
            />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <Timeline
              label="What was said of it"
              of={data.history.map((h, i) => ({
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
