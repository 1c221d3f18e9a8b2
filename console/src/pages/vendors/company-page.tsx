import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useRows } from '../../api/pages.ts';
import type { Vendor } from '../../api/shapes/vendors.ts';
import { endVendor, vendorList } from '../../api/vendors.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { PeopleTable } from './people-table.tsx';
import { companyName } from './vendor-words.ts';

const route = getRouteApi('/shell/vendors/company');

/** People of one company: who answers for them, until when and at which hours they may come in. */
export const CompanyPage = () => {
  const { employer } = route.useSearch();
  const name = companyName({ employer });
  const people = useRows(vendorList({ employer }));
  const end = useAct({
    run: async ({ who, because }: { readonly who: readonly Vendor[]; readonly because: string }) => {
      for (const { id } of who) await endVendor(id, because);
      return who.length;
    },
    stales: ['vendors', 'identities', 'sessions'],
    done: (ended) => (ended === 1 ? 'Ended, with sessions and access' : `${String(ended)} people are ended`),
  });
  const ask = (who: readonly Vendor[], title: string): void =>
    void confirm({
      title,
      text: 'Sessions and access end at once, and accounts are locked. A receipt lists it all.',
      action: 'End',
      danger: true,
      reason: 'required',
      reasonLabel: 'Why before their time',
    }).then((answer) => (answer === undefined ? undefined : end.mutate({ who, because: answer.reason })));
  return (
    <Page
      title={name}
      crumbs={<Link to="/vendors">Vendors</Link>}
      lead="Each of them is let in by somebody who answers for them, until their end, within their hours."
      actions={
        <>
          {people.rows.length < 2 || people.hasMore ? null : (
            <Button
              variant="default"
              size="sm"
              loading={end.isPending}
              onClick={() => ask(people.rows, `End all ${String(people.rows.length)} people of ${name}?`)}
            >
              End all…
            </Button>
          )}
          <Button size="sm" renderRoot={(props) => <Link to="/vendors/new" search={{ employer }} {...props} />}>
            Invite somebody
          </Button>
        </>
      }
    >
      <Loaded list={people}>
        {(rows) => <PeopleTable of={name} rows={rows} onEnd={(who) => ask([who], `End ${who.name}?`)} />}
      </Loaded>
    </Page>
  );
};
