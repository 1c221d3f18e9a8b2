import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const node = { nodeId: pub(z.uuid()), name: pub(z.string()), roles: pub(z.array(z.string())) };

/** A process of Reeve is there. */
export const nodeStarted = defineEvent('node.started', { ...node, version: pub(z.string()) });
/** A process of Reeve was stopped in order. */
export const nodeStopped = defineEvent('node.stopped', node);
/** A process of Reeve fell silent. */
export const nodeLost = defineEvent('node.lost', node);
/** Somebody in charge wants a node to take no more sessions. */
export const nodeDrainAsked = defineEvent('node.drain_asked', node);

export const nodeEvents = [nodeStarted, nodeStopped, nodeLost, nodeDrainAsked];
