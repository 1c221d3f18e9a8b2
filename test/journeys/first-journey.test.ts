import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aSecondMs } from '#kit/testing/index.ts';
import { runStory, type StoryEnd } from '#lab/demo/story.ts';
import { tellNobody } from '#lab/demo/tell.ts';
import { startLab, type Lab } from '#lab/index.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { enrolWithPasskey, openBrowser, windowOf } from '../harness/browser.ts';
import { axeFindings } from '../harness/keyboard.ts';

let reeve: Reeve;
let lab: Lab;
let browser: Browser;
let end: StoryEnd;
const tell = tellNobody();
const shots = process.env['REEVE_SCREENSHOTS'];

beforeAll(async () => {
  [reeve, lab, browser] = await Promise.all([startReeve(), startLab(), openBrowser()]);
  if (shots !== undefined) mkdirSync(shots, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await Promise.allSettled([reeve?.stop(), lab?.stop()]);
});

test('the whole story, its people in a real browser and at a real ssh: found, asked for, approved, used, reviewed, revoked, ended', async () => {
  end = await runStory({
    reeve,
    lab,
    tell,
    today: new Date().toISOString().slice(0, 10),
    hands: {
      enrolFirst: (url, token) => enrolWithPasskey(browser, url, token),
      approve: async (actor, request) => {
        const page = await windowOf(browser, reeve.url, actor);
        await page.goto('/inbox');
        await page.getByRole('row', { name: /Lena Okafor/ }).waitFor();
        // By keyboard alone: the first row is in focus, Enter opens its details, e approves.
        await page.keyboard.press('Enter');
        await page.getByText(request.number).first().waitFor();
        if (shots !== undefined) await page.screenshot({ path: `${shots}/inbox.png` });
        await page.keyboard.press('e');
        await page
          .getByText(/Approved:/)
          .first()
          .waitFor();
        await page.context().close();
      },
      revoke: async (actor, campaignId) => {
        const page = await windowOf(browser, reeve.url, actor);
        await page.goto(`/campaigns/${campaignId}`);
        await page.getByRole('row', { name: /Lena Okafor/ }).click();
        if (shots !== undefined) await page.screenshot({ path: `${shots}/review.png` });
        await page.keyboard.press('r');
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('textbox').fill('the incident is over');
        await dialog.getByRole('button', { name: 'Revoke' }).click();
        await page.getByRole('button', { name: /^Sign/ }).first().click();
        const confirm = page.getByRole('dialog').getByRole('button', { name: /Sign/ });
        await confirm.waitFor();
        const signed = performance.now();
        await confirm.click();
        return signed;
      },
    },
  });
  expect(end.item).toMatchObject({ state: 'revoked', proven: true });
}, 240_000);

test('from the click that signs to the end of her session takes less than a second', () => {
  expect(end.revokedToClientGoneMs).toBeLessThan(aSecondMs());
  expect(end.item.sessionsEndedMs).toBeLessThan(aSecondMs());
});

test('the recording replays in the console, and the log proves an event in the browser', async () => {
  const page = await windowOf(browser, reeve.url, end.dana);
  await page.goto(`/sessions/${end.sessionId}`);
  await page.locator('.ap-player, .ap-wrapper').first().waitFor();
  if (shots !== undefined) await page.screenshot({ path: `${shots}/replay.png` });
  await page.goto('/audit');
  await page.getByRole('row').nth(1).click();
  await page.getByRole('button', { name: 'Check in this browser' }).click();
  const verdict = page.getByText('proved: this entry is in the signed log');
  await verdict.waitFor();
  expect(await verdict.isVisible()).toBe(true);
  if (shots !== undefined) await page.screenshot({ path: `${shots}/proof.png` });
  await page.context().close();
});

test('nothing on the main screens is a serious accessibility fault, light and dark', async () => {
  const faults: object[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await windowOf(browser, reeve.url, end.dana);
    await page.emulateMedia({ colorScheme });
    for (const path of [
      '/',
      '/inbox',
      '/access',
      '/request',
      '/identities',
      '/campaigns',
      '/sessions',
      '/systems',
      '/vault',
      '/findings',
      '/receipts',
      '/correlation',
      '/drift',
      '/changes',
      '/sources',
      '/policies',
      '/sod',
      '/audit',
      '/settings',
    ]) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      // In the dark only colours differ.
      const found = await axeFindings(page, colorScheme === 'light' ? undefined : ['color-contrast']);
      if (shots !== undefined && colorScheme === 'light')
        await page.screenshot({ path: `${shots}/page${path.replaceAll('/', '-')}.png` });
      for (const fault of found) faults.push({ path, colorScheme, fault });
    }
    await page.context().close();
  }
  expect(faults).toEqual([]);
}, 180_000);
