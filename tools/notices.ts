import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** The folder a package resolves to from another package's folder, as Node looks for it. */
function resolveFrom(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = join(at, '..')) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (at === '/' || at === '.') return undefined;
  }
}

const licenceText = (folder: string): string => {
  const file = readdirSync(folder).find((f) => /^licen[cs]e(\.|$)/i.test(f));
  return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
};

/**
 * THIRD-PARTY-NOTICES.md: every package that ships with Reeve, with its licence. The console's libraries are bundled
 * into what is served, so they count; development tools do not.
 */
export function notices(): string {
  const root = process.cwd();
  const own = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest & {
    devDependencies: Record<string, string>;
  };
  const bundled = Object.keys(own.devDependencies).filter((name) =>
    /^(react|react-dom|@mantine\/|@tanstack\/|asciinema-player|@xterm\/|@simplewebauthn\/browser|openapi-fetch)/.test(
      name,
    ),
  );
  const found = new Map<string, { readonly manifest: Manifest; readonly folder: string }>();
  const open = [...Object.keys(own.dependencies ?? {}), ...bundled].map((name) => ({ name, from: root }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const folder = resolveFrom(next.from, next.name);
    if (folder === undefined) continue;
    const manifest = readManifest(folder);
    const key = `${manifest.name}@${manifest.version}`;
    if (found.has(key)) continue;
    found.set(key, { manifest, folder });
    for (const name of Object.keys({ ...manifest.dependencies })) open.push({ name, from: folder });
  }
  const licenceOf = (m: Manifest): string =>
    typeof m.license === 'string' ? m.license : (m.license?.type ?? 'see its text');
  const sorted = [...found.entries()].sort(([a], [b]) => a.localeCompare(b));
  const byText = new Map<string, string[]>();
  for (const [key, { folder }] of sorted) {
    const text = licenceText(folder);
    byText.set(text, [...(byText.get(text) ?? []), key]);
  }
  return [
    '# Third-party notices',
    '',
    'Packages that ship with Reeve. `npm run fix` writes this file from what is installed.',
    '',
    '| package | licence |',
    '|---|---|',
    ...sorted.map(([key, { manifest }]) => `| ${key} | ${licenceOf(manifest)} |`),
    '',
    ...[...byText.entries()]
      .filter(([text]) => text !== '')
      .flatMap(([text, keys]) => [`## ${keys.join(', ')}`, '', '```', text.replaceAll('```', "'''"), '```', '']),
  ].join('\n');
}
