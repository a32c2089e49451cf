// Shows the page anew while it is looked at, and asks for changes without leaving it. Without this script the page is
// the same and is loaded anew by hand.
'use strict';

const form = document.getElementById('change');
const PAUSE = 2000; // milliseconds between one look and the next
let looking = 0;    // counts looks: of two that are under way, the earlier is not shown any more

// take puts what has come in the place of what is shown. What has the focus keeps it.
function take(text, part) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  const focused = document.activeElement && document.activeElement.id;
  for (const id of part) {
    const from = fresh.getElementById(id);
    const to = document.getElementById(id);
    if (from && from.innerHTML !== to.innerHTML) to.innerHTML = from.innerHTML;
  }
  if (focused && document.activeElement.id !== focused) document.getElementById(focused)?.focus({preventScroll: true});
}

function say(text) { document.getElementById('said').textContent = text; }

async function look() {
  const mine = ++looking;
  try {
    const answer = await fetch(location.href);
    const text = await answer.text();
    if (mine !== looking) return;
    if (answer.ok) take(text, ['board']);
    else say(`Not up to date: ${text}`);
  } catch (error) {
    if (mine === looking) say(`Not up to date: the page does not answer (${error.message}).`);
  }
}

form.addEventListener('submit', async event => {
  event.preventDefault();
  const mine = ++looking;
  say('…');
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const answer = await fetch(location.href, {method: 'POST', body});
    const text = await answer.text();
    if ((answer.headers.get('Content-Type') || '').startsWith('text/html')) {
      take(text, mine === looking ? ['said', 'board'] : ['said']);
    } else say(text);
  } catch (error) {
    say(`It is not known what became of it: the page does not answer (${error.message}).`);
  }
});

setInterval(() => { if (!document.hidden) look(); }, PAUSE);
document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
