import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { GoneSince } from '../roles/gone-since.tsx';
import { birthrightList, removeBirthright, type Birthright } from './birthrights-api.ts';

/** Whom a rule fits, in words. */
const whom = ({ condition, personCondition }: Birthright): string => {
  if (personCondition !== null) return personCondition;
  const parts = Object.entries(condition).map(
    ([field, values]) => `${field.replaceAll('_', ' ')} is ${values.join(' or ')}`,
  );
  return parts.length === 0 ? 'everybody' : parts.join(', and ');
};

/** Rules that give access without asking: to whom, what, and whether that is still there. */
export const BirthrightsPage = () => {
  const me = useMe();
  const list = useRows(birthrightList());
  const remove = useAct({
    run: async (rule: Birthright) => {
      const answer = await confirm({
        title: `End the rule ${rule.name}?`,
        text: 'What only this rule gives ends after its grace. Over a limit it waits under Changes until somebody accepts it.',
        action: 'End',
        danger: true,
      });
      return answer === undefined ? undefined : await removeBirthright(rule.id);
    },
    stales: ['birthrights', 'changes'],
    done: (done) =>
      done === undefined ? 'Nothing is changed' : done.change === null ? 'It has ended' : 'It is being carried out',
  });
  return (
    <Page title="Birthrights" lead="Rules that give access without asking, to whoever they fit, as long as they do.">
      <Loaded list={list}>
        {(rows) => (
          <PlainTable
            label="Birthrights"
            rows={rows}
            rowId={(row) => row.id}
            empty="No rule gives anything."
            columns={[
              { id: 'name', header: 'Rule', title: true, cell: (row) => row.name },
              { id: 'whom', header: 'To whom', cell: (row) => whom(row) },
              {
                id: 'gives',
                header: 'Gives',
                cell: (row) => (
                  <>
                    {row.roleId === null ? (
                      row.gives
                    ) : (
                      <Link to="/roles/$id" params={{ id: row.roleId }}>
                        {row.gives}
                      </Link>
                    )}{' '}
                    <GoneSince at={row.goneSince} />
                  </>
                ),
              },
              {
                id: 'grace',
                header: 'Kept after',
                cell: (row) => (row.graceDays === 0 ? '' : `${String(row.graceDays)} days`),
              },
              {
                id: 'do',
                header: 'Do',
                cell: (row) =>
                  row.ofRoleVersion ? (
                    <span className="dim">changed by a version of the role</span>
                  ) : can(me, 'birthright.remove') ? (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`End ${row.name}`}
                      onClick={() => remove.mutate(row)}
                    >
                      End…
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      {list.hasMore ? (
        <button type="button" onClick={list.more}>
          Show more
        </button>
      ) : null}
    </Page>
  );
};
