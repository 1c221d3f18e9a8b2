import { z } from 'zod';
import { instantOut } from '#kit/http/index.ts';
import { generatorRules } from '../generate-value.ts';
import { timeWindow } from '../policies/time-window.ts';

export const rotationOut = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  accountName: z.string(),
  systemId: z.uuid(),
  systemName: z.string(),
  secretId: z.uuid(),
  secretKind: z.string(),
  because: z.string(),
  cause: z.string(),
  state: z.string(),
  through: z.string(),
  runId: z.uuid().nullable(),
  wave: z.int().nullable(),
  tries: z.int(),
  problem: z.string().nullable(),
  plannedAt: instantOut,
  endedAt: instantOut.nullable(),
});

export const rotationDetailOut = rotationOut.extend({
  steps: z.array(
    z.object({
      position: z.int(),
      step: z.string(),
      outcome: z.string(),
      detail: z.string().nullable(),
      tries: z.int(),
      at: instantOut,
    }),
  ),
  dependants: z.array(
    z.object({
      dependantId: z.uuid(),
      name: z.string(),
      systemName: z.string(),
      position: z.int(),
      state: z.string(),
      problem: z.string().nullable(),
    }),
  ),
});

export const policyOut = z.object({
  id: z.uuid(),
  systemId: z.uuid().nullable(),
  systemName: z.string().nullable(),
  accountId: z.uuid().nullable(),
  accountName: z.string().nullable(),
  maxAgeDays: z.int().nullable(),
  maxUses: z.int().nullable(),
  afterCheckout: z.boolean(),
  afterLeaver: z.boolean(),
  checkEveryHours: z.int(),
  onDrift: z.string(),
  generator: generatorRules,
  window: timeWindow.nullable(),
  setAt: instantOut,
});

export const checkOut = z.object({
  secretId: z.uuid(),
  secretName: z.string(),
  systemId: z.uuid(),
  accountId: z.uuid().nullable(),
  state: z.string(),
  version: z.int().nullable(),
  checkedAt: instantOut,
  since: instantOut,
  nextAt: instantOut,
  problem: z.string().nullable(),
});

export const runOut = z.object({
  id: z.uuid(),
  because: z.string(),
  incident: z.boolean(),
  state: z.string(),
  canary: z.int(),
  waveSize: z.int(),
  mayFail: z.int(),
  window: timeWindow.nullable(),
  releasedTo: z.int(),
  lastWave: z.int(),
  plannedAt: instantOut,
  endedAt: instantOut.nullable(),
  problem: z.string().nullable(),
  planned: z.int(),
  underWay: z.int(),
  done: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});

export const dependantOut = z.object({
  id: z.uuid(),
  secretId: z.uuid(),
  position: z.int(),
  name: z.string(),
  systemId: z.uuid(),
  systemName: z.string(),
  place: z.record(z.string(), z.unknown()),
  addedAt: instantOut,
});
