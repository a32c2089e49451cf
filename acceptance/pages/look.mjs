// Opens pages in headless Chromium and tries what a reader does. Each trial is a function that throws if something is wrong.
import assert from 'node:assert/strict';
import {statSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {launch, settle} from './browser.mjs';

const [folder] = process.argv.slice(2);
const browser = await launch();

const open = (name, {hash = '', ...how} = {}) =>
  browser.open(pathToFileURL(join(folder, name)).href + hash, {own: 'file:', ...how});

// opened is how long it took from the first byte until the picture stood, in milliseconds of the browser's own clock.
const opened = page => page.evaluate(() => performance.getEntriesByType('navigation')[0].duration);
const hash = page => page.evaluate(() => location.hash);
const inked = page => page.evaluate(() => {
  const c = document.getElementById('canvas');
  const {data} = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  let n = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i]) n++;
  return n / (c.width * c.height);
});

const report = (what, figure) => console.log(`${what.padEnd(58)} ${figure}`);

async function pagesOpen() {
  for (const [name, megabytes, milliseconds] of [['finding.html', 3, 1000], ['minute.html', 3, 1000],
    ['cause.html', 3, 1000], ['diff.html', 6, 2000],
    ['long.html', 40, 10e3], ['million.html', 60, 10e3]]) {
    const size = statSync(join(folder, name)).size / 1e6;
    // The best of three: what else the machine does is not the page's.
    const times = [];
    for (let i = 0; i < 2; i++) {
      const one = await open(name);
      times.push(await opened(one.page));
      await one.close();
    }
    const {page, close} = await open(name);
    const took = Math.min(...times, await opened(page));
    report(`${name}: opens`, `${took.toFixed(0)} ms, ${size.toFixed(2)} MB`);
    assert.ok(size < megabytes, `${name} has ${size} MB, more than ${megabytes}`);
    assert.ok(took < milliseconds, `${name} took ${took} ms, more than ${milliseconds}`);
    assert.ok(await inked(page) > 0.01, `${name} shows an empty picture`);
    // Usable: a step to the side and closer is drawn while one waits.
    const began = performance.now();
    for (const key of ['+', 'ArrowRight', '+', 'ArrowLeft', '0']) {
      await page.keyboard.press(key);
      await settle(page);
    }
    const step = (performance.now() - began) / 5;
    report(`${name}: one key`, `${step.toFixed(0)} ms`);
    assert.ok(step < 1500, `${name}: a key takes ${step} ms`);
    await close();
  }
}

async function opensAtTheViolation() {
  const {page, close} = await open('finding.html');
  const moment = await page.evaluate(() => JSON.parse(document.getElementById('data').textContent).moment);
  const [, from, span] = /t=([\d.]+)s&w=([\d.]+)s/.exec(await hash(page)).map(Number);
  assert.ok(moment > 0 && from * 1e6 < moment && moment < (from + span) * 1e6, `${moment} is not in ${await hash(page)}`);
  assert.match(await page.locator('#contradiction').innerText(), /queue/);
  await page.locator('#contradiction button').last().click();
  assert.match(await page.locator('#details').innerText(), /The verdict is about this one/);
  assert.match(await hash(page), /at=op:\d+/);
  await close();
}

// A link shows the same view, selection, query and hidden lanes.
async function linksReopen() {
  const {page, close} = await open('finding.html');
  await page.keyboard.press('0');
  for (const key of ['+', '+', '+', 'ArrowRight']) await page.keyboard.press(key);
  await page.getByRole('button', {name: 'latency'}).click();
  await page.keyboard.press('/');
  await page.keyboard.type('enqueue');
  await page.keyboard.press('Enter');
  await settle(page);
  const before = await hash(page);
  const drawn = one => one.evaluate(() => document.getElementById('canvas').toDataURL());
  const picture = await drawn(page);
  const again = await open('finding.html', {hash: before});
  assert.equal(await hash(again.page), before);
  assert.ok(picture === await drawn(again.page), 'a link shows another picture');
  assert.equal(await again.page.getByRole('button', {name: 'latency'}).getAttribute('aria-pressed'), 'false');
  await again.close();
  await close();
  const instant = await open('finding.html', {hash: '#t=26.95s'});
  assert.match(await hash(instant.page), /t=25\.95/);
  await instant.close();
  const nonsense = await open('finding.html', {hash: '#t=x&w=-3s&at=op:99999999&hide=nothing&q=%F0%9F'});
  assert.ok(await inked(nonsense.page) > 0.01);
  await nonsense.close();
}

