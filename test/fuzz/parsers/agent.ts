import { AgentChannel } from '#gateways/ssh/relay/agent/agent-channel.ts';
import { AGENT, readAgentRequest } from '#gateways/ssh/relay/agent/read-agent.ts';
import { text, word } from '#gateways/ssh/wire/encode.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { inPieces, mangled, must, oneOf, type Random } from '../random.ts';
import { captured } from '../seeds.ts';

const ASKS = captured('agent-asks');
const ANSWERS = captured('agent-answers');
const KEY = Buffer.from('the blob of a key');
const logIn = (user: string): Buffer =>
  Buffer.concat([text(Buffer.alloc(32, 7)), Buffer.of(50), text(user), text('ssh-connection'), text('publickey')]);
const sign = (data: Buffer): Buffer => text(Buffer.concat([Buffer.of(AGENT.sign), text(KEY), text(data), word(0)]));
const TO_REEVE = ['root@web1', 'root%web1'].map(logIn);
const USERS = ['root', 'root@web1', 'root%web1', '\u0000@', 'a'.repeat(300), ''];

/** What a target says: as captured, with something wrong in it, or something to sign whose lengths are right. */
function asked(random: Random): Buffer {
  const one = (): Buffer => {
    if (random(3) === 0) return oneOf(random, ASKS);
    if (random(2) === 0) return mangled(random, oneOf(random, ASKS), ASKS);
    const data = logIn(oneOf(random, USERS));
    return sign(random(2) === 0 ? data : mangled(random, data, ASKS));
  };
  return Buffer.concat(Array.from({ length: 1 + random(4) }, one));
}

/** Keys are listed and sign; nothing that changes an agent, and no login to Reeve, gets there; each ask has one answer. */
export const agent: Parser = {
  name: 'agent',
  reads: 'what targets ask of agents of people, and what those answer',
  mostMs: 50,
  beyond: 50,
  one: (random) => {
    const passed: Buffer[] = [];
    const answered: Buffer[] = [];
    const told: string[] = [];
    let broken = '';
    let signatures = 0;
    const channel = new AgentChannel({
      toPerson: (bytes) => {
        passed.push(Buffer.from(bytes));
        return random(4) > 0;
      },
      toTarget: (bytes) => {
        answered.push(Buffer.from(bytes));
        return random(4) > 0;
      },
      resume: () => {},
      refused: (detail) => void told.push(detail),
      signed: (detail) => {
        if (random(8) === 0) return false;
        signatures += 1;
        told.push(detail);
        return true;
      },
      broken: (by) => (broken = by),
    });
    let heard = 0;
    const answer = (): void => {
      heard += 1;
      const said =
        random(3) > 0 ? fitting(random, passed[heard - 1]) : mangled(random, oneOf(random, ANSWERS), ANSWERS);
      for (const piece of inPieces(random, said, 200)) if (broken === '') channel.fromPerson(piece);
      // what is not whole waits: nothing more is passed on before it is answered
      must(passed.length <= heard + 1, () => 'two requests under way at once');
    };
    for (const part of inPieces(random, asked(random), 400)) {
      if (broken !== '') break;
      channel.fromTarget(part);
      for (let tries = 0; tries < 4 && heard < passed.length; tries += 1) answer();
    }
    for (const request of passed) {
      must(request.readUInt32BE(0) === request.length - 4, () => 'a request in a frame of another length');
      const read = readAgentRequest(request.subarray(4));
      must(read.kind !== 'other', () => `passed on: ${request.toString('base64')}`);
      must(!(read.kind === 'sign' && read.toReeve), () => `a login to Reeve: ${request.toString('base64')}`);
      for (const data of TO_REEVE)
        must(!request.equals(sign(data)), () => `a login to Reeve that was not read: ${request.toString('base64')}`);
    }
    for (const answer of answered)
      must(answer.readUInt32BE(0) === answer.length - 4, () => 'an answer in a wrong frame');
    const given = answered.filter((answer) => answer[4] === AGENT.signed).length;
    must(given === signatures, () => `${String(given)} signatures given, ${String(signatures)} told of`);
    if (broken !== '') return `broken by the ${broken}`;
    if (passed.length > 0) return told.some((one) => one.includes('signs')) ? 'a signature' : 'passed on';
    return told.length > 0 ? 'refused' : AT_ONCE;
  },
};

/** An answer of the kind that was asked for, with anything in it. */
function fitting(random: Random, request: Buffer | undefined): Buffer {
  const kinds =
    request?.[4] === AGENT.list ? [AGENT.listed] : request?.[4] === AGENT.sign ? [AGENT.signed] : [AGENT.success];
  const type = random(5) === 0 ? AGENT.failure : oneOf(random, kinds);
  return text(Buffer.concat([Buffer.of(type), Buffer.alloc(random(60), random(256))]));
}
