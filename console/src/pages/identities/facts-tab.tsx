import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { lineageQuery } from '../../api/sources.ts';
import { Tag } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';

/** What a fact shown here is called in a source's mapping. */
const FACT: Readonly<Record<string, string>> = {
  'User name': 'username',
  Mail: 'email',
  Department: 'department',
  Unit: 'orgUnit',
  Job: 'jobTitle',
  Manager: 'manager',
  State: 'status',
};

/** Facts of somebody, each with the source it is from and what other sources say instead. */
export const FactsFrom = ({
  id,
  of,
}: {
  readonly id: string;
  readonly of: readonly (readonly [string, ReactNode | undefined])[];
}) => {
  const lineage = useQuery(lineageQuery(id));
  const origins = new Map(lineage.data?.facts.map((fact) => [fact.fact, fact]));
  return (
    <>
      <Facts
        of={of.map(([name, value]) => {
          const origin = origins.get(FACT[name] ?? name);
          if (value === undefined || origin === undefined) return [name, value] as const;
          return [
            name,
            <span key={name}>
              {value}{' '}
              {origin.source === null ? null : (
                <Link to="/sources/$name" params={{ name: origin.source }}>
                  <Tag>{origin.source}</Tag>
                </Link>
              )}
              {FACT[name] === 'manager' ? null : (
                <span className="dim small">
                  {' '}
                  {origin.others.map((other) => `${other.source} says ${other.value}`).join('; ')}
                </span>
              )}
            </span>,
          ] as const;
        })}
      />
      {lineage.data === undefined || lineage.data.sources.length === 0 ? null : (
        <p className="dim">
          Known to{' '}
          {lineage.data.sources
            .map((s) => `${s.source} as ${s.externalId}${s.present ? '' : ' (no longer)'}`)
            .join(', ')}
          .
        </p>
      )}
    </>
  );
};
