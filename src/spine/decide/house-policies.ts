import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Module } from '#spine/operations/contract.ts';
import { parsePolicies, type Parsed, type ParsedPolicy, type PolicyProblem } from './engine/parse-policies.ts';
import { schemaOf, vocabularyOf, type Vocabulary } from './vocabulary.ts';

/** What the code brings: the words of policies and the policies shipped with it. */
export interface House {
  readonly vocabulary: Vocabulary;
  readonly schema: SchemaJson<string>;
  /** The modules' policies as one text, each module's under its name. */
  readonly text: string;
  readonly policies: readonly ParsedPolicy[];
}

/** By their text, of which the code has a fixed number: a process that opens many databases reads them once. */
const shipped = new Map<string, Parsed>();

function parseShipped(text: string): Parsed {
  const parsed = shipped.get(text) ?? parsePolicies(text);
  shipped.set(text, parsed);
  return parsed;
}

/** Parses what the modules ship. Throws naming the module and each problem: Reeve does not start on half its policies. */
export const readHouse = (modules: readonly Module[]): House => {
  const policies: ParsedPolicy[] = [];
  const texts: string[] = [];
  for (const { name, policies: text } of modules) {
    if (text === undefined || text.trim() === '') continue;
    const parsed = parseShipped(text);
    if (!parsed.ok)
      throw new Error(`the policies of ${name} do not parse:\n${parsed.problems.map(described).join('\n')}`);
    for (const policy of parsed.policies) {
      if (policies.some(({ id }) => id === policy.id))
        throw new Error(`${name}: two shipped policies are called ${policy.id}`);
    }
    policies.push(...parsed.policies);
    texts.push(`// ${name}\n${text.trim()}\n`);
  }
  const vocabulary = vocabularyOf(modules, policies);
  return { vocabulary, schema: schemaOf(vocabulary), text: texts.join('\n'), policies };
};

export const described = ({ policy, message, help }: PolicyProblem): string =>
  `  ${policy === undefined ? '' : `${policy}: `}${message}${help === undefined ? '' : ` (${help})`}`;
