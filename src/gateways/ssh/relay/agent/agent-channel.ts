import { text, word } from '../../wire/encode.ts';
import { AGENT, AgentMessages, readAgentRequest, type AgentRequest } from './read-agent.ts';

export interface AgentEdges {
  /** Passes bytes on to the person's agent; false: ask the target for no more. */
  toPerson(bytes: Buffer): boolean;
  /** Passes bytes on to the target. */
  toTarget(bytes: Buffer): boolean;
  /** Nothing waits any more: the target may send on. */
  resume(): void;
  /** For the session's record. */
  refused(detail: string): void;
  /** Puts a signature on the session's record. False: it holds no more of them, and the target does not get it. */
  signed(detail: string): boolean;
  broken(by: 'person' | 'target'): void;
}

const framed = (message: Buffer): Buffer => text(message);
const FAILURE = Buffer.concat([word(1), Buffer.of(AGENT.failure)]);

/** What an agent may answer to what was passed on. */
const ANSWERS: Readonly<Record<Exclude<AgentRequest['kind'], 'other'>, readonly number[]>> = {
  list: [AGENT.listed, AGENT.failure],
  sign: [AGENT.signed, AGENT.failure],
  bind: [AGENT.success, AGENT.failure, AGENT.extensionFailure],
};

/**
 * One way from a program on a target to the agent of whoever is there, read along. Keys are listed and sign; whatever
 * would change the agent is answered here with a failure, and so is a signature that would let somebody in to Reeve:
 * a target could come back through it as the person (K19). One request is under way at a time, as the protocol has it, and
 * each signature is on the record before the target has it.
 */
export class AgentChannel {
  readonly #edges: AgentEdges;
  readonly #asked = new AgentMessages();
  readonly #answered = new AgentMessages();
  #underWay: Exclude<AgentRequest, { readonly kind: 'other' }> | undefined;
  #room = true;
  #over = false;

  constructor(edges: AgentEdges) {
    this.#edges = edges;
  }

  /** Bytes of the target, lent. False: ask for no more. */
  fromTarget(chunk: Buffer): boolean {
    this.#add(this.#asked, chunk, 'target');
    this.#room = true;
    this.#next();
    return this.#room && this.#underWay === undefined;
  }

  /** Bytes of the person's agent, lent. */
  fromPerson(chunk: Buffer): boolean {
    this.#add(this.#answered, chunk, 'person');
    let room = true;
    for (;;) {
      const answer = this.#take(this.#answered, 'person');
      if (answer === undefined) break;
      const request = this.#underWay;
      if (request === undefined || !ANSWERS[request.kind].includes(answer[0] ?? 0)) {
        this.#broken('person');
        break;
      }
      this.#underWay = undefined;
      const untold = request.kind === 'sign' && answer[0] === AGENT.signed && !this.#told(request);
      room = this.#edges.toTarget(untold ? FAILURE : framed(answer)) && room;
      this.#next();
    }
    if (!this.#over && this.#underWay === undefined) this.#edges.resume();
    return room;
  }

  #told({ fingerprint, what }: { readonly fingerprint: string; readonly what: string }): boolean {
    if (this.#edges.signed(`agent: ${fingerprint} signs ${what}`)) return true;
    this.#edges.refused('agent: more signatures than a session has on its record');
    return false;
  }

  #next(): void {
    while (this.#underWay === undefined) {
      const message = this.#take(this.#asked, 'target');
      if (message === undefined) return;
      const request = readAgentRequest(message);
      const refused = refusalOf(request);
      if (refused !== undefined || request.kind === 'other') {
        this.#edges.refused(`agent: ${refused ?? ''}`);
        this.#edges.toTarget(FAILURE);
        continue;
      }
      this.#underWay = request;
      this.#room = this.#edges.toPerson(framed(message));
    }
  }

  #add(to: AgentMessages, chunk: Buffer, by: 'person' | 'target'): void {
    if (this.#over) return;
    try {
      to.add(chunk);
    } catch {
      this.#broken(by);
    }
  }

  #take(from: AgentMessages, by: 'person' | 'target'): Buffer | undefined {
    if (this.#over) return undefined;
    try {
      return from.next();
    } catch {
      this.#broken(by);
      return undefined;
    }
  }

  #broken(by: 'person' | 'target'): void {
    this.#over = true;
    this.#edges.broken(by);
  }
}

function refusalOf(request: AgentRequest): string | undefined {
  if (request.kind === 'other') return `asked ${request.what}`;
  if (request.kind === 'sign' && request.toReeve)
    return `${request.what}, which would come through Reeve as this person`;
  return undefined;
}
