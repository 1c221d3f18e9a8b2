import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sha256 } from '#kit/crypto/index.ts';

/**
 * What Cedar answered when Reeve was built, beside the bundle: each start asks the same of the policies that ship, and
 * asking was nearly half its work. An answer is found by all that was asked and by nothing less, so another policy or
 * other words for it find none, and Cedar is asked. A checkout has no such file.
 */
export const ANSWERS_FILE = 'cedar-answers.json';

/** Answers, each under the digest of its question. */
export type Answers = Readonly<Record<string, unknown>>;

let kept: Answers | undefined;
let recording: Record<string, unknown> | undefined;

/** The answer of `ask`, or the one that is kept of the same question. What is answered is not to be changed. */
export function askOnce<A extends readonly unknown[], R>(call: string, args: A, ask: () => R): R {
  kept ??= readAnswers(fileURLToPath(new URL(ANSWERS_FILE, import.meta.url)));
  if (kept === NONE && recording === undefined) return ask();
  const question = sha256(JSON.stringify([call, ...args])).toString('base64');
  const known = kept[question];
  if (known !== undefined) return known as R;
  const answer = ask();
  if (recording !== undefined) recording[question] = answer;
  return answer;
}

/** What Cedar itself was asked while `work` ran, and answered. */
export function recordAnswers(work: () => void): Answers {
  recording = {};
  try {
    work();
    return recording;
  } finally {
    recording = undefined;
  }
}

/** Answers from these from now on; undefined: from the file again. For tests. */
export const useAnswers = (answers: Answers | undefined): void => {
  kept = answers;
};

const NONE: Answers = {};
const readAnswers = (file: string): Answers =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Answers) : NONE;
