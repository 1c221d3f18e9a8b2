import type { SodHit } from '../../api/shapes/requests.ts';
import { RiskBadge, Tag } from '../../ui/show/badges.tsx';
import { Path } from '../../ui/show/facts.tsx';
import s from './requests.module.css';

const modes = { record: 'only recorded', warn: 'only a warning', enforce: 'the rule refuses' } as const;

/** A conflict of duties with how each side is reached: the reader sees what would have to go. */
export const SodHits = ({ hits }: { readonly hits: readonly SodHit[] }) => (
  <>
    {hits.map((hit) => (
      <div key={hit.ruleId} className={s['sod']}>
        <div className="row">
          <strong>{hit.name}</strong>
          <RiskBadge risk={hit.severity} />
          <Tag>{hit.tolerated ? 'tolerated by an exception' : modes[hit.mode]}</Tag>
        </div>
        {hit.sides.map((side, i) => (
          <div key={side.function}>
            <span className="dim small">{i === 0 ? side.function : `together with ${side.function}`}</span>
            {side.paths.map((path) => (
              <Path key={path.join('/')} of={path} />
            ))}
          </div>
        ))}
      </div>
    ))}
  </>
);
