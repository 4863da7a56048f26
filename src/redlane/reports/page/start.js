const overview = document.getElementById('overview'), caseRoom = document.getElementById('case'), paper = document.getElementById('paper');
const MOST_PRINTED = 500;
const PAGE_HEIGHT = 1020;  /* of A4 within its margins, in CSS pixels */
const printed = /^#print=(\d+)$/.exec(location.hash);
let opened = null;

/* The address says what is shown: #case-7 is the seventh row's file; anything else is the report, but for a page about
   one declaration: that opens on its case. */
function route() {
  const match = /^#case-(\d+)$/.exec(location.hash || (data.opens_case ? '#case-0' : ''));
  const row = match && Number(match[1]) < data.rows ? Number(match[1]) : null;
  if (row === null) closeCase(); else openCase(row);
}

function openCase(row) {
  opened = row;
  caseRoom.replaceChildren(steps(row), caseFile(row));
  overview.hidden = true;
  caseRoom.hidden = false;
  document.body.classList.add('case-open');
  document.getElementById('nav').hidden = true;
  window.scrollTo(0, 0);
  caseRoom.querySelector('h2').focus({ preventScroll: true });
}

function closeCase() {
  const row = opened;
  opened = null;
  overview.hidden = false;
  caseRoom.hidden = true;
  caseRoom.replaceChildren();
  document.body.classList.remove('case-open');
  document.getElementById('nav').hidden = false;
  if (row === null) return;
  const at = listed.indexOf(row);
  if (at >= 0 && Math.floor(at / PAGE) !== state.page) { state.page = Math.floor(at / PAGE); showList(); }
  const link = document.getElementById('row-' + row);
  if (link) link.focus();
}

function steps(row) {
  const at = listed.indexOf(row);
  const go = (to) => () => { location.hash = 'case-' + listed[to]; };
  return el('div', { class: 'steps' }, button('ui.back', () => { location.hash = 'selected'; }),
    button('ui.previous_case', go(at - 1), at <= 0), button('ui.next_case', go(at + 1), at < 0 || at >= listed.length - 1),
    button('ui.print_case', () => window.print()));
}

/* Cases for paper, each as large as fits its page. */
function lay(rows) {
  paper.replaceChildren(...rows.map((row) => caseFile(row)));
  for (const sheet of paper.children) fit(sheet);
}

/* Halves the span between a size that fits and one that does not: smaller text also breaks into fewer lines. */
function fit(sheet) {
  const fits = (zoom) => { sheet.style.zoom = zoom; return sheet.getBoundingClientRect().height <= PAGE_HEIGHT; };
  if (fits(1)) return;
  let [small, large] = [0.5, 1];
  for (let tries = 0; tries < 5; tries += 1) {
    const middle = (small + large) / 2;
    if (fits(middle)) small = middle; else large = middle;
  }
  sheet.style.zoom = small;
}

/* Only the cases of the list, one to a page; afterwards the page is as it was. */
function printCases(rows) {
  if (rows.length > MOST_PRINTED) {
    document.getElementById('found').textContent = t('ui.too_many', { found: whole(rows.length), most: MOST_PRINTED });
    return;
  }
  wanted = rows;
  window.print();
}

let wanted = null;
window.addEventListener('beforeprint', () => {
  const rows = wanted || (opened === null ? null : [opened]);
  if (rows === null) return;
  lay(rows);
  document.body.classList.add('paper-only');
});
window.addEventListener('afterprint', () => {
  wanted = null;
  if (printed) return;
  document.body.classList.remove('paper-only');
  paper.replaceChildren();
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && opened !== null) location.hash = 'selected';
});
window.addEventListener('hashchange', route);

buildFilters();
choose();
showList();
if (printed) lay(listed.slice(0, Number(printed[1]))); else route();
