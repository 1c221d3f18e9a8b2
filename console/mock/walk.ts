/** Works the console by keyboard against the mock: the paths a person takes, without the mouse. Exit 1 at the first that fails. */
import type { Page } from 'playwright-core';
import { id } from './answer.ts';
import { withBrowser } from './browser.ts';

const step = async (name: string, work: () => Promise<unknown>): Promise<void> => {
  const from = performance.now();
  await work();
  process.stdout.write(`ok ${name} (${String(Math.round(performance.now() - from))} ms)\n`);
};
const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 5_000 });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');
const expect = (truth: boolean, what: string): void => {
  if (!truth) throw new Error(what);
};

await withBrowser(async (browser, origin) => {
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 } });
  page.setDefaultTimeout(8_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => (message.type() === 'error' ? errors.push(message.text()) : undefined));

  await page.goto(`${origin}/`);
  await page.waitForSelector('h1');
  await step('g i goes to the inbox and its first row has focus', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForFunction(() => document.activeElement?.matches('[data-list] tr') === true);
  });
  await step('j moves, ↵ opens details, ] goes on, Esc comes back to the row', async () => {
    const before = await focused(page);
    await page.keyboard.press('j');
    await page.waitForFunction((text) => document.activeElement?.textContent !== text, before);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-panel]');
    const title = await page.locator('[data-panel] h2').innerText();
    await page.keyboard.press(']');
    await page.waitForFunction((text) => document.querySelector('[data-panel] h2')?.textContent !== text, title);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-panel]', { state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.matches('[data-list] tr') === true);
  });
  await step('e approves the row; the next row has focus', async () => {
    const who = await focused(page);
    await page.keyboard.press('e');
    await sees(page, /^Approved/);
    await page.waitForFunction(
      (text) =>
        document.activeElement?.matches('[data-list] tr') === true && document.activeElement.textContent !== text,
      who,
    );
  });
  await step('r asks why, then rejects', async () => {
    await page.keyboard.press('r');
    await page.waitForSelector('[role=dialog] textarea');
    await page.keyboard.type('use the replica');
    await page.keyboard.press('Control+Enter');
    await sees(page, 'Rejected; the requester reads your reason');
  });
  await step('x and ⇧x choose a range', async () => {
    await page.waitForFunction(() => document.activeElement?.matches('[data-list] tr') === true);
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');
    await sees(page, '3 chosen');
    await page.keyboard.press('Escape');
  });
  await step('letters typed into the filter are text', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('gira');
    await page.waitForTimeout(500);
    expect(page.url().includes('/inbox') && page.url().includes('gira'), page.url());
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.waitForTimeout(500);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.matches('[data-list] tr') === true);
  });
  await step('⌘K finds a page and goes there', async () => {
    await page.keyboard.press('Control+K');
    await page.waitForFunction(() => document.activeElement?.getAttribute('placeholder') === 'Go to, or do…');
    await page.keyboard.type('certif');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/campaigns');
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  });
  await step('? shows the keys, Esc closes them', async () => {
    await page.keyboard.press('?');
    await sees(page, 'Single-key shortcuts');
    await page.keyboard.press('Escape');
  });
  await step('a revoke in a certification is pending, then proved with its time', async () => {
    await page.goto(`${origin}/campaigns/${id('ca', 0)}`);
    await page.waitForFunction(() => document.activeElement?.matches('[data-list] tr') === true);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-panel]');
    await page.keyboard.press('r');
    await page.waitForSelector('[role=dialog] textarea');
    await page.keyboard.type('moved team');
    await page.keyboard.press('Control+Enter');
    await sees(page, 'revoke, not signed');
    await page.keyboard.press('u');
    await page.locator('[data-panel]').getByText('to decide').waitFor();
    await page.keyboard.press('r');
    await page.waitForSelector('[role=dialog] textarea');
    await page.keyboard.type('moved team');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: /^Sign 1/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign', exact: true }).click();
    await sees(page, 'revoked, pending proof');
    await sees(page, 'proved gone');
    await sees(page, '412 ms');
  });
  await step('an audit entry is proved in the browser', async () => {
    await page.goto(`${origin}/audit?open=${id('ae', 1_000)}`);
    await page.getByRole('button', { name: 'Check in this browser' }).click();
    await sees(page, 'proved: this entry is in the signed log');
  });
  await step(
    'access is asked for by keyboard alone, with its conflict shown before; what conflicts stays in the cart',
    async () => {
      await page.goto(`${origin}/request`);
      await page.getByLabel('What do you need?').waitFor();
      await page.waitForFunction(
        () => document.activeElement?.getAttribute('placeholder')?.startsWith('A system') === true,
      );
      await page.keyboard.type('payments');
      await page.getByRole('button', { name: /Add Release payments/ }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await sees(page, 'conflict of duties');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('vendors');
      await page.getByRole('button', { name: /Add Create vendors/ }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await sees(page, '1 of 2 lines can be asked for');
      await page.reload();
      await sees(page, 'conflict of duties');
      await page.getByLabel('Why is it needed?').focus();
      await page.keyboard.type('month end');
      await page.keyboard.press('Control+Enter');
      await sees(page, 'Sent 1 line; 1 stay in the cart.');
    },
  );
  await step('a session is replayed', async () => {
    await page.goto(`${origin}/sessions/${id('5e5', 4)}`);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'lena@web1:~$ exit' }).click();
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${process.env['LOOK_DIR'] ?? '/tmp'}/walk-replay.png` });
  });
  await step('a secret is checked out, shown, returned', async () => {
    await page.goto(`${origin}/vault`);
    await page.locator('[data-list] tr[data-index="0"]').focus();
    await page.keyboard.press('e');
    await page.getByRole('dialog').getByLabel('Reason').fill('INC-1');
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('button', { name: 'Show for 30 seconds' }).click();
    await sees(page, 'correct-horse-battery');
    await page.getByRole('button', { name: 'Return now' }).click();
    await sees(page, /^Returned/);
  });
  expect(errors.length === 0, errors.join('\n'));
});
