// Headless Chromium, as trials of pages use it: what a page says on the console or fetches from elsewhere fails a trial.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import {chromium} from 'playwright-core';

// settle waits until what was done is drawn.
export const settle = page =>
  page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));

// launch starts the browser of the environment's CHROMIUM; screenshots go to the folder SHOTS.
export async function launch() {
  const browser = await chromium.launch({executablePath: process.env.CHROMIUM, args: ['--no-sandbox']});

  // open opens a page, which may fetch what begins with own and nothing else.
  async function open(url, {own, size = [1500, 1000], dark = false, script = true}) {
    const context = await browser.newContext({
      viewport: {width: size[0], height: size[1]}, colorScheme: dark ? 'dark' : 'light', serviceWorkers: 'block',
      javaScriptEnabled: script,
    });
    const page = await context.newPage();
    const wrong = [];
    page.on('console', message => wrong.push(message.text()));
    page.on('pageerror', error => wrong.push(String(error)));
    page.on('request', request => request.url().startsWith(own) || wrong.push('fetched ' + request.url()));
    await page.goto(url);
    if (script) await settle(page);
    return {page, wrong, close: async () => {
      assert.deepEqual(wrong, [], `${url} says on the console`);
      await context.close();
    }};
  }

  // shoot takes a page at two sizes, light and dark, none of which may be wider than the window.
  async function shoot(name, opened) {
    for (const size of [[1500, 1000], [420, 900]]) {
      for (const dark of [false, true]) {
        const one = await opened({size, dark});
        const overflow = await one.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.ok(!overflow, `${name} is wider than ${size[0]} pixels`);
        await one.page.screenshot({path: join(process.env.SHOTS, `${name}-${size[0]}-${dark ? 'dark' : 'light'}.png`)});
        await one.close();
      }
    }
  }

  // run carries trials out, each a function that throws if something is wrong, and ends the program.
  async function run(trials) {
    let failed = 0;
    for (const trial of trials) {
      try {
        await trial();
        console.log(`ok    ${trial.name}`);
      } catch (error) {
        failed++;
        console.log(`FAIL  ${trial.name}: ${error.stack}`);
      }
    }
    await browser.close();
    console.log(`${trials.length - failed} passed, ${failed} failed`);
    process.exit(failed ? 1 : 0);
  }

  return {open, shoot, run};
}
