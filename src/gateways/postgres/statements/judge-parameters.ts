import type { StatementRules } from '../../port.ts';
import { judgeSetting } from './judge-setting.ts';

/** Why what a client wants set from the start is refused; undefined: it may be. */
export function refuseParameters(
  parameters: ReadonlyMap<string, string>,
  rules: StatementRules | undefined,
): string | undefined {
  if (rules === undefined) return undefined;
  for (const [name, value] of parameters) {
    if (name === 'options') {
      const refused = refuseOptions(value, rules);
      if (refused !== undefined) return refused;
    } else {
      const refused = judgeSetting(settingName(name), value, rules);
      if (refused !== undefined) return refused;
    }
  }
  return undefined;
}

/** Words of a command line, as the server cuts them: a backslash takes the next character as it is. */
const WORD = /(?:\\[\s\S]|[^\s\\])+/g;

function refuseOptions(options: string, rules: StatementRules): string | undefined {
  const words = (options.match(WORD) ?? []).map((word) => word.replaceAll(/\\([\s\S])/g, '$1'));
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const setting =
      word === '-c' ? words[(at += 1)] : word.startsWith('-c') || word.startsWith('--') ? word.slice(2) : undefined;
    const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(setting ?? '') ?? [];
    if (name === undefined) return `the option ${word.slice(0, 40)} is not taken while there are rules for statements`;
    const refused = judgeSetting(settingName(name), value, rules);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** Names are the same in capitals, and with dashes for underscores. */
const settingName = (name: string): string => name.trim().toLowerCase().replaceAll('-', '_');
