import { answerRename, renameCaseList, type RenameCase } from '../../api/catalogue.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { CatalogueView } from './views.tsx';

const columns: readonly Column<RenameCase>[] = [
  { id: 'was', header: 'Was', title: true, width: '22%', cell: (row) => row.goneName },
  { id: 'is', header: 'Is it?', width: '22%', cell: (row) => row.cameName },
  { id: 'system', header: 'System', width: '14%', cell: (row) => row.systemName },
  { id: 'because', header: 'Because', cell: (row) => row.because },
  { id: 'found', minor: true, header: 'Found', width: '8rem', cell: (row) => <TimeAgo at={row.foundAt} /> },
];

/** Was X, is Y? Asked where a system has no name for what stays when something is renamed. */
export const RenamesPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const list = useRows(renameCaseList());
  const answer = useAct({
    run: ({ row, same }: { readonly row: RenameCase; readonly same: boolean }) => answerRename(row.id, same),
    stales: ['catalogue', 'entitlements'],
    done: (_, { row, same }) =>
      same ? `${row.goneName} is ${row.cameName} from now on` : `${row.cameName} is something else`,
  });
  const may = (): boolean => can(me, 'rename_case.answer');
  const commands: readonly Command<RenameCase>[] = [
    {
      id: 'same',
      label: 'It is the same',
      keys: 'e',
      primary: true,
      when: may,
      run: ([row]) => row !== undefined && answer.mutate({ row, same: true }),
    },
    {
      id: 'another',
      label: 'It is another',
      keys: 'r',
      when: may,
      run: ([row]) => row !== undefined && answer.mutate({ row, same: false }),
    },
  ];
  return (
    <CatalogueView
      at="/catalogue/renames"
      lead="The same keeps its owner, description, grants and rules under the new name."
    >
      <ListView
        label="Renamed?"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.goneName} → ${row.cameName}`}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <p>{`${row.goneName} went from ${row.systemName} with the reading in which ${row.cameName} came: ${row.because}.`}</p>
        )}
        empty={{ title: 'No question', text: 'What was renamed was known by what its system keeps, or nothing was.' }}
        cli="reeve catalogue renames"
      />
    </CatalogueView>
  );
};
