/** Which files a command line, or the text of a script, runs or reads as code. Pure. */

/** Paths from the root. */
export const absolute = (command: string): readonly string[] => [
  ...new Set(
    (command.match(/(?<![\w.=:-])\/[A-Za-z0-9_./+-]+/gu) ?? [])
      .map((path) => path.replace(/(?<=.)\/+$/u, ''))
      .filter((path) => !/^\/(?:dev|proc|sys)(?:\/|$)/u.test(path)),
  ),
];

/** Words in front of a program, and programs whose arguments are programs. */
const passesOn =
  /^(?:sudo|doas|nice|ionice|env|timeout|nohup|time|exec|command|chronic|setsid|stdbuf|systemd-cat|systemd-run|su|runuser|setpriv|chroot|unshare|flock|if|then|do|else|!|test|\[|\.|source|xargs|parallel|watch|trap|eval|(?:ba|da|z|k|a)?sh|python[\d.]*|perl|ruby|php[\d.]*|node|java|lua|awk|gawk|make|expect|wish|tclsh|git|\w+=\S*)$/u;

/**
 * Paths of a command line, by what becomes of them: `run` is started or read as code; `mentioned` are arguments, of which
 * only such as can be run may be. Where output goes is neither.
 */
export function programs(command: string): { readonly run: readonly string[]; readonly mentioned: readonly string[] } {
  const run: string[] = [];
  const mentioned: string[] = [];
  for (const part of command.replaceAll(/\d*>>?\s*&?\S+/gu, ' ').split(/&&|\|\||[;|&\n`]|\$\(/u)) {
    const first = /^[\s({"']*(\S+)/u.exec(part)?.[1] ?? '';
    const name = first.split('/').at(-1) ?? '';
    const paths = absolute(` ${part}`);
    if (passesOn.test(name)) run.push(...paths);
    else {
      const own = paths.filter((path) => first.startsWith(path));
      run.push(...own);
      mentioned.push(...paths.filter((path) => !own.includes(path)));
    }
  }
  return { run: [...new Set(run)], mentioned: [...new Set(mentioned)] };
}

const program = String.raw`(?:\.\/[\w.+/-]+|[\w+-]+\.(?:sh|bash|py|pl|rb|js|mjs|php|jar|lua))`;

/** Programs named from the folder a command stands in: the last `cd`, or the folder it is started in. */
export function relative(command: string, folder: string | undefined): readonly string[] {
  const found: string[] = [];
  let at = folder;
  for (const part of command.split(/&&|\|\||[;|&\n]/u)) {
    const moved = /^\s*cd\s+["']?(\/[\w./+-]+)/u.exec(part)?.[1];
    if (moved !== undefined) at = moved.replace(/(?<=.)\/+$/u, '');
    if (at === undefined) continue;
    const base = at;
    found.push(
      ...[...part.matchAll(new RegExp(String.raw`(?:^|\s)(${program})(?=\s|$|["'])`, 'gu'))].map(
        (one) => `${base}/${(one[1] ?? '').replace(/^(?:\.\/)+/u, '')}`,
      ),
    );
  }
  return [...new Set(found)];
}

/** Files a shell reads as its own text: they need not be such as can be run. */
export const sourced = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/(?:^|[;&|{(]|\bthen\b|\bdo\b|\belse\b)\s*(?:\.|source)\s+["']?(\/[\w./+-]+)/gmu)].map(
      (one) => one[1] ?? '',
    ),
  ),
];

/** Folders of which everything is run: by run-parts, by a shell, or by a loop over what is in them. */
export function folderRun(command: string): readonly string[] {
  const named = [
    /\brun-parts\s+(?:--?[\w=]+\s+)*["']?(\/[\w./+-]+)/gu,
    /\b(?:ba|da|z|k)?sh\s+["']?(\/[\w./+-]+)\/[\w.]*\*/gu,
    /\b(?:python[\d.]*|perl|ruby|php|node)\s+["']?(\/[\w./+-]+)\/[\w.]*\*/gu,
  ].flatMap((form) => [...command.matchAll(form)].map((one) => one[1] ?? ''));
  const loops = [...command.matchAll(/\bfor\s+(\w+)\s+in\s+["']?(\/[\w./+-]+)\/[\w.]*\*/gu)];
  const run = loops
    .filter(([, variable = '']) =>
      new RegExp(
        String.raw`(?:\b(?:ba|da|z|k)?sh|\bpython[\d.]*|\bperl|\bdo|;|\.|\bsource)\s+["']?\$\{?${variable}\b`,
        'u',
      ).test(command),
    )
    .map((one) => one[2] ?? '');
  return [...new Set([...named, ...run])].map((folder) => folder.replace(/(?<=.)\/+$/u, ''));
}
