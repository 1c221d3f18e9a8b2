import { readFileSync, writeFileSync } from 'node:fs';

/**
 * `tsx tools/complete-lock.ts`, after npm install against a registry that lacks some platforms' binaries: names every
 * optional binary package in the lock file again. Without their entries `npm ci` refuses the lock as out of step,
 * though none of them would be installed here; with them it skips those of other platforms, as it should.
 */
interface Entry {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}
interface Lock {
  packages: Record<string, Entry>;
}

const OS = ['android', 'darwin', 'freebsd', 'win32', 'openharmony', 'linux', 'aix', 'netbsd', 'openbsd', 'sunos'];
const CPU: Readonly<Record<string, string>> = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
  mips64el: 'mips64el',
  loong64: 'loong64',
};

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    const hoisted = `node_modules/${name}`;
    if (lock.packages[nested] !== undefined || lock.packages[hoisted] !== undefined) continue;
    const words = name.split(/[-/@]/);
    const os = OS.filter((o) => words.includes(o));
    const cpu = words.flatMap((w) => CPU[w] ?? []);
    // A package for every platform that is missing is a real hole; only platform binaries are named here.
    if (os.length === 0 && cpu.length === 0) continue;
    lock.packages[hoisted] = {
      version,
      optional: true,
      ...(entry.dev === true ? { dev: true } : {}),
      ...(os.length > 0 ? { os } : {}),
      ...(cpu.length > 0 ? { cpu } : {}),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`named ${added} packages of other platforms`);
