import type { RiskOfOne } from '../../api/shapes/risk.ts';
import { trendInWords } from './risk-words.ts';
import s from './risk.module.css';

const WIDTH = 300;
const HEIGHT = 100;
const dayMs = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** What the score was over time: it stays as it was until the day it changed. */
export const Trend = ({ days }: { readonly days: RiskOfOne['days'] }) => {
  const past = days.toReversed();
  const [first] = past;
  const from = first === undefined ? 0 : dayMs(first.day);
  const span = Math.max(86_400_000, Date.now() - from);
  const x = (day: string): number => ((dayMs(day) - from) / span) * WIDTH;
  const line = past.map(({ day, score }, i) => {
    const y = HEIGHT - score;
    return i === 0 ? `M0 ${String(y)}` : `H${x(day).toFixed(1)} V${String(y)}`;
  });
  return (
    <figure style={{ margin: 0 }}>
      <svg
        className={s['trend']}
        viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        aria-hidden
      >
        <path d={`${line.join(' ')} H${String(WIDTH)}`} />
      </svg>
      <figcaption className="dim small">Score {trendInWords(days)}</figcaption>
    </figure>
  );
};
