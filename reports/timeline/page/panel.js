// The panel: what is selected in words, and the story, whose sentences lead to their instants.

// choose selects an item, brings it into view and says what it is.
function choose(item) {
  view.chosen = item;
  if (item) {
    const [from, to] = spanOf(item);
    reveal(from, to);
    tell(item);
  } else {
    details('Nothing is selected.');
  }
  changed();
}

function details(...lines) {
  const place = document.getElementById('details');
  place.replaceChildren(...lines.filter(Boolean).map(text => {
    const p = document.createElement('p');
    p.textContent = text;
    return p;
  }));
}

function tell(item) {
  const [from, to] = spanOf(item);
  const {kind, i} = item;
  const when = `${seconds(from)} to ${seconds(to)}, ${duration(to - from)}`;
  switch (kind) {
    case 'op': {
      const how = ENDS[ops.marks[i] & 3];
      const meaning = {ok: 'it took effect', info: 'it is not known whether it took effect', fail: 'it had no effect',
        pending: 'nothing answered it before the end'}[how];
      return details(wordsOf(item), `${how}: ${meaning}`, ops.took[i] ? when : `from ${seconds(from)} on`,
        `event ${ops.index[i]} of the history`, ops.marks[i] & 4 ? 'The verdict is about this one.' : '');
    }
    case 'message':
      return details(wordsOf(item), messages.took[i] ? when : `sent at ${seconds(from)}, and lost`,
        `${messages.bytes[i]} bytes`);
    case 'job':
      return details(wordsOf(item), when, `${jobs.bytes[i]} bytes appended, ${jobs.marks[i] >> 1} syncs`,
        jobs.marks[i] & 1 ? 'It failed.' : '');
    case 'line':
    case 'chance': return details(wordsOf(item), seconds(from));
    default: return details(wordsOf(item), when);
  }
}

// linkStory makes a button of each sentence's time.
function linkStory() {
  document.querySelectorAll('#story li').forEach((li, i) => {
    const time = li.querySelector('.mono');
    if (!time) return;
    const button = document.createElement('button');
    button.className = 'mono';
    button.textContent = time.textContent;
    button.onclick = () => choose({kind: 'line', i});
    time.replaceWith(button);
  });
}

// linkJump makes the sentence about the jump lead there.
function linkJump() {
  const button = document.getElementById('jump');
  if (!button) return;
  button.onclick = () => {
    const [from, to] = data.jump;
    const span = Math.max((to - from) * 4, 20e3);
    show((from + to - span) / 2, (from + to + span) / 2);
  };
}

const BLAMED_MAX = 20;

// linkContradiction lists the operations that the verdict is about, each leading to its place.
function linkContradiction() {
  const blamed = [];
  for (let i = 0; i < ops.count; i++) if (ops.marks[i] & 4) blamed.push({kind: 'op', i});
  const place = document.querySelector('#contradiction ol');
  document.getElementById('contradiction').hidden = !blamed.length;
  // The last ones before the violation say most.
  const last = blamed.slice(-BLAMED_MAX);
  if (last.length < blamed.length) place.before(`${blamed.length} operations; the last ${BLAMED_MAX}:`);
  for (const item of last) {
    const button = document.createElement('button');
    button.className = 'mono';
    button.textContent = seconds(ops.from[item.i]);
    button.onclick = () => choose(item);
    const li = document.createElement('li');
    li.append(button, ' ' + wordsOf(item));
    place.append(li);
  }
}

// scrollStory brings the sentences of the view into sight.
function scrollStory() {
  const near = document.querySelector('#story li.near');
  const story = document.getElementById('story');
  if (near) story.scrollTop += near.getBoundingClientRect().top - story.getBoundingClientRect().top;
}

// describe says in the bar what the view shows, and marks the sentences of it.
function describe() {
  const range = document.getElementById('range');
  range.textContent = `${seconds(Math.round(view.t0))} + ${duration(Math.round(view.t1 - view.t0))}`;
  document.querySelectorAll('#story li').forEach((li, i) => {
    const line = data.story[i];
    if (line) li.classList.toggle('near', line.at >= view.t0 && line.at <= view.t1);
  });
  scrollStory();
}