async function findsAndHides() {
  const {page, close} = await open('minute.html');
  await page.keyboard.press('/');
  await page.keyboard.type('vote asked');
  assert.match(await page.locator('#matches').innerText(), /found/);
  await page.keyboard.press('Enter');
  assert.match(await page.locator('#details').innerText(), /n\d to n\d: (pre-)?vote asked/);
  assert.match(await page.locator('#matches').innerText(), /^\d+ of \d+$/);
  await page.keyboard.press('Escape');
  const before = await page.locator('#canvas').boundingBox();
  for (const name of ['clients', 'messages', 'disk']) await page.getByRole('button', {name, exact: true}).click();
  await settle(page);
  assert.ok((await page.locator('#canvas').boundingBox()).height < before.height, 'hidden lanes still have room');
  await page.keyboard.press('/');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('no such thing anywhere');
  assert.equal(await page.locator('#matches').innerText(), 'nothing');
  await close();
}

// Everything by the keyboard: lanes, items, closer, help, and what is selected is said in words.
async function worksWithoutMouse() {
  const {page, close} = await open('minute.html');
  const told = async () => page.locator('#details').innerText();
  const lanes = new Set();
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('ArrowDown');
    lanes.add(await told());
  }
  assert.ok([...lanes].some(t => t.includes('lane: c1')) && [...lanes].some(t => t.includes('lane: n1')), [...lanes].join());
  while (!(await told()).includes('lane: c1')) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('j');
  const first = await told();
  await page.keyboard.press('j');
  assert.notEqual(await told(), first);
  await page.keyboard.press('k');
  assert.equal(await told(), first);
  await page.keyboard.press('Enter');
  await page.keyboard.press('?');
  assert.ok(await page.getByText('the next item of the lane').isVisible());
  await page.keyboard.press('Escape');
  assert.ok(!await page.getByText('the next item of the lane').isVisible());
  await close();
}

// With a mouse: a click says what is there, dragging moves, the strip above jumps.
async function worksWithMouse() {
  const {page, close} = await open('finding.html');
  const frame = await page.locator('#canvas').boundingBox();
  await page.getByRole('button', {name: 'all', exact: true}).click();
  await settle(page);
  const whole = await hash(page);
  await page.mouse.click(frame.x + 400, frame.y + 30);
  const strip = await page.locator('#overview').boundingBox();
  for (const key of ['+', '+', '+']) await page.keyboard.press(key);
  await page.mouse.click(strip.x + 20, strip.y + 10);
  await settle(page);
  assert.match(await hash(page), /t=0\.0+s/);
  await page.mouse.move(frame.x + 900, frame.y + 300);
  await page.mouse.down();
  await page.mouse.move(frame.x + 500, frame.y + 300, {steps: 5});
  await page.mouse.up();
  await settle(page);
  assert.doesNotMatch(await hash(page), /t=0\.0+s/);
  assert.notEqual(await hash(page), whole);
  await close();
}

