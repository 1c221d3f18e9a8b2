import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { emergencyPathsQuery, emergencyUses } from '../../api/emergency.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { Problem, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { PathsList } from './paths-list.tsx';
import { UsesTable } from './uses-table.tsx';

const Everybody = () => {
  const uses = useRows(emergencyUses('all'));
  return (
    <Section title="All uses">
      <UsesTable label="All uses of emergency access" uses={uses.rows} empty="Nobody has taken emergency access." />
      {uses.hasMore ? (
        <Button variant="default" size="sm" loading={uses.loadingMore} onClick={uses.more}>
          Older ones
        </Button>
      ) : null}
    </Section>
  );
};

/** Emergency access: what one may take at once, what waits for one's review, and who took what. */
export const EmergencyPage = () => {
  const me = useMe();
  const paths = useQuery(emergencyPathsQuery);
  const reviews = useRows(emergencyUses('review'));
  const mine = useRows(emergencyUses('mine'));
  return (
    <Page
      title="Emergency access"
      lead="Taken at once when nobody can approve, by paths defined beforehand. Every use is recorded and reviewed; one that nobody reviews ends, and locks its path."
      actions={
        can(me, 'emergency_path.define') ? (
          <Button component={Link} to="/emergency/new" size="sm">
            Define a path
          </Button>
        ) : null
      }
    >
      <Problem error={paths.error ?? reviews.error} />
      <Section title="Waiting for your review">
        <UsesTable label="Uses waiting for your review" uses={reviews.rows} empty="No use waits for your review." />
      </Section>
      <Section title="Paths">
        {paths.data === undefined ? <Waiting lines={4} /> : null}
        {paths.data?.length === 0 ? (
          <p className="dim">No path is meant for you. A security officer defines them.</p>
        ) : null}
        <PathsList paths={paths.data ?? []} />
      </Section>
      {mine.rows.length === 0 ? null : (
        <Section title="What you took">
          <UsesTable label="Emergency access you took" uses={mine.rows} empty="" />
        </Section>
      )}
      {can(me, 'emergency_use.list_all') ? <Everybody /> : null}
    </Page>
  );
};
