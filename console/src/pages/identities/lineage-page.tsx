import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { accessLineageQuery } from '../../api/people.ts';
import type { Out } from '../../api/shapes/of-contract.ts';
import { Empty, Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts, Path, Timeline, type Moment } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';

const route = getRouteApi('/shell/identities/$id/access/$entitlementId');
type Way = Out<'access.lineage'>['ways'][number];
type Grant = NonNullable<Way['grant']>;
type Cause = Grant['cause'];

const who = (condition: Readonly<Record<string, readonly string[]>>): string => {
  const parts = Object.entries(condition).map(
    ([field, values]) => `${field.replaceAll('_', ' ')} ${values.join(' or ')}`,
  );
  return parts.length === 0 ? 'everybody' : parts.join(', ');
};

/** The steps from a grant back to its cause, the nearest first. */
const stepsOf = (cause: Cause): readonly Moment[] => {
  switch (cause.kind) {
    case 'birthright':
      return [
        {
          id: 'rule',
          title: `Rule “${cause.rule}”`,
          text: `Gives it to ${cause.personCondition === null ? who(cause.condition) : `whoever fits ${cause.personCondition}`}.`,
        },
        ...cause.facts.map((fact) => ({
          id: `fact ${fact.fact}`,
          title: `${fact.fact} is ${fact.value ?? 'not set'}`,
          text:
            fact.source === null
              ? 'Put by hand, or by a source that is silent now.'
              : `Says ${fact.source}, ${fact.externalId ?? ''}.`,
        })),
        ...cause.rows.map((row) => ({
          id: `row ${row.source} ${row.externalId}`,
          at: row.deliveredAt,
          title: (
            <Link to="/sources/$name" params={{ name: row.source }}>{`Row ${row.externalId} of ${row.source}`}</Link>
          ),
          text: row.present ? `As last changed by the delivery of ${row.deliveredBy}.` : 'The source no longer has it.',
        })),
      ];
    case 'request':
      return [
        ...cause.decisions.toReversed().map((one) => ({
          id: `step ${one.step} ${one.by}`,
          at: one.at,
          title: `${one.decision} by ${one.by}`,
          text: `As ${one.step.replaceAll('_', ' ')}${one.comment === null ? '' : `: ${one.comment}`}`,
        })),
        {
          id: 'request',
          at: cause.submittedAt,
          title: (
            <Link
              to="/requests/$id"
              params={{ id: cause.requestId }}
            >{`Request R-${String(cause.number)} of ${cause.requester}`}</Link>
          ),
          text: cause.reason,
        },
      ];
    case 'drift':
      return [
        {
          id: 'drift',
          at: cause.since,
          title: 'Found on the system, and adopted',
          text: cause.because ?? 'By the reaction set for it.',
        },
      ];
    case 'given':
      return [];
  }
};

const ByGrant = ({ grant }: { readonly grant: Grant }) => {
  const told: readonly Moment[] =
    grant.told === null
      ? []
      : [
          {
            id: 'told',
            at: grant.told.at,
            title: `Granted by ${grant.told.by}`,
            text: (
              <Link to="/audit" search={{ q: grant.told.eventId }}>
                Its entry in the audit log
              </Link>
            ),
          },
        ];
  return (
    <>
      <Facts of={[['Reason', grant.reason ?? undefined]]} />
      <Timeline label="What caused it, the nearest first" of={[...told, ...stepsOf(grant.cause)]} />
    </>
  );
};

const ByAccount = ({ account }: { readonly account: NonNullable<Way['account']> }) => (
  <Facts
    of={[
      [
        'Account',
        <span key="name" className="mono">
          {account.name}
        </span>,
      ],
      [
        'Granted',
        <StateBadge key="founded" tone={account.founded ? 'good' : 'bad'}>
          {account.founded ? 'yes, see above' : 'no grant leads to it'}
        </StateBadge>,
      ],
      ['Given there by', account.givenBy ?? undefined],
      ['Theirs because', account.linkedBecause ?? undefined],
      ['Last seen', <TimeAgo key="seen" at={account.observedAt} never="not seen" />],
      ['Known by', account.quality?.replaceAll('_', ' ')],
    ]}
  />
);

/** Where an access of somebody comes from: each way they reach it, back to the row of a source or the decision that caused it. */
export const LineagePage = () => {
  const { id, entitlementId } = route.useParams();
  const lineage = useQuery(accessLineageQuery(id, entitlementId));
  if (lineage.error !== null && lineage.data === undefined)
    return <Failed error={lineage.error} onRetry={() => void lineage.refetch()} />;
  if (lineage.data === undefined) return <Waiting />;
  const { data } = lineage;
  return (
    <Page
      title={data.entitlementName}
      crumbs={
        <Link to="/identities/$id" params={{ id }}>
          {data.identityName}
        </Link>
      }
      lead={`Where this access of ${data.identityName} comes from.`}
    >
      {data.ways.length === 0 ? (
        <Empty title="They do not reach it now" text="Their history tells when they did." />
      ) : null}
      {data.ways.map((way) => (
        <Section
          key={`${way.via} ${way.path.map((step) => step.id).join(' ')}`}
          title={way.via === 'grant' ? 'By a grant' : 'On the system, as read'}
          aside={
            <span className="dim small">
              since <TimeAgo at={way.validFrom} />
            </span>
          }
        >
          <Path of={[data.identityName, ...way.path.map((step) => (step.kind === 'grant' ? 'grant' : step.name))]} />
          {way.grant === null ? null : <ByGrant grant={way.grant} />}
          {way.account === null ? null : <ByAccount account={way.account} />}
        </Section>
      ))}
    </Page>
  );
};
