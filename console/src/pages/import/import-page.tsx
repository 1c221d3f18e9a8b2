import { Button, Group, SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  importEndpoint,
  importFile,
  type EndpointImport,
  type FileImport,
  type ImportLine,
} from '../../api/imports.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { FileForm } from './file-form.tsx';

/** What is to be brought in; its own secrets live in this page and nowhere else. */
type Source = { readonly file: FileImport } | { readonly endpoint: EndpointImport };

const words = { made: 'comes in', there: 'there already', wrong: 'left out' } as const;

/** Brings secrets in: first what would come of it is shown, then it is done. */
export const ImportPage = () => {
  const [from, setFrom] = useState('csv');
  const [shown, setShown] = useState<{ readonly of: Source; readonly done: boolean }>();
  const [lines, setLines] = useState<readonly ImportLine[]>([]);
  const [left, setLeft] = useState<string | null>(null);
  const run = useAct({
    run: async ({ of, dryRun, after }: { of: Source; dryRun: boolean; after?: string }) => {
      if (after === undefined) setLines([]);
      if ('file' in of) setLines((await importFile({ ...of.file, dryRun })).lines);
      else
        await importEndpoint({ ...of.endpoint, dryRun, ...(after === undefined ? {} : { after }) }, (more, next) => {
          setLines((before) => [...before, ...more]);
          setLeft(next);
        });
    },
    stales: ['secrets'],
    quiet: true,
    after: (_none, { of, dryRun }) => setShown({ of, done: !dryRun }),
  });
  const show = (of: Source): void => {
    setShown(undefined);
    setLeft(null);
    run.mutate({ of, dryRun: true });
  };
  const coming = lines.filter(({ outcome }) => outcome === 'made').length;
  const keep = (of: Source): void =>
    void confirm({
      title: `Bring ${String(coming)} secrets in?`,
      text: 'What is there already stays as it is. Delete them where they were once you have seen them here.',
      action: 'Bring in',
    }).then((answer) => (answer === undefined ? undefined : run.mutate({ of, dryRun: false })));
  return (
    <Page
      title="Bring secrets in"
      lead="From a CSV, a KeePass file, an export, or straight from a KV endpoint. Nothing is kept before you have seen what would come of it."
      crumbs={<Link to="/vault">Vault</Link>}
    >
      <Section title="Where from">
        <SegmentedControl
          aria-label="Where from"
          value={from}
          onChange={(value) => {
            setFrom(value);
            setShown(undefined);
            setLines([]);
            run.reset();
          }}
          data={[
            { value: 'csv', label: 'CSV' },
            { value: 'keepass', label: 'KeePass' },
            { value: 'kv', label: 'KV export' },
            { value: 'endpoint', label: 'KV endpoint' },
          ]}
        />
        {from === 'endpoint' ? (
          <EndpointForm act={run} onShow={(endpoint) => show({ endpoint })} />
        ) : (
          <FileForm key={from} format={from as FileImport['format']} act={run} onShow={(file) => show({ file })} />
        )}
      </Section>
      {lines.length === 0 ? null : (
        <Section
          title={shown?.done === true ? 'What came of it' : 'What would come of it'}
          aside={
            shown === undefined || shown.done || coming === 0 ? undefined : (
              <Group gap="xs">
                <Button size="compact-sm" loading={run.isPending} onClick={() => keep(shown.of)}>
                  Bring {coming} in…
                </Button>
              </Group>
            )
          }
        >
          {left === null || run.isPending ? null : (
            <p role="status">
              It broke off behind <span className="mono">{left}</span>. Show it again: what came in is there already.
            </p>
          )}
          <PlainTable
            label="Secrets"
            rows={lines}
            rowId={(line) => `${line.at} ${line.name ?? ''} ${line.kind ?? ''}`}
            empty=""
            columns={[
              { id: 'at', header: 'There', cell: (line) => line.at },
              {
                id: 'name',
                header: 'Here',
                title: true,
                cell: (line) => <span className="mono">{line.name ?? '–'}</span>,
              },
              { id: 'kind', header: 'Kind', cell: (line) => line.kind?.replaceAll('_', ' ') ?? '' },
              {
                id: 'outcome',
                header: 'Outcome',
                cell: (line) =>
                  line.outcome === 'made' && shown?.done === true
                    ? 'came in'
                    : `${words[line.outcome]}${line.outcome === 'wrong' ? `: ${line.problem ?? ''}` : ''}`,
              },
            ]}
          />
        </Section>
      )}
    </Page>
  );
};
