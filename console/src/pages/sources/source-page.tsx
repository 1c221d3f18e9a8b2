import { Button, FileButton, Group, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { can, useMe } from '../../api/me.ts';
import { previewSource, putSource, sourcesQuery, type SourceDraft } from '../../api/sources.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Empty, Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { linesOf, mappingOf, usualLines, type Source } from './draft.ts';
import { MappingEditor } from './mapping-editor.tsx';
import { placeDraftOf, readFromOf } from './place.ts';
import { PlaceEditor } from './place-editor.tsx';
import { PreviewResult } from './preview-result.tsx';
import { SourceCases } from './source-cases.tsx';
import { TermsEditor, termsDraftOf, termsOf } from './terms-editor.tsx';

const route = getRouteApi('/shell/sources/$name');

type Statuses = NonNullable<NonNullable<SourceDraft['mapping']>['statuses']>;
type Show = 'first' | 'bad' | 'changed';

const LastCollected = ({ of }: { readonly of: Source['collected'] }) =>
  of === null ? null : (
    <p className="dim">
      <TimeAgo at={of.lookedAt} />: {of.problem === null ? 'it was delivered.' : `it was not taken: ${of.problem}`}
    </p>
  );

type Where = 'file' | 'system';

const Editor = ({ source }: { readonly source: Source }) => {
  const me = useMe();
  const may = can(me, 'source.put');
  const [lines, setLines] = useState(linesOf(source));
  const [delimiter, setDelimiter] = useState(source.mapping.delimiter);
  const [terms, setTerms] = useState(termsDraftOf(source.terms));
  const [where, setWhere] = useState<Where>(source.readFrom === null ? 'file' : 'system');
  const [dropFile, setDropFile] = useState(source.dropFile ?? '');
  const [readFrom, setReadFrom] = useState(placeDraftOf(source.readFrom));
  const [managerBy, setManagerBy] = useState(source.mapping.managerBy ?? '');
  const [statuses, setStatuses] = useState<Statuses | undefined>(undefined);
  const [columns, setColumns] = useState<readonly string[]>([]);
  const [file, setFile] = useState<File | null>(null);
  const [show, setShow] = useState<Show>('changed');
  const delivered = source.kind !== 'scim';
  const read = delivered && where === 'system';
  const mapping = (): NonNullable<SourceDraft['mapping']> => ({
    ...mappingOf(source, lines, delimiter),
    managerBy: managerBy.trim() === '' ? null : managerBy.trim(),
    ...(statuses === undefined ? {} : { statuses }),
  });
  const draft = (tried: boolean): SourceDraft => ({
    ...(delivered && (!tried || read || file !== null) ? { mapping: mapping() } : {}),
    ...(delivered && !tried ? { dropFile: read || dropFile.trim() === '' ? null : dropFile.trim() } : {}),
    ...(delivered ? { readFrom: read ? readFromOf(readFrom) : null } : {}),
    terms: termsOf(terms),
  });
  const preview = useMutation({
    mutationFn: async () =>
      previewSource(source.name, draft(true), {
        content: read || file === null ? undefined : await file.text(),
        show,
      }),
  });
  const save = useAct({
    run: () => putSource(source.name, draft(false)),
    stales: ['sources'],
    quiet: true,
    done: () => 'Kept; the next delivery is read so',
  });
  const problems = { ...fieldErrors(preview.error), ...fieldErrors(save.error) };
  return (
    <>
      {delivered ? (
        <Section title="Where its people are">
          <NativeSelect
            label="They come"
            disabled={!may}
            value={where}
            data={[
              { value: 'file', label: 'in a file that is delivered' },
              { value: 'system', label: 'from a connected system that Reeve reads' },
            ]}
            onChange={(event) => setWhere(event.currentTarget.value as Where)}
          />
          {read ? (
            <PlaceEditor
              place={readFrom}
              onChange={setReadFrom}
              problems={problems}
              readOnly={!may}
              onLook={(look) => setColumns(look.columns.map((column) => column.name))}
              onUsual={(usual) => {
                setLines(usualLines(lines, usual));
                setManagerBy(usual['managerBy'] ?? '');
                setStatuses({ active: 'active', locked: 'leaver' });
              }}
            />
          ) : (
            <TextInput
              label="File in the exchange folder"
              description="Delivered whenever a new one is there. Empty: the file is sent with a request."
              placeholder="hr/people.csv"
              disabled={!may}
              value={dropFile}
              error={problems['dropFile']}
              onChange={(event) => setDropFile(event.currentTarget.value)}
            />
          )}
          <LastCollected of={source.collected} />
        </Section>
      ) : null}
      {delivered ? (
        <Section title="Where each fact is">
          {read ? null : (
            <NativeSelect
              label="Values are parted by"
              disabled={!may}
              value={delimiter}
              data={[
                { value: ',', label: 'commas' },
                { value: ';', label: 'semicolons' },
                { value: '\t', label: 'tabs' },
                { value: '|', label: 'bars' },
              ]}
              onChange={(event) => setDelimiter(event.currentTarget.value)}
            />
          )}
          <MappingEditor lines={lines} onChange={setLines} problems={problems} readOnly={!may} columns={columns} />
          <TextInput
            label="A manager is called by"
            description="The column of the manager’s own row that others name, such as @dn in a directory. Empty: the key."
            disabled={!may}
            value={managerBy}
            error={problems['managerBy']}
            onChange={(event) => setManagerBy(event.currentTarget.value)}
          />
        </Section>
      ) : null}
      <Section title="Beside other sources">
        <TermsEditor terms={terms} onChange={setTerms} readOnly={!may} />
      </Section>
      {may ? (
        <Section title="Try it">
          <p className="dim">
            {read
              ? 'What is there now is read and planned by this draft. Nothing is changed.'
              : delivered
                ? 'Choose a file as it is delivered. Without one, what was delivered last is planned by these terms. Nothing is changed.'
                : 'What the directory said last is planned by these terms. Nothing is changed.'}
          </p>
          <Group gap="xs" align="end">
            {delivered && !read ? (
              <FileButton accept=".csv,text/csv" onChange={setFile}>
                {(props) => (
                  <Button variant="default" {...props}>
                    {file === null ? 'Choose a file…' : file.name}
                  </Button>
                )}
              </FileButton>
            ) : null}
            <NativeSelect
              label="Show"
              value={show}
              data={[
                { value: 'changed', label: 'rows that change something' },
                { value: 'bad', label: 'rows that cannot be read' },
                { value: 'first', label: 'the first rows' },
              ]}
              onChange={(event) => setShow(event.currentTarget.value as Show)}
            />
            <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>
              Try
            </Button>
            <Button
              loading={save.isPending}
              onClick={() =>
                void confirm({
                  title: `Read ${source.name} so from now on?`,
                  text:
                    preview.data === undefined
                      ? 'You have not tried it. The next delivery is read so, within the limits.'
                      : 'The next delivery is read so, within the limits.',
                  action: 'Keep it',
                }).then((answer) => (answer === undefined ? undefined : save.mutate(undefined)))
              }
            >
              Keep…
            </Button>
          </Group>
          <Problem error={preview.error ?? save.error} />
          {preview.data === undefined ? null : <PreviewResult of={preview.data} />}
        </Section>
      ) : null}
      <Section title="Who is it?">
        <SourceCases source={source.name} may={can(me, 'source_case.resolve')} />
      </Section>
    </>
  );
};

/** One source of people: how it is read, how it stands beside others, and what a change of that would do. */
export const SourcePage = () => {
  const { name } = route.useParams();
  const sources = useQuery(sourcesQuery);
  const source = sources.data?.items.find((s) => s.name === name);
  return (
    <Page
      title={name}
      crumbs={<Link to="/sources">People sources</Link>}
      lead="How it is read, and how it stands beside other sources. Try a change before you keep it."
    >
      {sources.error === null ? null : <Failed error={sources.error} onRetry={() => void sources.refetch()} />}
      {sources.isPending ? <Waiting /> : null}
      {sources.data !== undefined && source === undefined ? (
        <Empty title="No such source" text="It may have another name." />
      ) : null}
      {source === undefined ? null : <Editor key={JSON.stringify({ ...source, collected: null })} source={source} />}
    </Page>
  );
};