// Sessions and watches have lanes, a zxid is found in hex as well, and by the keyboard one goes along them.
async function standingIsThere() {
  const {page, close} = await open('minute.html');
  for (const [name, word] of [['sessions', 'session 0x'], ['watches', 'of session 0x']]) {
    assert.equal(await page.getByRole('button', {name, exact: true}).getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('/');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(word);
    await page.keyboard.press('Enter');
    assert.match(await page.locator('#details').innerText(), new RegExp(word));
    await page.keyboard.press('Escape');
  }
  const data = await page.evaluate(() => JSON.parse(document.getElementById('data').textContent));
  assert.ok(data.standing.length > 10 && data.standing.some(s => s.to >= s.from), 'nothing stands');
  const zxid = data.texts.map(text => /\b(\d{10,})\b/.exec(text)?.[1]).find(Boolean);
  await page.keyboard.press('/');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('0x' + BigInt(zxid).toString(16));
  assert.match(await page.locator('#matches').innerText(), /found|of/, `${zxid} is not found in hex`);
  await close();
}

// The page of `cause` has the probability as a lane, says what was found, and leads to the jump.
async function tellsTheCause() {
  const {page, close} = await open('cause.html');
  const said = await page.locator('#cause').innerText();
  assert.match(said, /branches fail/);
  assert.match(said, /% confidence/);
  const data = await page.evaluate(() => JSON.parse(document.getElementById('data').textContent));
  assert.ok(data.curve.length > 5 && data.curve.every(p => p.low <= p.failed / p.branches * 1e6 + 1 &&
    p.high >= p.failed / p.branches * 1e6 - 1), JSON.stringify(data.curve));
  await page.locator('#jump').click();
  await settle(page);
  const [, from, span] = /t=([\d.]+)s&w=([\d.]+)s/.exec(await hash(page)).map(Number);
  assert.ok(from * 1e6 <= data.jump[0] + 1 && (from + span) * 1e6 >= data.jump[1] - 1, `${data.jump} is not in view`);
  const told = async () => page.locator('#details').innerText();
  for (let i = 0; i < 80 && !(await told()).includes('lane: probability'); i++) await page.keyboard.press('ArrowDown');
  for (let i = 0; i < 80 && !(await told()).includes('lane: probability'); i++) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('j');
  assert.match(await told(), /of \d+ branches from here fail/);
  await close();
}

// The page of `diff` has the lanes of both runs, opens where they part, and says in what they differ.
async function showsBothRuns() {
  const {page, close} = await open('diff.html');
  const data = await page.evaluate(() => JSON.parse(document.getElementById('data').textContent));
  for (const run of ['A', 'B']) {
    assert.ok(data.servers.some(s => s.name === run + ' n1') && data.clients.includes(run + ' c1'), `no lanes of ${run}`);
  }
  assert.match(await page.locator('#differences').innerText(), /They part at .*line: bug/s);
  const [, from, span] = /t=([\d.]+)s&w=([\d.]+)s/.exec(await hash(page)).map(Number);
  assert.ok(from * 1e6 < data.moment && data.moment < (from + span) * 1e6, 'it does not open where they part');
  assert.match(await page.locator('#moment').innerText(), /part/);
  await close();
}

// The page of `bench` is text and pictures: every plot is there, and every network has its table.
async function showsWhatWasMeasured() {
  const {page, close} = await open('bench.html');
  const pictures = await page.locator('figure img').evaluateAll(all => all.map(i => [i.naturalWidth, i.alt]));
  assert.ok(pictures.length === 1 && pictures.every(([width, alt]) => width > 500 && alt), JSON.stringify(pictures));
  assert.equal(await page.locator('table').count(), 2);
  assert.equal(await page.locator('table').first().locator('tr').count(), 11);
  assert.match(await page.locator('body').innerText(), /over jitter: at most [\d,]+ requests a second/);
  await close();
}

// Whatever names, paths and values hold, it is text: nothing of it is run or becomes an element, and keys still work.
async function isNotFooled() {
  const {page, close} = await open('hostile.html');
  const elements = await page.locator('script, img, b').evaluateAll(all => all.map(e => e.localName));
  assert.deepEqual(elements, ['script', 'script']);
  assert.match(await page.locator('h1').innerText(), /<script>window\.fooled = 1/);
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
  }
  await page.keyboard.press('/');
  await page.keyboard.type('window.fooled');
  await page.keyboard.press('Enter');
  assert.match(await page.locator('#matches').innerText(), /\d+ of \d+/);
  assert.match(await page.locator('#details').innerText(), /window\.fooled/);
  assert.equal(await page.evaluate(() => window.fooled), undefined);
  assert.ok(await inked(page) > 0.01);
  await close();
}

// A trial in which no client asked anything, and what is left of one, have pages that say so and can be gone along.
async function showsWhatThereIs() {
  for (const [name, said] of [['empty', /Nothing is told/], ['rest', /history\.jsonl could not be read/]]) {
    const {page, close} = await open(name + '.html');
    assert.match(await page.locator('body').innerText(), said);
    for (const key of ['ArrowDown', 'j', 'k', '+', 'v', '0', 'Enter', 'n']) await page.keyboard.press(key);
    await settle(page);
    await close();
  }
}

async function screenshots() {
  for (const name of ['finding', 'minute', 'cause', 'diff', 'bench', 'hostile', 'empty', 'rest']) {
    await browser.shoot(name, how => open(name + '.html', how));
  }
}

// The picture of the README: the disk of the leader is slow, and what it is asked it answers of the past.
async function readmePicture() {
  const {page, close} = await open('finding.html', {size: [1400, 900]});
  assert.equal(await page.locator('header.invalid').count(), 1, 'there is no finding any more');
  assert.match(await page.locator('#story').innerText(), /fault: slow-disk leader/);
  assert.match(await page.locator('#story').innerText(), /answered the dequeue of c8 having applied entry/);
  assert.match(await page.locator('#contradiction').innerText(), /dequeue -> nil/);
  await page.screenshot({path: join(process.env.SHOTS, 'timeline.png')});
  await close();
}

await browser.run([
  pagesOpen, opensAtTheViolation, linksReopen, findsAndHides, worksWithoutMouse, worksWithMouse, standingIsThere,
  tellsTheCause, showsBothRuns, showsWhatWasMeasured, isNotFooled, showsWhatThereIs, screenshots, readmePicture,
]);
