export { countsAsMetrics, newCounts, type Counts, type CountWords } from './counts.ts';
export { measureProcess } from './measure-process.ts';
export { renderMetrics, type Metric } from './render-metrics.ts';
