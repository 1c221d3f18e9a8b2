import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { foundQuery, type SessionSearch } from '../../api/finding.ts';
import type { FoundInSession } from '../../api/shapes/guard.ts';
import { Empty, Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Tag } from '../../ui/show/badges.tsx';
import { Icon } from '../../ui/show/icon.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import s from './sessions.module.css';

const route = getRouteApi('/shell/find');
const kinds = [
  { value: '', label: 'Anything' },
  { value: 'command', label: 'Commands at a terminal' },
  { value: 'exec', label: 'Commands run at once' },
  { value: 'statement', label: 'Statements' },
  { value: 'file', label: 'Files' },
  { value: 'refused', label: 'What was refused' },
];

const One = ({ found }: { readonly found: FoundInSession }) => (
  <li className="card">
    <pre className={s['found']}>{found.text}</pre>
    <div className="row small">
      <Tag>{found.type}</Tag>
      <span>
        {found.identityName} on{' '}
        <span className="mono">
          {found.accountName}@{found.systemName}
        </span>
      </span>
      <TimeAgo at={found.at} />
      {found.purged ? (
        <span className="dim">its recording is there no more</span>
      ) : (
        <Link to="/sessions/$id" params={{ id: found.sessionId }} search={{ at: found.atMs / 1000 }}>
          {found.type === 'statement' ? 'Show the session' : 'Go to the moment'}
        </Link>
      )}
    </div>
  </li>
);

/** What was run in all sessions one may watch, found by its words, each a step from the moment in the recording. */
export const FindPage = () => {
  const { words = '', type } = route.useSearch();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(words);
  const search: SessionSearch = {
    words,
    ...(type === undefined ? {} : { type: type as NonNullable<SessionSearch['type']> }),
  };
  const found = useInfiniteQuery(foundQuery(search));
  const rows = found.data?.pages.flatMap((page) => page.items) ?? [];
  const look = (next: { readonly words: string; readonly type: string }): void =>
    void navigate({
      to: '/find',
      search: { ...(next.words === '' ? {} : { words: next.words }), ...(next.type === '' ? {} : { type: next.type }) },
    });
  return (
    <Page title="Find in sessions">
      <form
        className="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          look({ words: typed.trim(), type: type ?? '' });
        }}
      >
        <TextInput
          aria-label="Words"
          placeholder="systemctl nginx, /etc/shadow, orders…"
          leftSection={<Icon name="search" />}
          value={typed}
          maxLength={200}
          style={{ flex: 1 }}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label="Kind"
          value={type ?? ''}
          data={kinds}
          onChange={(event) => look({ words: typed.trim(), type: event.currentTarget.value })}
        />
        <Button type="submit" loading={found.isFetching}>
          Find
        </Button>
      </form>
      <p className="dim small">
        All words have to be there. What you look for is recorded, as watching is; what is hidden in recordings is not
        found.
      </p>
      {found.error === null ? null : <Failed error={found.error} onRetry={() => void found.refetch()} />}
      {words !== '' && found.isPending && found.error === null ? <Waiting /> : null}
      {words !== '' && found.data !== undefined && rows.length === 0 && !found.hasNextPage ? (
        <Empty title="Nothing was found" text="No session you may watch has all of these words in one command." />
      ) : null}
      <ol className={s['finds']} aria-label="Found">
        {rows.map((one) => (
          <One key={`${one.sessionId} ${String(one.n)}`} found={one} />
        ))}
      </ol>
      {found.hasNextPage ? (
        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          Look further back
        </Button>
      ) : null}
    </Page>
  );
};
