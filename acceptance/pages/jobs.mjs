// Opens the page of jobs in headless Chromium and tries what a reader and an operator do.
import assert from 'node:assert/strict';
import {launch} from './browser.mjs';

const [address, token] = process.argv.slice(2);
const browser = await launch();
const open = (how = {}) => browser.open(address + (how.at || ''), {own: address, ...how});

const row = (page, table, name) => page.locator(`table[aria-labelledby=${table}] tbody tr`,
  {has: page.locator('th', {hasText: new RegExp(`^${name}$`)})}).first();

// It shows jobs, shards, next firings and executions, and goes on by itself.
async function showsWhatHappens() {
  const {page, close} = await open();
  for (const heading of ['Instances', 'Next firings', 'Jobs', 'Last executions', 'Left alone']) {
    assert.ok(await page.getByRole('heading', {name: heading, exact: true}).isVisible(), heading);
  }
  const shards = (await page.locator('table[aria-labelledby=instances] [data-label=Shards]').allInnerTexts()).join(', ')
    .split(', ').map(span => span.split('-').map(Number)).reduce((sum, [from, to = from]) => sum + to - from + 1, 0);
  assert.equal(shards, 64, 'of so many shards the page says whose they are');
  assert.match(await row(page, 'jobs', 'nightly-backup').innerText(), /0 30 3 \* \* MON-FRI Europe\/Berlin/);
  assert.match(await row(page, 'next', 'tick').innerText(), /now|in \d+s/);
  assert.match(await row(page, 'latest', 'tick').innerText(), /done/);
  assert.match(await row(page, 'latest', 'broken').innerText(), /(failed|waiting)[\s\S]*ended badly/);
  const newest = () => page.locator('table[aria-labelledby=latest] tbody tr').first().innerText();
  const before = await newest();
  await page.waitForFunction(old =>
    document.querySelector('table[aria-labelledby=latest] tbody tr').innerText !== old, before, {timeout: 15000});
  await close();
}

// By the keyboard alone: the token, to pause and to resume; what has the focus keeps it while the page goes on.
async function changesByKeyboard() {
  const {page, close} = await open();
  await page.getByLabel('Token').focus();
  await page.keyboard.type(token);
  await page.keyboard.press('Enter');
  await page.getByText('That is the token.').waitFor();
  const button = page.locator('[id="hold-nightly-backup"]');
  for (let i = 0; i < 60 && !await button.evaluate(b => b === document.activeElement); i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('nightly-backup: paused.').waitFor();
  assert.match(await row(page, 'jobs', 'nightly-backup').innerText(), /paused/);
  await page.waitForTimeout(2500); // the page has looked again
  assert.ok(await button.evaluate(b => b === document.activeElement && b.innerText === 'Resume'), 'the focus is lost');
  await page.keyboard.press('Space');
  await page.getByText('nightly-backup: resumed.').waitFor();
  await page.getByRole('button', {name: 'Trigger by-hand'}).press('Enter');
  await page.getByText('by-hand: asked for.').waitFor();
  await row(page, 'latest', 'by-hand').waitFor();
  await close();
}

// Without the token nothing is changed, and the page says so.
async function changesNothingWithoutToken() {
  const {page, wrong} = await open();
  await page.getByRole('button', {name: 'Pause tick'}).click();
  await page.getByText('Nothing was changed').waitFor();
  assert.doesNotMatch(await row(page, 'jobs', 'tick').innerText(), /paused/);
  assert.ok(wrong.every(said => /403/.test(said)), wrong.join());
  await page.context().close();
}

// Without its script the page is the same.
async function worksWithoutScript() {
  const {page, close} = await open({script: false});
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', {name: 'Pause by-hand'}).click();
  await page.getByText('by-hand: paused.').waitFor();
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', {name: 'Resume by-hand'}).click();
  await page.getByText('by-hand: resumed.').waitFor();
  await page.getByLabel('Jobs whose names have').fill('nightly');
  await page.getByRole('button', {name: 'Show'}).click();
  assert.equal(await page.locator('table[aria-labelledby=jobs] tbody tr').count(), 1);
  await close();
}

// What jobs and znodes are called and say is text: no script of theirs runs, and what they say is not shown.
async function showsTextAsText() {
  const {page, close} = await open({at: '?match=%3Cimg%20src=x%20onerror=alert(1)%3E'});
  assert.match(await page.locator('main').innerText(), /No job's name has “<img src=x onerror=alert\(1\)>”/);
  assert.match(await page.locator('main').innerText(), /<script>alert\(0\)/);
  assert.equal(await page.locator('main script, main img').count(), 0);
  assert.doesNotMatch(await page.content(), /told-in-secret/);
  await close();
}

// What colour says stands there in words, and words stand out from what is behind them.
async function readsWithoutColour() {
  for (const dark of [false, true]) {
    const {page, close} = await open({dark});
    const ratios = await page.evaluate(() => {
      const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      const light = colour => {
        const [r, g, b] = colour.match(/[\d.]+/g).map(Number).map(channel);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const behind = e => {
        for (; e; e = e.parentElement) {
          const colour = getComputedStyle(e).backgroundColor;
          if (!/, 0\)$/.test(colour)) return colour;
        }
        return 'rgb(255, 255, 255)';
      };
      const least = {};
      for (const e of document.querySelectorAll('h1, h2, p, th, td, button, input, label, li')) {
        const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
        const key = e.className || e.tagName;
        least[key] = Math.min(least[key] ?? 99, (a + 0.05) / (b + 0.05));
      }
      return least;
    });
    for (const [what, ratio] of Object.entries(ratios)) {
      assert.ok(ratio >= 4.5, `${what} has a contrast of ${ratio.toFixed(2)} ${dark ? 'in the dark' : ''}`);
    }
    await close();
  }
}

const screenshots = async function screenshots() { await browser.shoot('jobs', open); };

await browser.run([showsWhatHappens, changesByKeyboard, changesNothingWithoutToken, worksWithoutScript, showsTextAsText,
  readsWithoutColour, screenshots]);
