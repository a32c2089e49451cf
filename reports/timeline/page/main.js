// What the mouse, the keys and the buttons do.

function button(id, act) { document.getElementById(id).onclick = act; }

function toggles() {
  const place = document.getElementById('toggles');
  for (const group of GROUPS) {
    const b = document.createElement('button');
    b.textContent = group;
    b.title = `show or hide: ${group}`;
    b.setAttribute('aria-pressed', String(!view.hidden.has(group)));
    b.onclick = () => {
      if (!view.hidden.delete(group)) view.hidden.add(group);
      b.setAttribute('aria-pressed', String(!view.hidden.has(group)));
      changed();
    };
    place.append(b);
  }
}

const KEYS = {
  ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2),
  '0': showAll, v: showMoment, j: () => along(1), k: () => along(-1), n: () => step(1), N: () => step(-1),
  ArrowUp: () => lane(-1), ArrowDown: () => lane(1), Escape: () => choose(null), '/': () => query.focus(),
  '?': help,
  Enter: () => {
    if (!view.chosen) return;
    const [from, to] = spanOf(view.chosen);
    const span = Math.max((to - from) * 3, Math.min(view.t1 - view.t0, 50e3));
    show((from + to - span) / 2, (from + to + span) / 2);
  },
};

function lane(by) {
  const count = lanes().list.length;
  view.lane = Math.min(Math.max(view.lane + by, 0), count - 1);
  const one = lanes().list[view.lane];
  if (one) details(`lane: ${one.name}`, `${itemsOf(one).length} items`);
  changed();
}

function help() { document.getElementById('keys').showModal(); }

const query = document.getElementById('query');

function listen() {
  button('back', () => pan(-0.2));
  button('forth', () => pan(0.2));
  button('closer', () => zoom(0.5));
  button('wider', () => zoom(2));
  button('all', showAll);
  button('moment', showMoment);
  button('next', () => step(1));
  button('previous', () => step(-1));
  button('help', help);
  document.getElementById('moment').hidden = data.moment < 0;
  if (data.parts) document.getElementById('moment').textContent = 'where they part';
  query.value = view.query;
  query.oninput = () => {
    view.query = query.value;
    search();
    changed();
  };
  query.onkeydown = e => {
    if (e.key === 'Enter') step(e.shiftKey ? -1 : 1);
    if (e.key === 'Escape') canvas.focus();
  };
  document.addEventListener('keydown', e => {
    const typing = e.target instanceof HTMLInputElement || document.querySelector('dialog[open]');
    const pressing = e.target instanceof HTMLButtonElement && (e.key === 'Enter' || e.key === ' ');
    if (typing || pressing || e.ctrlKey || e.metaKey || e.altKey || !KEYS[e.key]) return;
    e.preventDefault();
    KEYS[e.key]();
  });
  listenToMouse();
  addEventListener('resize', changed);
  addEventListener('hashchange', () => {
    follow(location.hash);
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    readColours();
    changed();
  });
}

function listenToMouse() {
  let down = null;
  canvas.onpointerdown = e => {
    down = {px: e.offsetX, t0: view.t0, moved: false};
    canvas.setPointerCapture(e.pointerId);
  };
  canvas.onpointermove = e => {
    if (!down) {
      canvas.style.cursor = under(e.offsetX, e.offsetY) ? 'pointer' : 'crosshair';
      return;
    }
    const by = (down.px - e.offsetX) / (view.width - GUTTER) * (view.t1 - view.t0);
    down.moved ||= Math.abs(e.offsetX - down.px) > 3;
    if (down.moved) show(down.t0 + by, down.t0 + by + view.t1 - view.t0);
  };
  canvas.onpointerup = e => {
    if (down && !down.moved) {
      const at = lanes().list.findIndex(l => e.offsetY >= l.top && e.offsetY < l.top + l.height);
      if (at >= 0) view.lane = at;
      choose(under(e.offsetX, e.offsetY));
    }
    down = null;
  };
  canvas.addEventListener('wheel', e => {
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault();
      zoom(e.deltaY > 0 ? 1.25 : 0.8, timeAt(e.offsetX));
    } else if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      e.preventDefault();
      pan(e.deltaX / view.width);
    }
  }, {passive: false});
  const jump = e => {
    if (e.type === 'pointermove' && !e.buttons) return;
    const t = e.offsetX / overview.clientWidth * data.length;
    const span = view.t1 - view.t0;
    show(t - span / 2, t + span / 2);
  };
  overview.onpointerdown = overview.onpointermove = jump;
}

document.getElementById('bar').hidden = document.getElementById('picture').hidden = false;
readColours();
follow(location.hash);
toggles();
linkStory();
linkContradiction();
linkJump();
listen();
search();
if (view.chosen) tell(view.chosen);
changed();
