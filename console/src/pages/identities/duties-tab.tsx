import { useQuery } from '@tanstack/react-query';
import { sodCheckQuery } from '../../api/sod.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Conflicts } from '../sod/conflicts.tsx';

/** Conflicts of duties this identity stands in now, and those an exception tolerates. */
export const DutiesTab = ({ id }: { readonly id: string }) => {
  const check = useQuery(sodCheckQuery(id));
  if (check.error !== null) return <Failed error={check.error} onRetry={() => void check.refetch()} />;
  if (check.data === undefined) return <Waiting />;
  const { standing, tolerated } = check.data;
  return (
    <div className="stack" style={{ maxWidth: '46rem' }}>
      {standing.length === 0 ? <p className="dim">Holds both sides of no rule.</p> : <Conflicts of={standing} />}
      {tolerated.length === 0 ? null : (
        <section>
          <h3>Tolerated by an exception</h3>
          <Conflicts of={tolerated} />
        </section>
      )}
    </div>
  );
};
