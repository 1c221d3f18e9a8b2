/**
 * Walks every page of the built console against the mock, in both themes: screenshots to /tmp or LOOK_DIR, axe findings,
 * content security policy violations, console errors and the weight of the first route. Exit 1 when something serious is found.
 */
import { readFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { id } from './answer.ts';
import { withBrowser } from './browser.ts';
import { states } from './states.ts';

const dir = process.env['LOOK_DIR'] ?? '/tmp/reeve-look';
const only = process.argv[2];
const pages: readonly (readonly [string, string])[] = [
  ['home', '/'],
  ['inbox', '/inbox'],
  ['inbox-open', `/inbox?open=${id('4e', 2)}`],
  ['emergency', '/emergency'],
  ['emergency-use', `/emergency/uses/${id('e5', 0)}`],
  ['emergency-new', '/emergency/new'],
  ['access', '/access'],
  ['access-open', `/access?open=${id('67', 0)}`],
  ['request', '/request'],
  ['requests', '/requests'],
  ['request-detail', `/requests/${id('4e', 0)}`],
  ['vendors', '/vendors'],
  ['vendor-company', '/vendors/company?employer=Acme'],
  ['vendor-invite', '/vendors/new'],
  ['identities', '/identities'],
  ['identity', `/identities/${id('1d', 0)}`],
  ['lineage', `/identities/${id('1d', 0)}/access/${id('e7', 0)}`],
  ['campaigns', '/campaigns'],
  ['campaign-new', '/campaigns/new'],
  ['campaign-reviewers', `/campaigns/${id('ca', 0)}/reviewers`],
  ['campaign-opening', '/campaigns/opening'],
  ['review', `/campaigns/${id('ca', 0)}?open=${id('17', 0)}`],
  ['catalogue', `/catalogue?open=${id('e7', 0)}`],
  ['catalogue-list', '/catalogue?q=risk:high'],
  ['catalogue-stewardship', '/catalogue/stewardship'],
  ['catalogue-renames', '/catalogue/renames'],
  ['catalogue-entry', `/catalogue/${id('e7', 0)}`],
  ['catalogue-tombstone', `/catalogue/${id('e7', 99)}`],
  ['finding-open', `/findings?open=${id('9f', 0)}`],
  ['finding-keys', '/findings/keys'],
  ['finding-estate', '/findings/estate'],
  ['sod', '/sod'],
  ['sod-act', `/sod?open=${id('50', 8)}`],
  ['sod-exceptions', `/sod/exceptions?open=${id('5c', 0)}`],
  ['sod-new', '/sod/new'],
  ['sod-rule', `/sod/rules/${id('50', 0)}`],
  ['sod-violations', '/sod/violations'],
  ['sod-matrix', '/sod/matrix'],
  ['risk', '/risk'],
  ['sod-library', '/sod/library?open=P2P-01'],
  ['sources', `/sources?open=${id('f0', 0)}`],
  ['source', '/sources/hr'],
  ['directories', '/directories'],
  ['source-read', '/sources/contractors'],
  ['correlation', '/correlation'],
  ['sessions', '/sessions'],
  ['find', '/find?words=nginx'],
  ['keeping', '/keeping'],
  ['replay', `/sessions/${id('5e5', 4)}`],
  ['live-wall', '/live'],
  ['connect', '/connect'],
  ['connect-terminal', '/connect/terminal?system=web1&account=root'],
  ['connect-prompt', '/connect/prompt?system=orders&account=dba'],
  ['watch', `/sessions/${id('5e5', 1)}/watch`],
  ['locks', '/locks'],
  ['ssh-login', '/ssh-login'],
  ['ssh-sign-in', '/ssh-sign-in'],
  ['nodes', `/nodes?open=${id('70de', 1)}`],
  ['identity-locked', `/identities/${id('1d', 3)}`],
  ['statements', `/sessions/${id('5e5', 5)}`],
  ['web-requests', `/sessions/${id('5e5', 6)}`],
  ['systems', '/systems'],
  ['system-page', `/systems/${id('5e', 0)}`],
  ['accounts', '/accounts'],
  ['vault', '/vault'],
  ['vault-folders', '/vault/folders'],
  ['vault-keys', '/vault/keys'],
  ['vault-kits', '/vault/kits'],
  ['vault-import', '/vault/import'],
  ['workloads', '/workloads'],
  ['rotations', `/rotations?open=${id('40', 2)}`],
  ['rotations-runs', '/rotations/runs'],
  ['rotations-checks', '/rotations/checks'],
  ['rotations-policies', '/rotations/policies'],
  ['certificates', '/certificates'],
  ['leases', '/leases'],
  ['vault-out', '/vault/out'],
  ['vault-second-person', '/vault/second-person'],
  ['vault-terms', '/vault/terms'],
  ['findings', '/findings'],
  ['receipts', `/receipts?open=${id('4c', 0)}`],
  ['drift', `/drift?open=${id('d1', 0)}`],
  ['direct-grants', `/direct-grants?open=${id('d6', 0)}`],
  ['direct-grants-give', '/direct-grants/new'],
  ['changes', `/changes?open=${id('c4', 0)}`],
  ['birthrights', '/birthrights'],
  ['notices', '/notices'],
  ['decide', '/decide#token=mock-token-of-a-link'],
  ['roles', '/roles'],
  ['role', `/roles/${id('40', 0)}`],
  ['role-template', `/roles/${id('40', 3)}`],
  ['role-version', `/role-versions/${id('4f', 0)}`],
  ['role-mining', '/role-mining'],
  ['mining-run', `/role-mining/${id('41', 0)}`],
  ['audit', `/audit?open=${id('ae', 1_000)}`],
  ['policies', `/policies?open=${id('b0', 3)}`],
  ['policy-new', '/policies/new'],
  ['campaign-draft', `/campaigns/${id('ca', 2)}`],
  ['approval-policy', '/approval-policy'],
  ['settings', '/settings'],
  ['device', '/device?code=ABCD-EFGH'],
  ['signin', '/signin'],
  ['setup', '/setup#token=t'],
];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
}
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const check = async (page: Page): Promise<AxeResult> => {
  await page.evaluate(axe);
  return page.evaluate(async () =>
    (globalThis as unknown as { axe: { run: (options: unknown) => Promise<AxeResult> } }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
};

let bad = 0;
await withBrowser(async (browser, origin) => {
  await mkdir(dir, { recursive: true });
  for (const scheme of ['light', 'dark'] as const)
    for (const [name, path, act] of [...pages.map(([name, path]) => [name, path, undefined] as const), ...states]) {
      if (only !== undefined && !name.includes(only)) continue;
      for (const [suffix, viewport] of [
        ['', { width: 1360, height: 850 }],
        ['-zoom', { width: 320, height: 640 }],
      ] as const) {
        if (
          suffix !== '' &&
          (act !== undefined || scheme === 'dark' || !/inbox|request|access|vault|signin|home/.test(name))
        )
          continue;
        const context = await browser.newContext({ colorScheme: scheme, viewport });
        const page = await context.newPage();
        const said: string[] = [];
        let weight = 0;
        page.on('console', (message) =>
          message.type() === 'error' || message.type() === 'warning' ? said.push(message.text()) : undefined,
        );
        page.on('pageerror', (error) => said.push(String(error)));
        page.on(
          'response',
          (response) =>
            void response.body().then(
              (body) => (response.url().endsWith('.js') ? (weight += gzipSync(body).length) : 0),
              () => undefined,
            ),
        );
        await page.goto(`${origin}${path}`);
        await page.waitForSelector('h1', { timeout: 10_000 });
        await page.waitForLoadState('networkidle').catch(() => undefined);
        await act?.(page).catch((error: unknown) => said.push(String(error)));
        await page.waitForTimeout(act === undefined ? 150 : 400);
        await page.screenshot({ path: `${dir}/${name}-${scheme}${suffix}.png` });
        const { violations } = await check(page);
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        const problems = [
          ...said,
          ...violations.map(
            ({ id: rule, impact, nodes }) =>
              `${impact ?? ''} ${rule} ×${String(nodes.length)}: ${nodes
                .slice(0, 2)
                .map(({ target }) => target.join(' '))
                .join(' | ')}`,
          ),
          ...(wide > 0 ? [`scrolls sideways by ${String(wide)} px`] : []),
        ];
        bad += problems.length;
        process.stdout.write(
          `${problems.length === 0 ? 'ok  ' : 'LOOK'} ${name}${suffix} ${scheme} ${String(Math.round(weight / 1000))} kB of script\n${problems.map((problem) => `       ${problem}\n`).join('')}`,
        );
        await context.close();
      }
    }
});
process.exit(bad === 0 ? 0 : 1);
