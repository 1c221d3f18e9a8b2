import { expect, test } from 'vitest';
import { countsAsMetrics, newCounts, renderMetrics } from './index.ts';

const WORDS = { bytesIn: 'Bytes in.', sessionsOpen: 'Sessions open now.' };

test('counts are exported as they are when asked, each name once, with labels that cannot break out', () => {
  const [one, other] = [newCounts(WORDS), newCounts(WORDS)];
  one.bytesIn += 7;
  other.sessionsOpen += 1;
  const text = renderMetrics([
    ...countsAsMetrics('reeve_gateway', WORDS, one, { gateway: 'ssh' }),
    ...countsAsMetrics('reeve_gateway', WORDS, other, { gateway: 'a"b\\c\nd' }),
  ]);
  expect(text).toBe(
    [
      '# HELP reeve_gateway_bytes_in_total Bytes in.',
      '# TYPE reeve_gateway_bytes_in_total counter',
      'reeve_gateway_bytes_in_total{gateway="ssh"} 7',
      'reeve_gateway_bytes_in_total{gateway="a\\"b\\\\c\\nd"} 0',
      '# HELP reeve_gateway_sessions_open Sessions open now.',
      '# TYPE reeve_gateway_sessions_open gauge',
      'reeve_gateway_sessions_open{gateway="ssh"} 0',
      'reeve_gateway_sessions_open{gateway="a\\"b\\\\c\\nd"} 1',
      '',
    ].join('\n'),
  );
});
