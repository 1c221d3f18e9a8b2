import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** `npm run new -- module|page|migration|decision …`: the boilerplate of the four things one adds most often. */
const [kind, ...rest] = process.argv.slice(2);
const pad = (n: number): string => String(n).padStart(4, '0');
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
const camel = (name: string): string => name.replaceAll(/-([a-z])/g, (_, c: string) => c.toUpperCase());

const nextNumber = (folder: string): number =>
  1 +
  Math.max(
    -1,
    ...readdirSync(folder)
      .map((f) => Number.parseInt(f, 10))
      .filter(Number.isInteger),
  );

function write(path: string, text: string): void {
  if (existsSync(path)) throw new Error(`${path} exists already`);
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}

function newMigration(words: readonly string[]): void {
  const truth = slug(words.join(' '));
  if (truth === '') throw new Error('say the new truth: npm run new -- migration every elevation has an end');
  write(
    `db/migrations/${pad(nextNumber('db/migrations'))}_${truth}.sql`,
    '-- module: NAME. Why this is true from now on.\n\n',
  );
}

function newDecision(words: readonly string[]): void {
  const title = words.join(' ');
  if (title === '') throw new Error('name the decision: npm run new -- decision SQL is written as SQL');
  const text = readFileSync('docs/decisions/0000-template.md', 'utf8').replace('TITLE', title);
  write(`docs/decisions/${pad(nextNumber('docs/decisions'))}-${slug(title).replaceAll('_', '-')}.md`, text);
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const namesOf = (name: string) => ({
  value: camel(name),
  Value: capital(camel(name)),
  title: capital(name.replaceAll('-', ' ')),
});

function fillTemplate(template: string, folder: string, name: string): void {
  const { value, Value, title } = namesOf(name);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(template)) {
    const text = readFileSync(`${template}/${file}`, 'utf8')
      .replaceAll('__name__', name)
      .replaceAll('__value__', value)
      .replaceAll('__Value__', Value)
      .replaceAll('__Title__', title);
    write(`${folder}/${file.replace('.template', '').replace('__name__', name)}`, text);
  }
}

function newModule(wing: string | undefined, name: string | undefined): void {
  const wings = ['spine', 'govern', 'guard', 'platform'];
  if (wing === undefined || name === undefined || !wings.includes(wing) || !/^[a-z][a-z-]*$/.test(name)) {
    throw new Error(`npm run new -- module ${wings.join('|')} NAME`);
  }
  fillTemplate('tools/module-template', `src/${wing}/${name}`, name);
  console.log(`now list it in src/modules.ts: import { ${camel(name)}Module } from '#${wing}/${name}/index.ts'`);
}

function newPage(name: string | undefined): void {
  if (name === undefined || !/^[a-z][a-z-]*$/.test(name))
    throw new Error('npm run new -- page NAME, that of the module');
  const { value, Value, title } = namesOf(name);
  fillTemplate('tools/page-template', `console/src/pages/${name}`, name);
  console.log(`now, in console/src/routes.tsx, add ${value} to the shell's children and say where it is:

const ${value} = createRoute({
  getParentRoute: () => shell,
  path: '/${name}',
  component: lazyRouteComponent(() => import('./pages/${name}/${name}-page.tsx'), '${Value}Page'),
});

and, in console/src/layout/nav.ts, under the heading it belongs to:

{ to: '/${name}', label: '${title}', icon: 'list', keys: 'g x', needs: ['${value}.add_note'] },`);
}

if (kind === 'module') newModule(rest[0], rest[1]);
else if (kind === 'page') newPage(rest[0]);
else if (kind === 'migration') newMigration(rest);
else if (kind === 'decision') newDecision(rest);
else {
  console.error('npm run new -- module WING NAME | page NAME | migration THE NEW TRUTH | decision TITLE');
  process.exitCode = 2;
}
