import type { Page } from 'playwright-core';
import { id } from './answer.ts';

type Act = (page: Page) => Promise<unknown>;

const onFirstRow =
  (...keys: readonly string[]): Act =>
  async (page) => {
    await page.locator('[data-list] tr[data-index="0"]').focus();
    for (const key of keys) await page.keyboard.press(key);
  };
const editEntry: Act = async (page) => [
  await page.getByRole('button', { name: 'Edit', exact: true }).click(),
  await page.getByRole('form').waitFor(),
];
const dialog = (page: Page) => page.waitForSelector('[role=dialog]');

/** What pages look like in the middle of something: name, page, how to get there. */
export const states: readonly (readonly [string, string, Act])[] = [
  [
    'state-statement-rules',
    `/systems/${id('5e', 5)}`,
    async (page) => [
      await page.getByRole('tab', { name: 'Statement rules' }).click(),
      await page.getByRole('button', { name: 'Keep', exact: true }).waitFor(),
    ],
  ],
  [
    'state-isolation',
    `/systems/${id('5e', 0)}`,
    async (page) => [
      await page.getByRole('tab', { name: 'Isolation' }).click(),
      await page.getByRole('button', { name: 'Prove it now' }).waitFor(),
      await page.getByText('Firewall: ').click(),
    ],
  ],
  [
    'state-connect-files',
    '/connect/terminal?system=web1&account=root',
    async (page) => [
      await page.getByRole('button', { name: 'Files' }).click(),
      await page.getByRole('button', { name: 'Download nginx.log' }).waitFor(),
    ],
  ],
  [
    'state-connect-prompt',
    '/connect/prompt?system=orders&account=dba',
    async (page) => [
      await page.getByText('recorded', { exact: true }).waitFor(),
      await page.getByRole('textbox', { name: 'Statements' }).fill('select custmer from orders;\nselect 1'),
      await page.getByRole('textbox', { name: 'Statements' }).press('Control+Enter'),
      await page.getByText('Failed at line 1').waitFor(),
      await page.getByRole('grid').focus(),
      await page.keyboard.press('ArrowDown'),
      await page.keyboard.press('ArrowRight'),
      await page.keyboard.press('ArrowDown'),
      await page.getByRole('button', { name: 'Tables', exact: true }).click(),
      await page.getByRole('button', { name: 'orders', exact: false }).last().waitFor(),
    ],
  ],
  [
    'state-command-rules',
    `/systems/${id('5e', 0)}`,
    async (page) => [
      await page.getByRole('tab', { name: 'Sessions' }).click(),
      await page.getByRole('button', { name: 'Keep', exact: true }).waitFor(),
    ],
  ],
  ['state-confirm', '/inbox', async (page) => [await onFirstRow('r')(page), await dialog(page)]],
  [
    'state-vendor-hours',
    '/vendors/company?employer=Acme',
    async (page) => [await page.getByRole('button', { name: 'Hours Sam Lee' }).click(), await dialog(page)],
  ],
  [
    'state-cart-eligible',
    '/request',
    async (page) => [
      await page
        .getByRole('button', { name: /^Add (?!all|people)/ })
        .first()
        .click(),
      await page
        .getByRole('checkbox', { name: /^Only be eligible/ })
        .last()
        .click(),
      await page.getByText('to be eligible').first().waitFor(),
    ],
  ],
  ['state-mail-times', '/settings', (page) => page.getByRole('tab', { name: 'Mails' }).click()],
  ['state-mail-texts', '/notices', (page) => page.getByRole('tab', { name: 'Texts' }).click()],
  [
    'state-mail-text',
    '/notices',
    async (page) => [
      await page.getByRole('tab', { name: 'Texts' }).click(),
      await page.getByRole('button', { name: 'Change approval.wanted' }).click(),
      await page.getByRole('button', { name: 'Preview' }).click(),
      await page.getByText('Preview, with made-up facts').waitFor(),
    ],
  ],
  [
    'state-direct-grants-give',
    '/direct-grants/new',
    async (page) => [
      await page.getByLabel('Who').fill('e'),
      await page
        .getByRole('button', { name: /^Choose / })
        .first()
        .click(),
      await page.getByLabel('What: an entitlement or a role').fill('e'),
      await page
        .getByRole('button', { name: /^Choose (?!another)/ })
        .first()
        .click(),
      await page.getByText(/^With this:/).waitFor(),
    ],
  ],
  [
    'webhook-systems',
    '/notices',
    async (page) => [await page.getByRole('button', { name: 'Systems… Desk' }).click(), await dialog(page)],
  ],
  [
    'campaign-opening-forms',
    '/campaigns/opening',
    async (page) => {
      for (const summary of await page.locator('summary').all()) await summary.click();
    },
  ],
  [
    'risk-of-one',
    `/identities/${id('1d', 0)}`,
    async (page) => [
      await page.getByRole('tab', { name: 'Risk' }).click(),
      await page.getByText('Score, of 100').waitFor(),
    ],
  ],
  [
    'risk-policy',
    '/risk',
    async (page) => [await page.getByRole('button', { name: 'Levels and jumps…' }).click(), await dialog(page)],
  ],
  ['state-bulk', '/inbox', onFirstRow('x', 'j', 'x')],
  ['state-done', '/inbox', onFirstRow('e')],
  [
    'state-help',
    '/inbox',
    async (page) => [await page.getByRole('button', { name: 'Keyboard shortcuts' }).click(), await dialog(page)],
  ],
  [
    'state-role-editor',
    `/roles/${id('40', 0)}`,
    async (page) => [
      await page.getByRole('button', { name: 'New draft' }).click(),
      await page.getByLabel('Who has it by rule').waitFor(),
    ],
  ],
  [
    'state-catalogue-change',
    '/catalogue',
    async (page) => [
      await onFirstRow('x', 'j', 'x', 'e')(page),
      await dialog(page),
      await page.getByLabel('Add tags').fill('finance'),
      await page.getByRole('button', { name: 'Show what changes' }).click(),
      await page.getByText('would change').waitFor(),
    ],
  ],
  ['state-entry-edit', `/catalogue/${id('e7', 0)}`, editEntry],
  [
    'state-entry-refused',
    `/catalogue/${id('e7', 0)}`,
    async (page) => [
      await editEntry(page),
      await page.getByLabel('Longest duration').fill('soon'),
      await page.getByLabel('Longest duration').press('Control+Enter'),
      await page.getByText(/Say a number and/).waitFor(),
    ],
  ],
  [
    'state-entry-owner',
    `/catalogue/${id('e7', 0)}`,
    async (page) => [
      await editEntry(page),
      await page.getByRole('textbox', { name: 'Owner' }).fill('otto'),
      await page
        .getByRole('button', { name: /^Take / })
        .first()
        .waitFor(),
    ],
  ],
  [
    'state-entry-saved',
    `/catalogue/${id('e7', 2)}`,
    async (page) => [
      await editEntry(page),
      await page.keyboard.press('Control+End'),
      await page.keyboard.type(', and reports'),
      await page.keyboard.press('Control+Enter'),
      await page.getByRole('button', { name: 'Undo', exact: true }).waitFor(),
    ],
  ],
  [
    'state-entry-nesting',
    `/catalogue/${id('e7', 0)}`,
    async (page) => [
      await page.getByRole('tab', { name: /What it implies/ }).click(),
      await page.getByRole('button', { name: 'What directory: orders_read brings along' }).click(),
      await page.getByRole('button', { name: /^What .*Payroll Readers brings along/ }).click(),
      await page.getByRole('button', { name: /^What brings .*deployers along/ }).click(),
    ],
  ],
  [
    'state-request-cart',
    '/request',
    async (page) => [
      await page.getByLabel('What do you need?').fill('s'),
      await page.getByRole('button', { name: /^Add all/ }).click(),
      await page.getByLabel('Somebody else').fill('mara.lind, omar.haas'),
      await page.getByRole('button', { name: 'Add people' }).click(),
      await page.getByText(/lines can be asked for/).waitFor(),
    ],
  ],
  ['state-palette', '/vault', async (page) => [await page.keyboard.press('Control+K'), await dialog(page)]],
  [
    'state-seal',
    '/vault/keys',
    async (page) => [await page.getByRole('button', { name: 'Seal…' }).click(), await dialog(page)],
  ],
  [
    'state-rekey',
    '/vault/keys',
    async (page) => {
      await page.getByRole('button', { name: 'Change root key…' }).click();
      const holders = page.getByRole('combobox', { name: 'Who holds a share' });
      for (const n of [0, 1, 2]) {
        await holders.click();
        await page.getByRole('listbox').getByRole('option').nth(n).click();
      }
      await page.keyboard.press('Escape');
      await page.getByText('gets share 3').waitFor();
    },
  ],
  [
    'state-sealed',
    '/vault/keys',
    async (page) => [
      await page.evaluate(() =>
        fetch('/v1/vault/seal', {
          method: 'POST',
          headers: { 'x-reeve-csrf': '1', 'idempotency-key': 'look', 'content-type': 'application/json' },
          body: '{"because":"a laptop is missing"}',
        }),
      ),
      await page.reload(),
      await page.getByLabel('Your share of the root key').waitFor(),
    ],
  ],
  [
    'state-shares',
    '/vault/keys',
    async (page) => {
      for (const n of [1, 2, 3]) {
        await page.getByRole('textbox', { name: 'Your share of the root key' }).fill('rs1-0');
        await page.getByRole('button', { name: 'Enter share' }).click();
        if (n < 3) await page.getByText(`${String(n)} of 3 are entered`).waitFor();
      }
      await page.getByRole('button', { name: 'Seal…' }).waitFor();
    },
  ],
  ['state-checkout', '/vault', async (page) => [await onFirstRow('e')(page), await dialog(page)]],
  [
    'state-merge',
    `/identities/${id('1d', 0)}`,
    async (page) => [
      await page.getByRole('button', { name: 'This is the same person as…' }).click(),
      await page.getByLabel('Who stays').fill('mira.brandt'),
      await page.getByRole('button', { name: 'Show what that does' }).click(),
      await page.getByText('What becomes of it').waitFor(),
    ],
  ],
  ['state-merged', `/identities/${id('1d', 60)}`, (page) => page.getByText('What was before is kept here').waitFor()],
  [
    'state-undo',
    `/sources?open=${id('f0', 2)}`,
    async (page) => [
      await page
        .getByRole('button', { name: /Take it back/ })
        .first()
        .click(),
      await page.getByText('Not taken back').waitFor(),
    ],
  ],
  ['state-columns', '/identities', (page) => page.getByRole('button', { name: 'Columns' }).click()],
  ['state-filter', '/identities', (page) => page.getByLabel('Filter identities').click()],
  ['state-unknown-filter', '/identities?q=sate%3Aactive', () => Promise.resolve()],
  ['state-nothing-matches', '/identities?q=zzzz', () => Promise.resolve()],
  ['state-menu', '/', (page) => page.getByRole('button', { name: /my menu/ }).click()],
  ['state-password', '/signin', (page) => page.getByRole('button', { name: /Use a password/ }).click()],
  [
    'state-enrol',
    '/setup#token=t',
    async (page) => [
      await page.getByRole('button', { name: 'Go on' }).click(),
      await page.getByText('Password and code').click(),
    ],
  ],
];
