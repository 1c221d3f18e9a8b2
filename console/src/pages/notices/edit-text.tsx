import { Button, Group, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { changeNoticeTemplate, noticeTemplateVersions, previewNoticeTemplate } from '../../api/notice-texts.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { utc } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

interface Edited {
  readonly template: string;
  readonly version: number;
  readonly variables: readonly string[];
  readonly subject: string;
  readonly body: string;
}

/** Changing what one mail says, with how it would look and what it said before. */
export const EditText = ({ text, onClose }: { readonly text: Edited; readonly onClose: () => void }) => {
  const { template, version, variables } = text;
  const [form, setForm] = useState({ subject: text.subject, body: text.body });
  const versions = useRows(noticeTemplateVersions(template));
  const preview = useAct({ run: previewNoticeTemplate, quiet: true, stales: [] });
  const save = useAct({
    run: changeNoticeTemplate,
    stales: ['notice-templates', 'notice-template-versions'],
    quiet: true,
    done: (row) => `${row.template} says it from now on: version ${String(row.version)}`,
    after: onClose,
  });
  const error = save.error ?? preview.error;
  const wrong = fieldErrors(error);
  return (
    <Section title={`Text ${template}`}>
      <form
        className="stack"
        style={{ maxWidth: '44rem' }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save.mutate({ template, version, ...form });
        }}
      >
        <p className="dim">
          Plain text. It may fill in {variables.map((name) => `{${name}}`).join(', ') || 'nothing'}; {'{>name}'} quotes
          several lines. {'{link}'} stands once, on a line of its own.
        </p>
        <TextInput
          label="Subject"
          description="[Reeve] is put before it"
          required
          withAsterisk={false}
          error={wrong['subject']}
          value={form.subject}
          onChange={(event) => setForm({ ...form, subject: event.currentTarget.value })}
        />
        <Textarea
          label="Text"
          required
          withAsterisk={false}
          autosize
          minRows={6}
          className="mono"
          error={wrong['body']}
          value={form.body}
          onChange={(event) => setForm({ ...form, body: event.currentTarget.value })}
        />
        <Problem error={error} />
        <Group>
          <Button type="submit" size="sm" loading={save.isPending}>
            Save text
          </Button>
          <Button
            variant="default"
            size="sm"
            loading={preview.isPending}
            onClick={() => preview.mutate({ template, ...form })}
          >
            Preview
          </Button>
          <Button variant="subtle" size="sm" onClick={onClose}>
            Back
          </Button>
        </Group>
      </form>
      {preview.data === undefined ? null : (
        <div aria-live="polite">
          <h3>Preview, with made-up facts</h3>
          <pre className="mono" style={{ whiteSpace: 'pre-wrap' }}>
            {`${preview.data.subject}\n\n${preview.data.text}`}
          </pre>
        </div>
      )}
      <h3>Versions</h3>
      <Problem error={versions.error} />
      <PlainTable
        label="Versions"
        rows={versions.rows}
        rowId={({ number }) => String(number)}
        empty="It was never changed."
        columns={[
          { id: 'number', header: 'Version', title: true, cell: (row) => String(row.number) },
          { id: 'subject', header: 'Subject', cell: (row) => row.subject ?? 'as shipped' },
          { id: 'at', header: 'Since', cell: (row) => utc(row.madeAt) },
          {
            id: 'act',
            header: 'Actions',
            cell: ({ number, subject, body }) =>
              subject === null || body === null ? null : (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Take into the form: version ${String(number)}`}
                  onClick={() => setForm({ subject, body })}
                >
                  Take into the form
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
};
