import { readFileSync } from 'node:fs';

/** What package.json says, as far as it concerns what is fetched. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** Packages whose install scripts may run. */
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

/** One package of package-lock.json. */
export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}
export interface Lock {
  readonly lockfileVersion?: number;
  readonly packages?: Readonly<Record<string, LockedPackage>>;
}

const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.-]+)?$/;
const REGISTRY = 'https://registry.npmjs.org/';
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * What could let code in that nobody chose: a range instead of a version, a package from elsewhere than the registry or
 * without a digest, an install script nobody allowed, and a permission for one that has none. Empty when all is well. An entry
 * without an address comes from whatever registry npm is set to; its digest says what it has to be all the same.
 *
 * Binaries of development tools for other platforms are named in the lock without address and digest, where the registry
 * it was made with lacks them (tools/complete-lock.ts): nothing Reeve runs on is among them.
 */
export function supplyProblems(manifest: Manifest, lock: Lock): string[] {
  const problems: string[] = [];
  for (const part of ['dependencies', 'devDependencies', 'optionalDependencies'] as const)
    for (const [name, version] of Object.entries(manifest[part] ?? {}))
      if (!EXACT.test(version)) problems.push(`package.json: ${name} is not pinned to one version (${version})`);
  const allowed = new Set(Object.entries(manifest.allowScripts ?? {}).flatMap(([name, yes]) => (yes ? [name] : [])));
  const scripted = new Set<string>();
  const packages = Object.entries(lock.packages ?? {}).filter(([path]) => path !== '');
  if (packages.length === 0) problems.push('package-lock.json names no package');
  for (const [path, entry] of packages) {
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (entry.hasInstallScript === true) {
      scripted.add(name);
      if (!allowed.has(name))
        problems.push(`${path} has an install script that allowScripts of package.json does not allow`);
    }
    if (isForeignTool(entry)) continue;
    if (entry.link === true || !(entry.resolved ?? REGISTRY).startsWith(REGISTRY))
      problems.push(`${path} comes from elsewhere than the registry (${entry.resolved ?? 'a folder'})`);
    if (!SHA512.test(entry.integrity ?? '')) problems.push(`${path} has no SHA-512 digest`);
  }
  for (const name of allowed)
    if (!scripted.has(name)) problems.push(`allowScripts allows ${name}, which has no install script`);
  return problems;
}

/** A platform's binary of a development tool that only its name and version are known of. */
const isForeignTool = (entry: LockedPackage): boolean =>
  entry.dev === true &&
  entry.optional === true &&
  entry.resolved === undefined &&
  entry.integrity === undefined &&
  (entry.os?.length ?? 0) > 0 &&
  (entry.cpu?.length ?? 0) > 0;

if (process.argv[1] === import.meta.filename) {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const problems = supplyProblems(read('package.json') as Manifest, read('package-lock.json') as Lock);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
