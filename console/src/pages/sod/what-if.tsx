import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { sodWhatIfQuery, type DutiesChange } from '../../api/sod.ts';
import type { DutiesWhatIf as Answer } from '../../api/shapes/sod.ts';
import { RiskBadge, StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Path } from '../../ui/show/facts.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { modeWords } from './sod-words.ts';
import s from '../requests/requests.module.css';

type Person = Answer['people'][number];
type Conflict = Person['comes'][number];
/** As many people are shown; the others are counted. */
const SHOWN = 5;

const One = ({ conflict, gone }: { readonly conflict: Conflict; readonly gone: boolean }) => (
  <div className={s['sod']}>
    <div className="row">
      <StateBadge tone={gone ? 'good' : 'bad'}>{gone ? 'cleared' : 'new'}</StateBadge>
      <strong>{conflict.rule}</strong>
      <RiskBadge risk={conflict.severity} />
      {gone ? null : <Tag>{modeWords[conflict.mode]}</Tag>}
    </div>
    {conflict.sides.map((side, i) => (
      <div key={side.function}>
        <span className="dim small">{i === 0 ? side.function : `together with ${side.function}`}</span>
        {side.paths.map((path) => (
          <Path key={path.join('/')} of={path} />
        ))}
      </div>
    ))}
  </div>
);

const said = ({ comes, clears, blocked }: Answer, alone: boolean): string => {
  if (comes === 0 && clears === 0) return 'no conflict of duties comes or goes.';
  const people = (n: number): string => (n === 1 ? 'one person' : `${String(n)} people`);
  if (alone) return comes > 0 ? 'it makes a conflict of duties.' : 'a conflict of duties is over.';
  const refused = blocked === 0 ? '' : `, ${String(blocked)} of them with a rule that refuses`;
  return [
    ...(comes === 0 ? [] : [`${people(comes)} would come into conflict${refused}`]),
    ...(clears === 0 ? [] : [`${people(clears)} out of one`]),
  ].join('; ');
};

/**
 * What separation of duties says to a change before it is sent: which conflicts would come and which would go, with the
 * way to each side. Nothing where whoever looks may not ask.
 */
export const DutiesWhatIf = ({ of, when = 'With this' }: { readonly of: DutiesChange; readonly when?: string }) => {
  // Told apart by what it says, so that a change that is drawn anew is not asked about anew.
  const [settled] = useDebouncedValue(JSON.stringify(of), 300);
  const { data } = useQuery(sodWhatIfQuery(JSON.parse(settled) as DutiesChange));
  if (data === undefined) return null;
  const alone = of.identity !== undefined;
  return (
    <section className="stack" aria-label="Conflicts of duties with this change" aria-live="polite">
      <span className="small">{`${when}: ${said(data, alone)}`}</span>
      {data.people.slice(0, SHOWN).map(({ person, comes, clears }) => (
        <div key={person.id}>
          {alone ? null : <IdentityName id={person.id} />}
          {comes.map((conflict) => (
            <One key={`new ${conflict.rule}`} conflict={conflict} gone={false} />
          ))}
          {clears.map((conflict) => (
            <One key={`cleared ${conflict.rule}`} conflict={conflict} gone />
          ))}
        </div>
      ))}
      {data.people.length > SHOWN ? (
        <span className="dim small">{`and ${String(data.people.length - SHOWN)} more${data.people.length === 100 ? ' at least' : ''}`}</span>
      ) : null}
    </section>
  );
};
