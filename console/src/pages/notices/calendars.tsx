import { Button, FileButton, Group, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { calendarList, importHolidays, removeCalendar, setCalendar } from '../../api/notices.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { PlainForm } from '../../ui/plain-form.tsx';
import { AskButton } from '../../ui/feedback/ask-button.tsx';

const blank = { site: '', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, hours: 'mon-fri 09:00-17:00' };
const stales = ['calendars'];

/** When people of each site work: what waits for them is counted in these hours. */
export const Calendars = () => {
  const list = useRows(calendarList());
  const [form, setForm] = useState(blank);
  const save = useAct({
    run: () =>
      setCalendar({
        site: form.site.trim(),
        timeZone: form.timeZone.trim(),
        hours: form.hours
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      }),
    stales,
    quiet: true,
    done: (row) => `What is asked from now on counts by the hours of ${row.site}`,
    after: () => setForm(blank),
  });
  const load = useAct({
    run: importHolidays,
    stales,
    done: (row) => `${String(row.days)} days off of ${row.site}, until ${row.last ?? 'today'}`,
  });
  const remove = useAct({ run: removeCalendar, stales, done: () => 'Removed' });
  const wrong = fieldErrors(save.error);
  const wrongHours = Object.entries(wrong).find(([field]) => field.startsWith('hours'))?.[1];
  return (
    <Section title="Calendars">
      <p className="dim">
        Reminders, and the turn of the next in line, count the hours of the site of who is asked. Access that ends
        counts all hours. A site is what people have as their site or location; house is everybody else.
      </p>
      <Problem error={list.error} />
      <PlainTable
        label="Calendars"
        rows={list.rows}
        rowId={({ site }) => site}
        empty="No calendar."
        columns={[
          { id: 'site', header: 'Site', title: true, cell: (row) => row.site },
          { id: 'zone', header: 'Time zone', cell: (row) => row.timeZone },
          { id: 'hours', header: 'Hours', cell: (row) => row.hours.join(', ') },
          {
            id: 'off',
            header: 'Days off',
            cell: (row) => (row.lastHoliday === null ? 'none' : `${String(row.holidays)}, the last ${row.lastHoliday}`),
          },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) => (
              <Group gap={4}>
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Change ${row.site}`}
                  onClick={() => setForm({ site: row.site, timeZone: row.timeZone, hours: row.hours.join('\n') })}
                >
                  Change
                </Button>
                {row.changedAt === null ? null : (
                  <>
                    <FileButton
                      accept=".ics,text/calendar"
                      onChange={(file) => {
                        if (file !== null) void file.text().then((content) => load.mutate({ site: row.site, content }));
                      }}
                    >
                      {(props) => (
                        <Button
                          {...props}
                          variant="subtle"
                          size="compact-xs"
                          aria-label={`Read days off of ${row.site}`}
                        >
                          Read days off (.ics)
                        </Button>
                      )}
                    </FileButton>
                    <AskButton
                      label="Remove"
                      of={`${row.site}`}
                      title={`Remove the calendar of ${row.site}?`}
                      text="Its people go by the calendar of the house from now on."
                      onYes={() => remove.mutate(row.site)}
                    />
                  </>
                )}
              </Group>
            ),
          },
        ]}
      />
      <PlainForm act={save} label="Save hours" onSubmit={() => save.mutate(undefined)}>
        <h3>Set the hours of a site</h3>
        <TextInput
          label="Site"
          required
          withAsterisk={false}
          error={wrong['site']}
          value={form.site}
          onChange={(event) => setForm({ ...form, site: event.currentTarget.value })}
        />
        <TextInput
          label="Time zone"
          description="Such as Europe/Amsterdam"
          required
          withAsterisk={false}
          error={wrong['timeZone']}
          value={form.timeZone}
          onChange={(event) => setForm({ ...form, timeZone: event.currentTarget.value })}
        />
        <Textarea
          label="Hours"
          description="One line each: mon-fri 09:00-17:00. Work past midnight is two lines."
          autosize
          error={wrongHours}
          value={form.hours}
          onChange={(event) => setForm({ ...form, hours: event.currentTarget.value })}
        />
      </PlainForm>
    </Section>
  );
};
