/** Puts a value into the text of a file, touching nothing else of it. Pure. */
import { TargetError } from '../../port.ts';
import type { LinuxPlace } from './place.ts';

/**
 * The text with the value in it; the same text where it is there already. Throws TargetError `refused` where the file does
 * not have what the place names, has it twice, or cannot carry the value.
 */
export function withValue(text: string, place: LinuxPlace, value: string): string {
  if (place.format === 'whole') return value.endsWith('\n') ? value : `${value}\n`;
  const key = place.key ?? '';
  const lines = text.split('\n');
  const found = lines.flatMap((line, at) => {
    const part = partsOf(line);
    return part?.key === key ? [{ at, ...part }] : [];
  });
  const [one, second] = found;
  if (one === undefined) throw refused(place, `has no line \`${key}=…\` or \`${key}: …\``);
  if (second !== undefined) throw refused(place, `has the line \`${key}\` ${found.length} times`);
  const { inner, quote } = unquoted(one.old);
  if (one.form === 'json' && quote !== '"') throw refused(place, `has no text behind \`${key}\``);
  const next = place.format === 'line' ? value : inUrl(place, inner, value);
  if (one.form === 'yaml' && quote === '' && notPlain.test(next))
    throw refused(place, 'cannot carry the new value without quotes; put it into quotes there');
  lines[one.at] = `${one.before}${key}${one.between}${quoted(place, next, quote)}${one.after}`;
  return lines.join('\n');
}

/** How a line sets a value: `export KEY = value`, as environment files and ini files have it; `key: value`; `"key": "value",`. */
const forms = [
  { form: 'set', line: /^(\s*(?:export\s+)?)([A-Za-z_][\w.-]*)(\s*=\s*)(.*?)(\s*)$/u },
  { form: 'yaml', line: /^(\s*(?:-\s+)?)([A-Za-z_][\w.-]*)(:\s+)(".*"|'.*'|.*?)(\s*(?:\s#.*)?)$/u },
  { form: 'json', line: /^(\s*\{?\s*")([A-Za-z_][\w.-]*)("\s*:\s*)(.*?)(\s*,?\s*\}?\s*)$/u },
] as const;

/** What YAML reads otherwise than as a text when it stands there bare. */
const notPlain = /^[-?:,[\]{}!*%@]|:$|^[\d.+\-eExXoO_]+$|^(?:true|false|yes|no|on|off|null|~)$/iu;

function partsOf(line: string) {
  for (const { form, line: pattern } of forms) {
    const match = pattern.exec(line);
    if (match === null) continue;
    const [, before = '', key = '', between = '', old = '', after = ''] = match;
    return { form, before, key, between, old, after };
  }
  return undefined;
}

function unquoted(text: string): { readonly inner: string; readonly quote: '' | '"' | "'" } {
  const quote = text.at(0);
  if ((quote === '"' || quote === "'") && text.length >= 2 && text.endsWith(quote))
    return { inner: text.slice(1, -1), quote };
  return { inner: text, quote: '' };
}

function quoted(place: LinuxPlace, value: string, quote: '' | '"' | "'"): string {
  const cannot = quote === '' ? /[\s"'`$\\;#&|<>()]/u : quote === '"' ? /["\\$`]/u : /'/u;
  if (/\p{Cc}/u.test(value) || cannot.test(value))
    throw refused(
      place,
      'cannot carry the new value as it is quoted there; give the account generator rules without such signs',
    );
  return `${quote}${value}${quote}`;
}

/** `scheme://user:password@host/…` with another password, percent-encoded. */
function inUrl(place: LinuxPlace, url: string, value: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^@/?#]*@(.*)$/iu.exec(url);
  if (parts === null) throw refused(place, 'has no URL with user and password there');
  return `${parts[1]}:${encodeURIComponent(value)}@${parts[2]}`;
}

const refused = (place: LinuxPlace, why: string): TargetError =>
  new TargetError('refused', `${place.file} ${why}; nothing was changed`);
