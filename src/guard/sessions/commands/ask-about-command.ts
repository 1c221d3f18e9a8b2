import { setTimeout as wait } from 'node:timers/promises';
import type { CommandRule } from '#gateways/port.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, getIdentities, whoCouldReach } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { AdmissionEdges } from '../edges.ts';
import { inMinutes } from '../model.ts';
import { commandDecided, commandHeld, commandMatched } from './events.ts';
import { decisionOf, sealCommand } from './held-commands.ts';

/** The session a command is of. */
export interface CommandOf {
  readonly sessionId: string;
  readonly identityId: string;
  readonly place: string;
  readonly askSeconds: number;
  readonly over: AbortSignal;
}

interface Match {
  readonly rule: CommandRule;
  readonly command: string;
}
interface Answer {
  readonly may: boolean;
  readonly sentence: string;
}

/** A client that types the same again and again is on the record so often, and mailed about once a rule. */
const MOST_MATCHES = 500;
const LOOK_MS = 400;
const NOT_RUN: Answer = { may: false, sentence: 'nobody could be asked about this command. It was not run.' };

/**
 * Puts commands of one session that matched a rule on the record and tells officers; one that asks waits for one of them,
 * for so long. When it cannot be told what was decided it does not run.
 */
export function commandsOf(edges: AdmissionEdges, of: CommandOf): (match: Match) => Promise<Answer> {
  const told = new Set<string>();
  let matches = 0;
  return async (match) => {
    matches += 1;
    if (matches > MOST_MATCHES) return NOT_RUN;
    const first = !told.has(match.rule.pattern);
    told.add(match.rule.pattern);
    try {
      const heldId = await note(edges, of, match, first);
      return heldId === undefined
        ? { may: match.rule.does === 'alert', sentence: '' }
        : await decided(edges, of, heldId);
    } catch (error) {
      edges.log.error('a command that matched a rule could not be put on the record', {
        sessionId: of.sessionId,
        error,
      });
      return NOT_RUN;
    }
  };
}

/** On the record, with what waits for a word; its id. */
const note = (edges: AdmissionEdges, of: CommandOf, match: Match, first: boolean): Promise<string | undefined> =>
  edges.operator.jobCtx('gateway').act({ action: 'session.note_command' }, async (ctx, permit) => {
    const { sessionId, identityId } = of;
    const { rule, command } = match;
    await ctx.record(permit, {
      event: commandMatched,
      subject: identityId,
      data: { sessionId, pattern: rule.pattern, does: rule.does, command },
    });
    const asks = rule.does === 'ask';
    if (first || asks) await tell(ctx, permit, of, match);
    if (!asks) return undefined;
    const id = newId(ctx.now.getTime());
    const until = new Date(ctx.now.getTime() + of.askSeconds * 1000);
    await ctx.tx.run(sql`
      insert into held_command (id, session_id, pattern, sealed_command, asked_at, until)
      values (${id}, ${sessionId}, ${rule.pattern}, ${sealCommand(edges.keys.sealing('session events'), id, command)},
              ${ctx.now}, ${until})`);
    await ctx.record(permit, {
      event: commandHeld,
      subject: identityId,
      data: { sessionId, heldId: id, until: until.toISOString() },
    });
    return id;
  });

/** What was typed is not in the mail: it may hold a secret, and is behind the link. */
async function tell(ctx: Ctx, permit: Permit, of: CommandOf, { rule }: Match): Promise<void> {
  const officers = (await whoCouldReach(ctx.tx, { entitlementId: ADMIN_ROLES.security_officer })).map(
    (a) => a.identityId,
  );
  const to = [...new Set(officers)].filter((id) => id !== of.identityId);
  if (to.length === 0) return;
  const [who] = await getIdentities(ctx.tx, [of.identityId]);
  await askNotice(ctx, permit, {
    to,
    about: of.identityId,
    template: `command.${rule.does}`,
    path: rule.does === 'ask' ? '/sessions' : `/sessions/${of.sessionId}`,
    facts: {
      who: who?.displayName ?? 'somebody',
      place: of.place,
      rule: rule.pattern,
      wait: inMinutes(of.askSeconds),
    },
  });
}

async function decided(edges: AdmissionEdges, of: CommandOf, heldId: string): Promise<Answer> {
  const end = performance.now() + of.askSeconds * 1000;
  while (performance.now() < end && !of.over.aborted) {
    const decision = await decisionOf(edges.db, heldId);
    if (decision === 'allowed') return { may: true, sentence: 'somebody agreed to this command.' };
    if (decision === 'refused') return { may: false, sentence: 'this command was refused. It was not run.' };
    await wait(LOOK_MS);
  }
  const lapsed = await lapse(edges, of, heldId);
  if (!lapsed && (await decisionOf(edges.db, heldId)) === 'allowed')
    return { may: true, sentence: 'somebody agreed to this command.' };
  return { may: false, sentence: `nobody agreed to this command within ${inMinutes(of.askSeconds)}. It was not run.` };
}

/** Its time is over; whoever decided in the same instant was first. */
const lapse = (edges: AdmissionEdges, of: CommandOf, heldId: string): Promise<boolean> =>
  edges.operator.jobCtx('gateway').act({ action: 'session.note_command' }, async (ctx, permit) => {
    const rows = await ctx.tx.run(sql`
      update held_command set decision = 'lapsed', decided_at = ${ctx.now}, sealed_command = null
      where id = ${heldId} and decision is null`);
    if (rows > 0)
      await ctx.record(permit, {
        event: commandDecided,
        subject: of.identityId,
        data: { sessionId: of.sessionId, heldId, decision: 'lapsed' },
      });
    return rows > 0;
  });
