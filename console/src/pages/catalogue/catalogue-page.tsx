import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { catalogueSearch, type Entry } from '../../api/catalogue.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { Privileged, RiskBadge } from '../../ui/show/badges.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { facets, queryOf, usedWords } from './catalogue-words.ts';
import s from './catalogue.module.css';
import { EditDialog } from './edit-dialog.tsx';
import { EntryFacts } from './entry-facts.tsx';
import { FacetPanel } from './facet-panel.tsx';
import { CatalogueView } from './views.tsx';

const pageOf = (row: Entry) => (
  <Link to="/catalogue/$id" params={{ id: row.id }}>
    {row.name}
  </Link>
);

const columns: readonly Column<Entry>[] = [
  { id: 'name', header: 'Entitlement', title: true, width: '18%', cell: pageOf },
  { id: 'system', header: 'System', width: '9%', cell: (row) => row.systemName },
  {
    id: 'for',
    minor: true,
    header: 'For',
    width: '20%',
    cell: (row) => row.description ?? <span className="dim">nobody has said</span>,
  },
  {
    id: 'owner',
    minor: true,
    header: 'Owner',
    width: '9%',
    cell: (row) => row.ownerName ?? <span className="dim">none</span>,
  },
  {
    id: 'risk',
    header: 'Risk',
    width: '11rem',
    cell: (row) => (
      <span className="row">
        <RiskBadge risk={row.risk} />
        {row.privileged ? <Privileged /> : null}
      </span>
    ),
  },
  {
    id: 'class',
    minor: true,
    hidden: true,
    header: 'Data class',
    width: '7rem',
    cell: (row) => row.dataClass ?? <span className="dim">unsaid</span>,
  },
  {
    id: 'holders',
    header: 'Held',
    width: '3.5rem',
    right: true,
    cell: (row) => (row.countedAt === null ? '' : row.holders.toLocaleString('en')),
  },
  {
    id: 'used',
    minor: true,
    header: 'Used',
    width: '9rem',
    cell: (row) => <span className="dim">{usedWords[row.used]}</span>,
  },
];

/** Every entitlement of every system, found while one types and narrowed by what there is of it. */
export const CataloguePage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const [editing, setEditing] = useState<readonly Entry[]>();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const query = queryOf(filters, words);
  const list = useRows(catalogueSearch(query));
  const commands: readonly Command<Entry>[] = [
    {
      id: 'edit',
      label: 'Change…',
      keys: 'e',
      primary: true,
      bulk: true,
      when: () => can(me, 'entitlement.describe_many'),
      run: (rows) => setEditing(rows),
    },
  ];
  return (
    <CatalogueView
      at="/catalogue"
      lead="Every entitlement of every system: what it is for, who answers for it, who has it."
    >
      <div className={s['split']}>
        <FacetPanel
          query={query}
          chosen={filters}
          line={search.q ?? ''}
          onLine={(q) => setSearch({ q: q === '' ? undefined : q })}
        />
        <ListView
          label="Catalogue"
          list={list}
          columns={columns}
          rowId={(row) => row.id}
          rowName={(row) => row.name}
          facets={facets}
          search={search}
          onSearch={setSearch}
          commands={commands}
          selectable={can(me, 'entitlement.describe_many')}
          onPage={(row) => void navigate({ to: '/catalogue/$id', params: { id: row.id } })}
          detail={(row) => <EntryFacts entry={row} />}
          empty={{
            title: 'Nothing is known yet',
            text: 'Connect a system; what can be held there appears with its first reading.',
          }}
          cli="reeve catalogue search"
        />
      </div>
      {editing === undefined ? null : (
        <EditDialog
          ids={editing.map(({ id }) => id)}
          title={
            editing.length === 1 ? `Change ${editing[0]?.name ?? ''}` : `Change ${String(editing.length)} entitlements`
          }
          onClose={() => setEditing(undefined)}
        />
      )}
    </CatalogueView>
  );
};
