import type { Setting } from './define-setting.ts';
import { envNameOf } from './load-config.ts';
import { OTHER_ENV, SETTINGS } from './settings.ts';

const cell = (value: string): string => value.replaceAll('|', '\\|');

/** docs/reference/configuration.md, from the declarations. */
export function renderConfigurationReference(): string {
  const rows = (Object.entries(SETTINGS) as [string, Setting][]).map(([key, setting]) => {
    const env = [envNameOf(key), ...setting.alsoEnv].map((name) => `\`${name}\``).join(', ');
    const secret = setting.secret ? ' Secret: never printed; a file that holds it must not be readable by others.' : '';
    return `| \`${key}\` | ${env} | ${cell(setting.shape)} | ${cell(setting.fallbackText)} | ${cell(setting.description)}${secret} |`;
  });
  return [
    '# Configuration',
    '',
    '<!-- Generated from src/kit/config/settings.ts; `npm run fix` writes it. -->',
    '',
    'Nothing has to be configured: without any of this Reeve is a complete installation on one machine.',
    'A setting comes from the environment, else from the file named by `REEVE_CONFIG` (else `reeve.yaml` or `reeve.json` in the',
    'working directory), else from its default. Names Reeve does not know are refused at start, with the nearest name it does know.',
    '',
    '| Key in the file | Environment | Value | Default | What it is for |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## Other names in the environment',
    '',
    '| Environment | What it is for |',
    '|---|---|',
    ...Object.entries(OTHER_ENV).map(([name, what]) => `| \`${name}\` | ${what} |`),
    '',
  ].join('\n');
}
