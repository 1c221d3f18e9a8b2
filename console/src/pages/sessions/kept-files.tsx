import { Button, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keptFilesQuery } from '../../api/guard.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { duration } from '../../ui/show/time-ago.tsx';
import { TurnPages, useTurnedPages } from '../../ui/turn-pages.tsx';

const size = (bytes: number): string => `${bytes.toLocaleString('en')} bytes`;

/** The files that were kept with a recording, each to be fetched. Looking and fetching are recorded. */
export const KeptFiles = ({ id }: { readonly id: string }) => {
  const pages = useTurnedPages();
  const { data, error, refetch, isFetching } = useQuery(keptFilesQuery(id, pages.from));
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Waiting />;
  return (
    <div className="stack">
      {data.items.length === 0 ? (
        <p className="dim">No file was kept. Which are is said on the system, under SSH.</p>
      ) : (
        <Table.ScrollContainer minWidth={600}>
          <Table aria-label="Files">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>At</Table.Th>
                <Table.Th>File</Table.Th>
                <Table.Th>Kept</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">Fetch</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((file) => (
                <Table.Tr key={file.n}>
                  <Table.Td>{duration(file.atMs / 1_000)}</Table.Td>
                  <Table.Td>
                    <span className="dim">{file.act === 'read' ? 'read' : 'written'}</span>{' '}
                    <span className="mono" style={{ overflowWrap: 'anywhere' }}>
                      {file.path}
                    </span>
                    {file.sha256 === null ? null : (
                      <div className="small mono dim" style={{ overflowWrap: 'anywhere' }}>
                        sha256 {file.sha256}
                      </div>
                    )}
                  </Table.Td>
                  <Table.Td>
                    {file.whole
                      ? size(file.kept)
                      : `${size(file.kept)} of ${file.bytes === null ? 'a file that was not closed' : size(file.bytes)}`}
                  </Table.Td>
                  <Table.Td>
                    <Button
                      variant="default"
                      size="xs"
                      component="a"
                      href={`/v1/sessions/${encodeURIComponent(id)}/file?n=${String(file.n)}`}
                      download={`session-file-${String(file.n)}.bin`}
                    >
                      Fetch
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {data.problem === null ? null : <p role="alert">The recording is damaged after these: {data.problem}</p>}
      <TurnPages pages={pages} next={data.next} loading={isFetching} />
    </div>
  );
};
