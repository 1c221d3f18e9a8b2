import type { SodConflict } from '../../api/shapes/sod.ts';
import { RiskBadge, Tag } from '../../ui/show/badges.tsx';
import { Path } from '../../ui/show/facts.tsx';
import { modeWords } from './sod-words.ts';
import s from '../requests/requests.module.css';

/** Conflicts of duties with every way to each side: ending one side resolves it. */
export const Conflicts = ({ of }: { readonly of: readonly SodConflict[] }) => (
  <>
    {of.map((conflict) => (
      <div key={conflict.ruleId} className={s['sod']}>
        <div className="row">
          <strong>{conflict.rule}</strong>
          <RiskBadge risk={conflict.severity} />
          <Tag>{modeWords[conflict.mode]}</Tag>
        </div>
        <div className="small">{conflict.summary}</div>
        {conflict.sides.map((side, i) => (
          <div key={side.function}>
            <span className="dim small">{i === 0 ? side.function : `together with ${side.function}`}</span>
            {side.access.map((access) => (
              <Path key={access.path.map(({ id }) => id).join('/')} of={access.path.map(({ name }) => name)} />
            ))}
          </div>
        ))}
      </div>
    ))}
  </>
);
