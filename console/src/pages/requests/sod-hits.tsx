import type { SodHit } from '../../api/shapes/requests.ts';
import { RiskBadge } from '../../ui/show/badges.tsx';
import { Path } from '../../ui/show/facts.tsx';
import s from './requests.module.css';

/** A conflict of duties with how each side is reached: the reader sees what would have to go. */
export const SodHits = ({ hits }: { readonly hits: readonly SodHit[] }) => (
  <>
    {hits.map((hit) => (
      <div key={hit.rule.id} className={s['sod']}>
        <div className="row">
          <strong>{hit.rule.name}</strong>
          <RiskBadge risk={hit.severity} />
        </div>
        <Path of={hit.left} />
        <span className="dim small">together with</span>
        <Path of={hit.right} />
      </div>
    ))}
  </>
);
