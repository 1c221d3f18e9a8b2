import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { keyTrustQuery } from '../../api/findings.ts';
import type { KeyTrust } from '../../api/shapes/findings.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Tag } from '../../ui/show/badges.tsx';
import type { Column } from '../../ui/table/column.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import s from './findings.module.css';

type Way = KeyTrust['ways'][number];
type Key = KeyTrust['keys'][number];

const BY: Readonly<Record<Way['steps'][number]['by'], string>> = {
  key: 'with a key',
  becomes: 'becomes root',
  is: 'as root',
};
const some = (names: readonly string[], none: string) =>
  names.length === 0 ? (
    <span className="dim">{none}</span>
  ) : (
    <span className="mono" title={names.join('\n')}>
      {names.slice(0, 3).join(', ')}
      {names.length > 3 ? ` and ${String(names.length - 3)} more` : ''}
    </span>
  );

const keyColumns: readonly Column<Key>[] = [
  {
    id: 'key',
    header: 'Key',
    title: true,
    cell: (row) => (
      <span className="mono" title={row.fingerprint}>
        {row.comment === '' ? row.fingerprint.slice(0, 19) : row.comment}
      </span>
    ),
  },
  { id: 'heldBy', header: 'Held by', cell: (row) => some(row.heldBy, 'no host that was looked at') },
  { id: 'opens', header: 'Opens', cell: (row) => some(row.opens, 'nothing that was looked at') },
];

/** Who can reach root where, through which key: the ways first, then every key. */
export const KeysPage = () => {
  const trust = useQuery(keyTrustQuery());
  const names = new Map(trust.data?.nodes.map((node) => [node.id, `${node.account}@${node.systemName}`]));
  const name = (id: string): string => names.get(id) ?? id;
  return (
    <Page
      title="SSH key trust"
      crumbs={<Link to="/findings">Discovery</Link>}
      lead="Which keys lead to root of another host, from whom, and by which steps."
    >
      {trust.error !== null ? (
        <Failed error={trust.error} onRetry={() => void trust.refetch()} />
      ) : trust.data === undefined ? (
        <Waiting />
      ) : (
        <div className="stack">
          <Section title="Ways to root" aside={<Tag>{`${String(trust.data.ways.length)} ways`}</Tag>}>
            {trust.data.ways.length === 0 ? (
              <p className="dim">No key leads from an ordinary account to root of another host.</p>
            ) : (
              <ul className={s['ways']}>
                {trust.data.ways.map((way) => (
                  <li key={`${way.from} ${way.to}`}>
                    <span className={s['node']}>{name(way.from)}</span>
                    {way.steps.map((step) => (
                      <span key={`${step.from} ${step.to}`} className={s['step']}>
                        <span className={s['arrow']} title={step.place}>
                          {BY[step.by]}
                          {step.fingerprint === null ? '' : ` ${step.fingerprint.slice(0, 15)}…`} →
                        </span>
                        <span className={s['node']} data-root={step.to === way.to ? '' : undefined}>
                          {name(step.to)}
                        </span>
                      </span>
                    ))}
                  </li>
                ))}
              </ul>
            )}
          </Section>
          <Section title="Keys">
            <PlainTable
              label="Keys"
              rows={trust.data.keys}
              columns={keyColumns}
              rowId={(row) => row.fingerprint}
              empty="No host was looked at yet."
            />
          </Section>
        </div>
      )}
    </Page>
  );
};
