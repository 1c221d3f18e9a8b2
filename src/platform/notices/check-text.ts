import { AppError, notFound, type FieldProblem } from '#kit/errors/index.ts';
import { LINK, shippedText, VARIABLE, type Text } from './render-mail.ts';
import { TEMPLATES, type Template } from './templates.ts';

/** The shipped text of that name. */
export const templateNamed = (template: string): Template => {
  const found = TEMPLATES.get(template);
  if (found === undefined) throw notFound('notice_template', template);
  return found;
};

/** What a template may fill in: what its shipped text does. Nothing else is known when the mail is sent. */
export const variablesOf = (template: Template): string[] => {
  const { subject, body } = shippedText(template);
  const names = [...`${subject}\n${body}`.matchAll(VARIABLE)].map((m) => m[2] ?? '');
  return [...new Set(names)].filter((name) => `{${name}}` !== LINK).sort();
};

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const ELSEWHERE = /:\/\/|\bwww\.|\b(?:mailto|javascript|data|tel):/i;

/** What is wrong with a text a house wants in place of a shipped one. Nothing: it may go out. */
const problemsOf = (template: Template, text: Text): FieldProblem[] => {
  const known = variablesOf(template);
  const fix = known.length === 0 ? 'write it out' : `use ${known.map((name) => `{${name}}`).join(', ')}`;
  const said = (pointer: string, line: string): FieldProblem[] => {
    const problems: FieldProblem[] = [];
    if (HIDDEN.test(line)) problems.push({ pointer, detail: 'holds a character that is not seen, or breaks a line' });
    if (ELSEWHERE.test(line))
      problems.push({ pointer, detail: 'holds an address of its own', fix: `a mail leads to one page: ${LINK}` });
    for (const [, , name = ''] of line.matchAll(VARIABLE))
      if (!known.includes(name)) problems.push({ pointer, detail: `there is no variable {${name}}`, fix });
    const loose = /[{}]/.exec(line.replaceAll(VARIABLE, ''));
    if (loose !== null) problems.push({ pointer, detail: `a ${loose[0]} belongs to no variable`, fix });
    return problems;
  };
  const lines = text.body.split('\n');
  const links = lines.filter((line) => line.trim() === LINK).length;
  const problems = [
    ...said('/subject', text.subject),
    ...lines.filter((line) => line.trim() !== LINK).flatMap((line) => said('/body', line)),
  ];
  if (/\{>/.test(text.subject))
    problems.push({
      pointer: '/subject',
      detail: 'a quotation has lines, and a subject has one',
      fix: 'leave out the >',
    });
  if (links !== 1)
    problems.push({
      pointer: '/body',
      detail: links === 0 ? `the link is missing: ${LINK}` : 'the link is there more than once',
      fix: `write ${LINK} once, on a line of its own`,
    });
  return problems;
};

/** Refuses a text that could not go out, naming every variable that is unknown and what is missing. */
export const checkText = (template: Template, text: Text): void => {
  const problems = problemsOf(template, text);
  const [first] = problems;
  if (first !== undefined)
    throw new AppError({
      code: 'notice_template.invalid',
      status: 422,
      detail: problems.map(({ detail }) => detail).join('; '),
      fix: first.fix,
      errors: problems,
    });
};
