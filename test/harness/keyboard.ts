import type { Page } from 'playwright-core';
import { until } from '#lab/demo/cast.ts';

/** How far Tab is followed before a thing counts as out of reach. */
const FARTHEST = 60;

/** What has focus, as a screen reader would name it. Said as text: it runs in the browser, whose types are not known here. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(
    '(() => { const at = document.activeElement; return (at?.getAttribute("aria-label") ?? at?.labels?.[0]?.textContent ?? at?.textContent ?? "").trim(); })()',
  );

/** Waits until a row of a list that says this has focus. */
export const rowInFocus = (page: Page, name: RegExp): Promise<string> =>
  until(
    () =>
      page.evaluate<string>(
        '(() => { const at = document.activeElement; return at?.closest("[data-list]") == null ? "" : (at.textContent ?? ""); })()',
      ),
    (text) => name.test(text),
    `a row with ${String(name)} in focus`,
  );

/** Waits until something of this name has focus, as what is typed next goes there. */
export const inFocus = (page: Page, name: RegExp): Promise<string> =>
  until(
    () => focused(page),
    (text) => name.test(text),
    `${String(name)} in focus`,
  );

/** Presses Tab until the thing of this name has focus. Throws when it cannot be reached so. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let n = 0; n < FARTHEST; n += 1) {
    const here = await focused(page);
    if (name.test(here)) return;
    passed.push(here.slice(0, 30));
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${String(name)}; it goes ${passed.join(' · ')}`);
}

/** Presses keys one after the other. */
export async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Serious and critical findings of axe on the page as it is now; of those rules only, where they are given. */
export async function axeFindings(page: Page, rules: readonly string[] = RULES): Promise<readonly string[]> {
  const axe = await import('axe-core');
  await page.evaluate(axe.default.source);
  // What is right is only counted: naming each of its elements by a selector takes longer than looking at it.
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'], selectors: false });
  const found = (await page.evaluate(
    `axe.run(document, ${options}).then((r) => r.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => n.html).slice(0, 3) })))`,
  )) as { id: string; impact: string; nodes: string[] }[];
  return found
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.join(' ')}`);
}
