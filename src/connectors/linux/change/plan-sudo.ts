/** Sudo rules of an account: granted as a line of Reeve's own file, withdrawn wherever a line names the account itself. */
import { TargetError } from '../../port.ts';
import { holdsDirectly, managedSudoersFile } from '../read/build-reading.ts';
import type { HostState, HostUser } from '../read/host-state.ts';
import { sudoersFileOf, sudoersUser } from './names.ts';
import type { Plan } from './plan.ts';
import { word } from '../ssh/script.ts';
import { allRights, type SudoRight } from '../sudoers/resolve-rules.ts';

const heading = '# Managed by Reeve: one line a grant. A change made here by hand is reported.';

export function planSudo(state: HostState, user: HostUser, id: string, granting: boolean): Plan {
  const held = state.sudo.filter((right) => right.id === id && holdsDirectly(right, user, state));
  const summary = granting
    ? `give ${user.name} sudo on ${state.hostname}: ${textOf(state, id)}`
    : `take sudo (${id}) from ${user.name} on ${state.hostname}`;
  if (granting === held.length > 0) return { summary, needed: false, script: '', secrets: [] };
  const files = granting ? new Map([grantFile(state, user, id)]) : withdrawn(state, user, held);
  return {
    summary,
    needed: true,
    script: [...files].map(([file, content]) => replaceFile(file, state.sudoersFiles.get(file), content)).join('\n'),
    secrets: [],
  };
}

function textOf(state: HostState, id: string): string {
  const known = state.sudo.find((right) => right.id === id)?.canonical;
  if (id === 'ALL') return allRights;
  if (known !== undefined) return known;
  throw new TargetError(
    'refused',
    `${state.hostname} has no sudo rule \`sudo:${id}\` any more, so Reeve cannot know what it allowed`,
  );
}

function grantFile(state: HostState, user: HostUser, id: string): readonly [string, string] {
  const file = sudoersFileOf(user.name);
  if (
    ![...state.sudoersFiles.values()].some((text) =>
      /^[ \t]*[@#]includedir[ \t]+"?\/etc\/sudoers\.d\/?"?[ \t]*$/mu.test(text),
    )
  ) {
    throw new TargetError(
      'unsupported',
      `sudo on ${state.hostname} ${state.sudoersFiles.size === 0 ? 'is not installed' : 'does not include /etc/sudoers.d'}; Reeve grants rules there`,
    );
  }
  const before = state.sudoersFiles.get(file) ?? `${heading}\n`;
  return [file, `${before}${before.endsWith('\n') ? '' : '\n'}${sudoersUser(user.name)} ALL=${textOf(state, id)}\n`];
}

/** New content of every file that names the account for these rights; undefined content means the file goes. */
function withdrawn(
  state: HostState,
  user: HostUser,
  held: readonly SudoRight[],
): ReadonlyMap<string, string | undefined> {
  const files = new Map<string, string | undefined>();
  for (const file of new Set(held.map((right) => right.rule.file))) {
    const rights = held.filter((right) => right.rule.file === file);
    const text = state.sudoersFiles.get(file) ?? '';
    if (text.includes('\uFFFD'))
      throw new TargetError('unsupported', `${file} on ${state.hostname} is not UTF-8; remove the rule by hand`);
    const lines: (string | undefined)[] = text.split('\n');
    for (const right of rights) {
      const { line, endLine } = right.rule;
      lines.fill(undefined, line - 1, endLine);
      const rest = withoutUser(state, right, user);
      if (rest !== undefined) lines[line - 1] = rest;
    }
    const content = lines.filter((line) => line !== undefined).join('\n');
    const bare = content.split('\n').every((line) => line.trim() === '' || line.trim() === heading);
    files.set(file, bare && managedSudoersFile.test(file) ? undefined : content);
  }
  return files;
}

/** The rule's line without this account, or undefined when it named nobody else. Refuses lines an edit could change for others. */
function withoutUser(state: HostState, right: SudoRight, user: HostUser): string | undefined {
  const { rule } = right;
  const place = `${rule.file}:${rule.line} on ${state.hostname}`;
  const mine = (name: string): boolean => name === user.name || name === `#${user.uid}`;
  const direct =
    rule.users.some((member) => mine(member.name) && !member.negated) && rule.users.every((member) => !member.negated);
  const shared = state.sudo.filter((other) => other.rule.file === rule.file && other.rule.line === rule.line);
  if (!direct)
    throw new TargetError(
      'refused',
      `\`${user.name}\` has this rule through an alias, ALL or an exception in ${place}; change that line by hand (visudo)`,
    );
  if (shared.length > 1)
    throw new TargetError(
      'refused',
      `${place} holds several host parts in one line; split it by hand (visudo), then withdraw again`,
    );
  const others = rule.userTexts.filter((_, index) => !mine(rule.users[index]?.name ?? ''));
  return others.length === 0 ? undefined : `${others.join(', ')}${rule.text.slice(rule.usersEnd)}`;
}

/**
 * Puts the new content in place in one rename, after \`visudo -cf\` has accepted it. The name of the file on its way holds a dot, so
 * sudo does not read it. A file that changed since it was read is left alone.
 */
function replaceFile(file: string, before: string | undefined, after: string | undefined): string {
  const unchanged =
    before === undefined ? `[ ! -e ${word(file)} ]` : `[ "$(cat -- ${word(file)}; echo .)" = ${word(`${before}.`)} ]`;
  const check = `${unchanged} || die ${word(`${file} changed while Reeve was at it; nothing was done`)}`;
  if (after === undefined) return `${check}\nrm -f -- ${word(file)} || die ${word(`cannot remove ${file}`)}`;
  const cut = file.lastIndexOf('/') + 1;
  const draft = `${file.slice(0, cut)}.reeve.${file.slice(cut)}`;
  return `${check}
rm -f -- ${word(draft)}
printf '%s' ${word(after)} >${word(draft)} && chown root:root ${word(draft)} && chmod 440 ${word(draft)} || die ${word(`cannot write ${draft}`)}
visudo -cf ${word(draft)} >/dev/null || { rm -f -- ${word(draft)}; die ${word(`visudo does not accept the new ${file}`)}; }
mv -f -- ${word(draft)} ${word(file)} || die ${word(`cannot replace ${file}`)}`;
}
