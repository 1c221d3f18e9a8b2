import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const run = { runId: pub(id), sourceId: pub(id) };
const counts = pub(z.record(z.string(), z.number().int()));

export const sourcePut = defineEvent('source.put', {
  sourceId: pub(id),
  name: pub(z.string()),
  changed: pub(z.array(z.string())),
});
/** Somebody asked for a source to be read now. */
export const sourceReadingAsked = defineEvent('source.reading_asked', { sourceId: pub(id) });
/** Somebody looked at the first rows of a place, before or without making a source of it. */
export const sourcePlaceLooked = defineEvent('source.place_looked', {
  systemId: pub(id),
  columns: pub(z.number().int()),
  rows: pub(z.number().int()),
});
/** A delivery was not trusted: nothing of it was applied. */
export const feedRefused = defineEvent('feed.refused', { ...run, codes: pub(z.array(z.string())) });
/** A plan is over a limit and waits for an administrator. */
export const feedHeld = defineEvent('feed.held', { ...run, codes: pub(z.array(z.string())), counts });
export const feedPlanned = defineEvent('feed.planned', { ...run, counts });
/** Words of whoever took it upon them: the subject of both. */
const because = personal(z.string());
/** With `canary`: only its first so many changes. */
export const feedAccepted = defineEvent('feed.accepted', { ...run, canary: pub(z.number().int().optional()), because });
export const feedDeclined = defineEvent('feed.declined', { ...run, because });
export const feedApplied = defineEvent('feed.applied', { ...run, counts });

/** The first changes of a held delivery are made; the rest waits for a person again. */
export const feedCanaryApplied = defineEvent('feed.canary_applied', {
  ...run,
  appliedRows: pub(z.number().int()),
  plannedRows: pub(z.number().int()),
});
const undo = { ...run, massChangeId: pub(id) };
/** Somebody asked for a delivery to be taken back; `feed.undone` follows when it is. */
export const feedUndoAsked = defineEvent('feed.undo_asked', { ...undo, because });
/** It was asked again for what is taken back already, or is under way. */
export const feedUndoRepeated = defineEvent('feed.undo_repeated', run);
/** All that could be put back of a delivery is as it was before it. */
export const feedUndone = defineEvent('feed.undone', undo);

/** Rows of which a person has to say who they are. */
export const sourceCasesOpened = defineEvent('source.cases_opened', { ...run, opened: pub(z.number().int()) });
export const sourceCaseResolved = defineEvent('source_case.resolved', {
  caseId: pub(id),
  sourceId: pub(id),
  identityId: pub(id.optional()),
  because,
});
/** Two were said to be one that are one already. */
export const identityMergeRepeated = defineEvent('identity.merge_repeated', { mergeId: pub(id) });
/** How accounts are met with people was changed. */
export const correlationRulesPut = defineEvent('correlation_rules.put', { changed: pub(z.array(z.string())) });

/** Somebody asked for a rule to be so; `birthright.in_force` follows when it is. */
export const birthrightPut = defineEvent('birthright.put', {
  ruleId: pub(id),
  name: pub(z.string()),
  changed: pub(z.array(z.string())),
});
export const birthrightRemoved = defineEvent('birthright.removed', { ruleId: pub(id), name: pub(z.string()) });
/** From now on a rule is as it was asked for, is no more, or is again what it was before a change that was undone. */
export const birthrightInForce = defineEvent('birthright.in_force', {
  ruleId: pub(id),
  name: pub(z.string()),
  now: pub(z.enum(['put', 'removed', 'undone'])),
});
/** A rule would have given what separation of duties forbids together with what the person has. */
export const birthrightBlocked = defineEvent('birthright.blocked', {
  ruleId: pub(id),
  identityId: pub(id),
  because: pub(z.string()),
});

/** Nobody is sure whose an account is: a person has to say. */
export const correlationOpened = defineEvent('correlation.opened', {
  accountId: pub(id),
  systemId: pub(id),
  candidates: pub(z.number().int()),
});
export const correlationResolved = defineEvent('correlation.resolved', {
  caseId: pub(id),
  accountId: pub(id),
  systemId: pub(id),
  identityId: pub(id.optional()),
  because,
});
export const correlationAsked = defineEvent('correlation.asked', { systemId: pub(id.optional()) });

export const events = [
  sourcePut,
  sourceReadingAsked,
  sourcePlaceLooked,
  feedRefused,
  feedHeld,
  feedPlanned,
  feedAccepted,
  feedDeclined,
  feedApplied,
  feedCanaryApplied,
  feedUndoAsked,
  feedUndoRepeated,
  feedUndone,
  sourceCasesOpened,
  sourceCaseResolved,
  identityMergeRepeated,
  correlationRulesPut,
  birthrightPut,
  birthrightRemoved,
  birthrightInForce,
  birthrightBlocked,
  correlationOpened,
  correlationResolved,
  correlationAsked,
];
