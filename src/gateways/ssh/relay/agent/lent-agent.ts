import type { Client } from 'ssh2';
import { text, word } from '../../wire/encode.ts';
import { askedOnOpen, sendMessage, takeAgents } from '../../wire/ssh2-surface.ts';
import type { Comer } from '../listen-on-target.ts';

const CHANNEL_REQUEST = 98;
const AGENT_REQUEST = 'auth-agent-req@openssh.com';

/** A program on the target wants the person's agent. */
export type AgentComer = Pick<Comer, 'accept' | 'reject'>;

/**
 * The agent of whoever is there, lent to one target: the channels they asked it for ask the target for it, without waiting
 * for what it says, since a target that forwards none runs the command all the same.
 */
export class LentAgent {
  readonly #asking = new Set<number>();
  #came: ((comer: AgentComer) => void) | undefined;

  /** Opens a channel that asks for it before anything is started in it; each who then comes is told of. */
  ask(target: Client, came: (comer: AgentComer) => void, open: () => void): void {
    if (this.#came === undefined) takeAgents(target, (comer) => this.#came?.(comer));
    this.#came = came;
    askedOnOpen(target, (ours) => this.#asking.add(ours), open);
  }

  /** The target opened a channel of ours: nothing was asked in it yet. */
  opened(target: Client, ours: number, theirs: number): void {
    if (!this.#asking.delete(ours)) return;
    sendMessage(target, Buffer.concat([Buffer.of(CHANNEL_REQUEST), word(theirs), text(AGENT_REQUEST), Buffer.of(0)]));
  }
}
