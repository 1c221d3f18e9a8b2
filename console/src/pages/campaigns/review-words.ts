import type { Settings } from './review-settings.tsx';

/** How items are reviewed, said as shortly as it can be: only what differs from one person who decides. */
export const reviewInWords = (review: Settings, delta: boolean): string =>
  [
    review.stages === null
      ? 'by one person'
      : `by ${review.stages.map((stage) => stage.by.join(' and ').replaceAll('_', ' ')).join(', then ')}`,
    ...(review.reciprocal === 'reroute' ? ['no two one another'] : []),
    ...(review.canaries > 0 ? [`${String(review.canaries)} known-wrong lines`] : []),
    ...(review.holdFrom === null ? ['nothing is held'] : []),
    ...(review.challengeDays > 0 ? [`${String(review.challengeDays)} days to answer`] : []),
    ...(delta ? ['unchanged grouped'] : []),
  ].join(', ');
