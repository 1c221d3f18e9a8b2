/** Clauses of access rules (slapd.access(5)) that let more than somebody named change what gives access. */

/** Attributes that, changed by their owner, give the owner more. */
const raisesSelf = /(?:^|,)(?:uidnumber|gidnumber|memberof|authzto|@extensibleobject|entry|children|sudo\w+)(?:,|$)/iu;
const tells =
  /(?:^|,)(?:userpassword|member|uniquemember|memberuid|uid|uidnumber|gidnumber|sshpublickey|authzto|pwdreset|entry|children|@extensibleobject|sudo\w+)(?:,|$)/iu;
const everybody: ReadonlyMap<string, string> = new Map([
  ['*', 'everybody, without logging in'],
  ['anonymous', 'everybody, without logging in'],
  ['users', 'everybody who is logged in'],
]);

export function openClauses(rule: string): readonly { readonly who: string; readonly text: string }[] {
  const words: readonly string[] = rule.replace(/^\{-?\d+\}/u, '').match(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/gu) ?? [];
  const first = words.indexOf('by');
  if (words[0] !== 'to' || first < 0) return [];
  const what = words.slice(1, first);
  const attrs = what.find((word) => /^attrs?=/iu.test(word))?.replace(/^attrs?=/iu, '');
  const found: { who: string; text: string }[] = [];
  for (let at = first; at < words.length;) {
    const next = words.indexOf('by', at + 1);
    const clause = words.slice(at + 1, next < 0 ? words.length : next);
    at = next < 0 ? words.length : next;
    if (['stop', 'continue', 'break'].includes(clause.at(-1) ?? '')) clause.pop();
    const level = clause.at(-1) ?? '';
    if (!/^(?:write|add|manage)$/u.test(level) && !/^[=+][a-z0-9]*[wazm]/u.test(level)) continue;
    const who = clause[0] ?? '';
    const text = `to ${what.join(' ')} by ${clause.join(' ')}`;
    const all =
      everybody.get(who) ??
      (/^dn(?:\.\w+)?="?\.[*+]"?$/iu.test(who) || /^dn\.(?:sub(?:tree)?|children|regex)=/iu.test(who)
        ? `everybody ${who} takes in`
        : /^(?:peername|domain|sockname|sockurl)(?:\.\w+)?=/iu.test(who) && !/=(?:"?ldapi|"?PATH=)/iu.test(who)
          ? `everybody who comes by ${who}, without logging in`
          : undefined);
    if (all !== undefined && (attrs === undefined || tells.test(attrs))) found.push({ who: all, text });
    else if (who === 'self' && (attrs === undefined || raisesSelf.test(attrs)))
      found.push({ who: 'everybody, to their own entry', text });
  }
  return found;
}

/**
 * Access rules of one database, in their order, by which more than somebody named reads password hashes. The first rule
 * that takes the attribute in decides, unless it passes on with `break`; without any rule everybody reads everything.
 */
export function openPasswords(rules: readonly string[]): readonly { readonly who: string; readonly text: string }[] {
  if (rules.length === 0) return [{ who: 'everybody, without logging in', text: 'to * by * read (no rule at all)' }];
  const found: { who: string; text: string }[] = [];
  for (const who of ['anonymous', 'users'] as const)
    for (const rule of rules) {
      const words: readonly string[] = rule.replace(/^\{-?\d+\}/u, '').match(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/gu) ?? [];
      const first = words.indexOf('by');
      if (words[0] !== 'to' || first < 0) continue;
      const what = words.slice(1, first);
      const attrs = what.find((word) => /^attrs?=/iu.test(word))?.replace(/^attrs?=/iu, '');
      if (attrs !== undefined && !/(?:^|,)userpassword(?:,|$)/iu.test(attrs)) continue;
      const narrowed = what.some((word) => /^(?:dn|filter)/iu.test(word));
      const clause = clausesOf(words.slice(first)).find(([subject]) => subject === '*' || subject === who);
      if (clause === undefined && narrowed) continue;
      if (clause === undefined) break;
      const control = ['stop', 'continue', 'break'].includes(clause.at(-1) ?? '') ? (clause.at(-1) ?? '') : 'stop';
      const level = clause.slice(1).find((word) => !['stop', 'continue', 'break'].includes(word)) ?? '';
      if (/^(?:read|write|add|delete|manage)$/u.test(level) || /^[=+][a-z0-9]*[rm]/u.test(level))
        found.push({
          who: everybody.get(who) ?? who,
          text: `to ${what.join(' ')} by ${clause.join(' ')}`,
        });
      if (!narrowed && control === 'stop') break;
    }
  const once = new Map<string, { who: string; text: string }>();
  for (const one of found) if (!once.has(one.text)) once.set(one.text, one);
  return [...once.values()];
}

function clausesOf(words: readonly string[]): readonly (readonly string[])[] {
  const clauses: string[][] = [];
  for (const word of words)
    if (word === 'by') clauses.push([]);
    else clauses.at(-1)?.push(word);
  return clauses;
}
