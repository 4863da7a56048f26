/* Find features by any words of their row; without a script the whole table is there. */
const box = document.getElementById('find'), hits = document.getElementById('hits');
const rows = [...document.querySelectorAll('#features tbody tr')];
const plain = (value) => value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const texts = rows.map((row) => plain(row.textContent));

function find() {
  const wanted = plain(box.value).split(/\s+/).filter(Boolean);
  let found = 0;
  rows.forEach((row, place) => {
    row.hidden = !wanted.every((word) => texts[place].includes(word));
    if (!row.hidden) found += 1;
  });
  hits.textContent = hits.dataset.phrase.replace('%found%', found).replace('%all%', rows.length);
}

/* A link to a feature must lead to it even while the search hides it; on paper nothing is folded away. */
function arrive() {
  const row = location.hash.startsWith('#f-') && document.getElementById(location.hash.slice(1));
  if (!row) return;
  if (row.hidden) { box.value = ''; find(); }
  row.scrollIntoView({ block: 'center' });
  row.classList.add('found');
  setTimeout(() => row.classList.remove('found'), 2500);
}

const folded = () => [...document.querySelectorAll('details:not([open])')];
let unfolded = [];
window.addEventListener('beforeprint', () => {
  unfolded = folded().filter((each) => !each.querySelector('pre'));
  unfolded.forEach((each) => { each.open = true; });
});
window.addEventListener('afterprint', () => unfolded.forEach((each) => { each.open = false; }));
window.addEventListener('hashchange', arrive);
box.addEventListener('input', find);
box.form.addEventListener('submit', (event) => event.preventDefault());
find();
arrive();
