import type { Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { AnyOperation } from '#spine/operations/index.ts';
import { answerOperations } from './answers.ts';
import { estateOperations } from './estate.ts';
import { findingOperations } from './findings.ts';
import { lookOperations } from './looks.ts';
import { readingOperations } from './readings.ts';
import { sweepOperations } from './sweeps.ts';
import { systemOperations } from './systems.ts';

export const operations = (edges: { readonly keys: Keys; readonly targets: Targets }): readonly AnyOperation[] => [
  ...systemOperations(edges),
  ...readingOperations,
  ...lookOperations,
  ...findingOperations,
  ...answerOperations(edges),
  ...estateOperations,
  ...sweepOperations,
];
