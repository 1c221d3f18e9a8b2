import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import type { SodConflict } from '../../api/shapes/sod.ts';
import { sodCheckQuery } from '../../api/sod.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Conflicts } from '../sod/conflicts.tsx';
import { ExceptionDialog } from '../sod/exception-dialog.tsx';

/** Conflicts of duties this identity stands in now, and those an exception tolerates. */
export const DutiesTab = ({ id }: { readonly id: string }) => {
  const me = useMe();
  const check = useQuery(sodCheckQuery(id));
  const [tolerating, setTolerating] = useState<SodConflict>();
  if (check.error !== null) return <Failed error={check.error} onRetry={() => void check.refetch()} />;
  if (check.data === undefined) return <Waiting />;
  const { standing, tolerated } = check.data;
  const may = can(me, 'sod_exception.grant') && me.id !== id;
  return (
    <div className="stack" style={{ maxWidth: '46rem' }}>
      {standing.length === 0 ? <p className="dim">Holds both sides of no rule.</p> : null}
      {standing.map((conflict) => (
        <div key={conflict.ruleId}>
          <Conflicts of={[conflict]} />
          {may ? (
            <Button variant="subtle" size="compact-xs" onClick={() => setTolerating(conflict)}>
              Tolerate it for a while…
            </Button>
          ) : null}
        </div>
      ))}
      {tolerated.length === 0 ? null : (
        <section>
          <h3>Tolerated by an exception</h3>
          <Conflicts of={tolerated} />
        </section>
      )}
      <ExceptionDialog identityId={id} conflict={tolerating} onClose={() => setTolerating(undefined)} />
    </div>
  );
};
