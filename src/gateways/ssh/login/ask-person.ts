import type { KeyboardAuthContext } from 'ssh2';
import type { AskedLogin, LoginVerdict } from '../../port.ts';
import { plain } from '../tell.ts';

/** What one round of keyboard-interactive (RFC 4256) brought; undefined: the client is gone or broke off. */
type Round = readonly string[] | undefined;

/**
 * Speaks with a person over keyboard-interactive until their login is decided: shows where to agree and the code for it,
 * takes a one-time code where that may be typed, and the number that a browser elsewhere shows. Whatever was decided
 * against is answered at once, also while the client waits for something to be typed.
 */
export async function askPerson(
  context: KeyboardAuthContext,
  asked: AskedLogin,
  to: { readonly account: string; readonly system: string; readonly byKey: boolean },
): Promise<Exclude<LoginVerdict, { kind: 'number' }>> {
  const refused = asked.decided.then((verdict) => (verdict.kind === 'out' ? verdict : never()));
  return await Promise.race([refused, speak(context, asked, to)]);
}

const never = (): Promise<never> => new Promise(() => {});

async function speak(
  context: KeyboardAuthContext,
  asked: AskedLogin,
  to: Parameters<typeof askPerson>[2],
): Promise<Exclude<LoginVerdict, { kind: 'number' }>> {
  const shown = wordsOf(asked, to);
  let verdict: LoginVerdict | undefined;
  if (asked.mayType) verdict = await takeCode(context, asked, shown);
  else if ((await round(context, shown)) === undefined) return gone;
  verdict ??= await asked.decided;
  let title = 'Reeve: you agreed from another address than this one.';
  while (verdict?.kind === 'number') {
    const typed = await round(context, title, { prompt: 'Number that your browser shows: ', echo: true });
    if (typed === undefined) return gone;
    verdict = (await asked.number(typed[0] ?? '')) ?? verdict;
    title = 'Reeve: that is not the number.';
  }
  return verdict ?? gone;
}

const gone = { kind: 'out', sentence: 'the client broke off' } as const;

/** Until a code is right, nothing is typed, or it was tried too often. */
async function takeCode(
  context: KeyboardAuthContext,
  asked: AskedLogin,
  shown: string,
): Promise<LoginVerdict | undefined> {
  let title = shown;
  for (;;) {
    const typed = await round(context, title, {
      prompt: 'One-time code, or Enter once you agreed in the browser: ',
      echo: false,
    });
    if (typed === undefined) return gone;
    const code = (typed[0] ?? '').trim();
    if (code === '') return undefined;
    const verdict = await asked.type(code);
    if (verdict !== undefined) return verdict;
    title = 'Reeve: that code is not right.';
  }
}

/** One request for information, with one field or none. */
function round(
  context: KeyboardAuthContext,
  instructions: string,
  prompt?: { readonly prompt: string; readonly echo: boolean },
): Promise<Round> {
  return new Promise((resolve) => {
    const prompts = prompt === undefined ? [] : [{ ...prompt }];
    context.prompt(prompts, '', instructions, ((answers: readonly string[] | Error) => {
      // an answer that is not to the question is none
      resolve(Array.isArray(answers) && answers.length === prompts.length ? answers : undefined);
    }) as (answers: string[]) => void);
  });
}

/** In ASCII: OpenSSH shows nothing else of what a server says. */
function wordsOf(asked: AskedLogin, to: Parameters<typeof askPerson>[2]): string {
  const minutes = Math.floor(asked.seconds / 60);
  const target = plain(`${to.account}@${to.system}`);
  return [
    `Reeve: ${to.byKey ? 'your key is known. Agree to' : 'agree to'} this login to ${target} in your browser:`,
    '',
    `    ${asked.url}`,
    `    code ${asked.userCode}`,
    '',
    `The code is good for ${String(minutes)} minutes and for this terminal alone. Give it to nobody, and type none that somebody sent you.`,
  ].join('\n');
}
