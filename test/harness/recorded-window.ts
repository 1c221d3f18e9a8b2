import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Actor } from '#lab/demo/cast.ts';
import { windowOf } from './browser.ts';

/** A window whose every step is recorded, to be looked at with `playwright show-trace`. */
export interface RecordedWindow {
  readonly page: Page;
  /** Ends the recording and closes the window; answers where the recording is. */
  close(): Promise<string>;
}

/** Opens one for somebody who is signed in. Recordings go to `RECORD_DIR`, else to a folder of their own. */
export async function recordedWindowOf(
  browser: Browser,
  url: string,
  actor: Actor,
  name: string,
): Promise<RecordedWindow> {
  const page = await windowOf(browser, url, actor);
  const tracing = page.context().tracing;
  await tracing.start({ screenshots: true, snapshots: true, title: name });
  const path = join(process.env['RECORD_DIR'] ?? mkdtempSync(join(tmpdir(), 'reeve-recorded-')), `${name}.zip`);
  return {
    page,
    close: async () => {
      await tracing.stop({ path });
      await page.context().close();
      return path;
    },
  };
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds on the page as it stands that is serious or critical: rule and first place of each. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  return await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as {
      axe: {
        run(options: unknown): Promise<{
          violations: { id: string; impact: string | null; nodes: { target: unknown[] }[] }[];
        }>;
      };
    };
    const { violations } = await run.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id} ${String(nodes[0]?.target)}`);
  });
}
