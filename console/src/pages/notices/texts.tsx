import { Button, Group, Switch } from '@mantine/core';
import { useState } from 'react';
import { noticeTemplateList, resetNoticeTemplate } from '../../api/notice-texts.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { EditText } from './edit-text.tsx';

/** What mails say, and changing it. */
export const Texts = () => {
  const list = useRows(noticeTemplateList());
  const [changedOnly, setChangedOnly] = useState(false);
  const [open, setOpen] = useState<string>();
  const reset = useAct({
    run: resetNoticeTemplate,
    stales: ['notice-templates', 'notice-template-versions'],
    done: (row) => `${row.template} says again what was shipped`,
  });
  const edited = list.rows.find(({ template }) => template === open);
  if (edited !== undefined) return <EditText key={edited.version} text={edited} onClose={() => setOpen(undefined)} />;
  return (
    <Section
      title="Texts of mails"
      aside={
        <Switch
          label="Only what was changed"
          checked={changedOnly}
          onChange={(event) => setChangedOnly(event.currentTarget.checked)}
        />
      }
    >
      <Problem error={list.error} />
      <PlainTable
        label="Texts of mails"
        rows={list.rows.filter(({ changed }) => changed || !changedOnly)}
        rowId={({ template }) => template}
        empty="No text was changed."
        columns={[
          {
            id: 'template',
            header: 'Text',
            title: true,
            cell: (row) => <span className="mono">{row.template}</span>,
          },
          { id: 'subject', header: 'Subject', cell: (row) => row.subject },
          { id: 'sent', header: 'Sent', cell: (row) => (row.urgent ? 'always at once' : 'as people want it') },
          {
            id: 'from',
            header: 'From',
            cell: (row) => (row.changed ? `the house, version ${String(row.version)}` : 'as shipped'),
          },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) => (
              <Group gap={4}>
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Change ${row.template}`}
                  onClick={() => setOpen(row.template)}
                >
                  Change
                </Button>
                {row.changed ? (
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-xs"
                    aria-label={`Reset ${row.template}`}
                    onClick={() =>
                      void confirm({
                        title: `Let ${row.template} say again what was shipped?`,
                        text: 'What it says now stays among its versions.',
                        action: 'Reset',
                        danger: true,
                      }).then((answer) =>
                        answer === undefined
                          ? undefined
                          : reset.mutate({ template: row.template, version: row.version }),
                      )
                    }
                  >
                    Reset
                  </Button>
                ) : null}
              </Group>
            ),
          },
        ]}
      />
    </Section>
  );
};
