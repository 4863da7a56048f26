/* Who was seen with whom before this declaration: its own parties as nodes, the others of each as dots, and a table. */
const LINKED = ['seller_id', 'importer_id', 'declarant_id', 'carrier_id'];
const MOST_DOTS = 45;

function linkedParties(row) {
  const at = place(row), registered = declared('registered_on', row);
  if (at < 0 || registered === null) return null;
  const links = data.links.filter((link) => (link.others && link.others[at] !== null) || (link.silent && link.silent[at] > 0));
  const lacking = data.unlinked.filter((name) => declared(name, row) !== null).map((name) => said('part.' + name, name));
  return el('section', {}, el('h3', {}, t('link.title')),
    links.length ? el('div', { class: 'linked' }, linkChart(links, at, row),
      el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('link.title') }, linkTable(links, at, row, registered))) : el('p', {}, t('link.none')),
    lacking.length ? el('p', { class: 'note' }, t('link.lacking', { parties: lacking.join(', ') })) : null,
    links.some((link) => link.others && link.inspected && link.inspected[at] === null) ? el('p', { class: 'note' }, t('link.many')) : null);
}

function partyWords(part, row) {
  const stated = declared(part.startsWith('hs') ? 'hs_code' : part, row);
  const value = stated !== null && part.startsWith('hs') ? stated.slice(0, Number(part.slice(2))) : stated;
  return [said('part.' + part, part), ' ', value === null ? '–' : bdi(value)];
}

function linkTable(links, at, row, registered) {
  const heads = ['link', 'first', 'others', 'inspected', 'hits', 'silent'];
  return el('table', {}, el('caption', {}, t('link.caption', { day: registered })),
    el('thead', {}, el('tr', {}, heads.map((name) => el('th', { scope: 'col', class: ['others', 'inspected', 'hits'].includes(name) ? 'n' : null }, t('link.head_' + name))))),
    el('tbody', {}, links.map((link) => linkRow(link, at, row))));
}

function linkRow(link, at, row) {
  const [before, after] = t('link.others', { who: '\n', members: t('several.' + link.member) }).split('\n');
  const who = link.owner.flatMap((part, i) => [i ? ' · ' : '', ...partyWords(part, row)]);
  const amount = (name) => el('td', { class: 'n' }, link[name] ? whole(link[name][at]) : '–');
  const silent = link.silent && link.silent[at] !== null ? (link.silent[at] === 0 ? '0' : t('link.silent', {
    silent: whole(link.silent[at]), hits: whole(link.silent_hits[at]), inspected: whole(link.silent_inspected[at]) })) : '–';
  return el('tr', {}, el('th', { scope: 'row' }, before, who, after), el('td', {}, firstSeen(link, at, row)),
    amount('others'), amount('inspected'), amount('hits'), el('td', { class: 'silent' }, silent));
}

function firstSeen(link, at, row) {
  if (!link.first || declared(link.member, row) === null) return '–';
  return link.first[at] === null ? t('link.never') : isoDay(link.first[at]);
}

/* Only links from one party to one: they can be drawn. */
function linkChart(links, at, row) {
  const single = links.filter((link) => link.owner.length === 1 && link.others);
  const nodes = LINKED.filter((part) => declared(part, row) !== null && single.some((link) => link.owner[0] === part || link.member === part));
  if (nodes.length < 2) return null;
  const width = 610, wide = 118, x = (i) => width * (i + 0.5) / nodes.length;
  const edges = edgesOf(single, nodes, at);
  const drawn = [
    edges.map((edge) => drawEdge(edge, x, wide)),
    nodes.map((part, i) => drawNode(part, x(i), wide, row)),
    nodes.map((part, i) => drawOthers(othersOf(single, part), at, x(i), wide)),
    svg('text', { class: 'tick', x: width / 2, y: 186, 'text-anchor': 'middle' }, t('link.dots'))];
  const name = (part) => said('part.' + part, part);
  const told = edges.map((edge) => `${name(nodes[edge.from])} – ${name(nodes[edge.to])}: ${edge.text}`).join('; ');
  return el('figure', {}, chart(width, 192, t('link.title'), told, ...drawn.flat(Infinity)));
}

function edgesOf(links, nodes, at) {
  const edges = new Map();
  for (const link of links) {
    const ends = [nodes.indexOf(link.owner[0]), nodes.indexOf(link.member)].sort();
    if (ends[0] < 0) continue;
    const fresh = link.first[at] === null;
    edges.set(ends.join(), { from: ends[0], to: ends[1], fresh, text: fresh ? t('link.new') : t('link.since', { day: isoDay(link.first[at]) }) });
  }
  return [...edges.values()];
}

/* Neighbours are joined by a line, the others by an arc above. */
function drawEdge(edge, x, wide) {
  const [a, b] = [x(edge.from), x(edge.to)], middle = (a + b) / 2, near = edge.to - edge.from === 1;
  const path = near ? `M${a + wide / 2} 62H${b - wide / 2}` : `M${a} 45C${a} ${8},${b} ${8},${b} 45`;
  const y = near ? 57 : 14;
  return svg('g', {}, svg('path', { class: edge.fresh ? 'tie fresh' : 'tie', d: path }),
    svg('text', { class: 'tick', x: middle.toFixed(1), y, 'text-anchor': 'middle' }, near ? edge.text.replace(/^.* (?=[0-9-]+$)/, '') : edge.text));
}

function drawNode(part, x, wide, row) {
  return svg('g', {}, svg('rect', { class: 'party', x: x - wide / 2, y: 45, width: wide, height: 34, rx: 4 }),
    svg('text', { class: 'label', x, y: 59, 'text-anchor': 'middle' }, said('part.' + part, part)),
    svg('text', { class: 'label strong', x, y: 72, 'text-anchor': 'middle' }, cut(shown(declared(part, row)), 15)));
}

/* Whom a party is best known by: an importer by its sellers, everybody else by their importers. */
function othersOf(links, part) {
  const wanted = part === 'importer_id' ? 'seller_id' : 'importer_id';
  const own = links.filter((link) => link.owner[0] === part);
  return own.find((link) => link.member === wanted) || own[0];
}

function drawOthers(link, at, x, wide) {
  if (!link) return [];
  const all = link.others[at], hits = (link.hits && link.hits[at]) || 0, inspected = (link.inspected && link.inspected[at]) || 0;
  const kinds = [...new Array(hits).fill('checked finding'), ...new Array(Math.max(0, inspected - hits)).fill('checked'), ...new Array(Math.max(0, Math.min(all, MOST_DOTS) - inspected)).fill('other')];
  const dots = kinds.slice(0, Math.min(all, MOST_DOTS)).map((kind, i) => svg('circle', {
    class: kind, cx: (x - 70 + (i % 15) * 10).toFixed(1), cy: 114 + Math.floor(i / 15) * 12, r: 3.6 }));
  const words = t('link.count', { count: whole(all), members: t('several.' + link.member) });
  return [svg('path', { class: 'tie', d: `M${x} 79V90` }), svg('text', { class: 'label', x, y: 102, 'text-anchor': 'middle' }, words), dots,
    all > MOST_DOTS ? svg('text', { class: 'tick', x, y: 160, 'text-anchor': 'middle' }, t('link.more', { count: whole(all - MOST_DOTS) })) : []];
}
