const data = JSON.parse(document.getElementById('data').textContent);
const words = data.words;
const THIN = '\u202f';
const POINT = words['ui.point'];

function t(key, values) {
  const phrase = key in words ? words[key] : key;
  return values ? phrase.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)) : phrase;
}

function said(key, other) { return key in words ? words[key] : shown(other); }

/* Characters that hide, reorder or end text are written out, so that what is read is what was declared. */
function shown(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu,
    (c) => '⟨U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟩');
}

/* Elements are made, never parsed: text is text. */
function el(name, attributes, ...children) { return fill(document.createElement(name), attributes, children); }

function svg(name, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

function bdi(text) { return el('bdi', {}, shown(text)); }

/* A stored sentence; one that could not be told in the language of the report says in which it is. */
const stayed = new Map(['reasons', 'flags'].map((name) => [data[name], new Set(data[name].english)]));
function sentence(lists, at) {
  return el('bdi', { lang: stayed.get(lists).has(at) && data.language !== 'en' ? 'en' : null }, shown(word(lists.sentence, at)));
}

function word(column, row) { const code = column.i[row]; return code < 0 ? null : column.d[code]; }

/* Digits with the language's decimal sign and a minus that does not break. */
function signs(text) { return text.replace('.', POINT).replace('-', '−'); }

/* A number in full: groups of three set apart from five digits on, as the reasons write it. */
function whole(value) {
  if (value === null || value === undefined) return '–';
  const text = String(value);
  if (text.includes('e') || Math.abs(value) < 10000) return signs(text);
  const [before, after] = text.split('.');
  const grouped = before.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return signs(after ? grouped + '.' + after : grouped);
}

function about(value) {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0';
  return whole(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}

function percent(share) {
  if (share === null || share === undefined) return '–';
  const value = share * 100;
  return signs(value > 0 && value < 0.001 ? '< 0.001' : String(Number(value.toPrecision(3)))) + ' %';
}

function signed(value) { return (value < 0 ? '−' : '+') + signs(Math.abs(value).toFixed(3)); }

function isoDay(number) { return new Date(number * 86400000).toISOString().slice(0, 10); }
function dayNumber(iso) { return Math.floor(Date.parse(iso + 'T00:00:00Z') / 86400000); }

const place = (row) => (data.place ? data.place[row] : -1);
const columnNamed = Object.fromEntries((data.declared || []).map((column) => [column.name, column]));

/* A declared value as it stands; null where it was not declared, or the declaration is not at hand. */
function declared(name, row) {
  const column = columnNamed[name], at = place(row);
  if (!column || at < 0) return null;
  return column.n ? column.n[at] : word(column.t, at);
}
