import type { ReactNode } from 'react';
import type { RequestLine } from '../../api/shapes/requests.ts';
import { Privileged, RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { controlWords } from '../../ui/show/control-words.ts';
import { effectTone, forHowLong, lineState } from './request-words.ts';
import { SodHits } from './sod-hits.tsx';

/** One line of a request: what, for how long, what became of it. */
export const LineCard = ({ line, children }: { readonly line: RequestLine; readonly children?: ReactNode }) => (
  <section className="card">
    <div className="spread">
      <strong>{line.what.name}</strong>
      <RiskBadge risk={line.what.risk} />
    </div>
    <div className="row small">
      <span className="dim">
        {line.what.systemName ?? line.what.kind} · {line.takesGrantId === null ? forHowLong(line) : 'to be taken away'}
        {line.extendsGrantId === null ? '' : ' · follows what is there now'}
      </span>
      {line.what.privileged ? <Privileged /> : null}
      {lineState[line.state] === undefined ? null : (
        <StateBadge tone={lineState[line.state]?.tone ?? 'quiet'}>{lineState[line.state]?.text ?? ''}</StateBadge>
      )}
      {line.effect === 'none' ? null : <StateBadge tone={effectTone[line.effect]}>{line.effect}</StateBadge>}
    </div>
    {line.because === null ? null : <div className="small">{line.because}</div>}
    {controlWords(line.controls).map((words) => (
      <div key={words} className="small">
        {words}
      </div>
    ))}
    <SodHits hits={line.sod} />
    {children}
  </section>
);
