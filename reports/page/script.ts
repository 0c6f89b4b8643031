/**
 * The only script of the page: a crosshair that reads out the values, a double click that looks closer, and a button that
 * copies the command. The page is whole without it, its closer look too. It writes text, never markup.
 */
export const SCRIPT = `
'use strict';
(() => {
  for (const block of document.querySelectorAll('.command')) {
    if (!navigator.clipboard) continue;
    const button = block.appendChild(document.createElement('button'));
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(block.querySelector('code').textContent);
      button.textContent = 'Copied';
    });
  }
  const data = document.getElementById('curves');
  const plot = document.querySelector('#time .plot');
  const readout = document.querySelector('.readout');
  if (!data || !plot || !readout) return;
  const { nodes, rates, offsets, tenures, requests } = JSON.parse(data.textContent);
  const backdrop = plot.querySelector('.backdrop');
  const cursor = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  cursor.setAttribute('class', 'cursor');
  cursor.setAttribute('y2', '100%');
  const from = Number(plot.dataset.from) / 1e6, to = Number(plot.dataset.to) / 1e6;
  const signed = (ms) => (ms > 0 ? '+' : ms < 0 ? '\\u2212' : '') + (Math.abs(ms) < 1000 ? Math.abs(ms) + ' ms' : (Math.abs(ms) / 1000).toFixed(2) + ' s');
  const describe = (node, at) => {
    const rate = rates.find((r) => r.node === node);
    const perSecond = rate && rate.perSecond[Math.floor(at / rate.ms)];
    const points = (offsets.find((o) => o.node === node) || { points: [] }).points;
    const near = points.reduce((best, p) => (Math.abs(p[0] - at) < Math.abs(best[0] - at) ? p : best), [Infinity, null]);
    const held = tenures.filter((t) => t[1] === node && t[2] <= at && at <= t[3]).map((t) => t[0]);
    const offset = near[1] === null || Math.abs(near[0] - at) > 1000 ? 'no answer' : signed(near[1]);
    return node + '  ' + (perSecond || 0).toLocaleString('en') + ' IDs/s  ' + offset + (held.length ? '  worker ' + held.join(', ') : '');
  };
  const latencies = (at) => {
    const second = requests.findLast((r) => r[0] <= at);
    if (!second) return [];
    const [, p50, p99, without] = second;
    return ['answers ' + (p99 === null ? 'none' : 'p50 ' + Number(p50.toPrecision(3)) + ' ms, p99 ' + Number(p99.toPrecision(3)) + ' ms') + (without ? '  ' + without + '/s without IDs' : '')];
  };
  const shareAt = (event) => {
    const box = backdrop.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  };
  const show = (event) => {
    const share = shareAt(event);
    if (share < 0 || share > 1) return hide();
    const at = from + share * (to - from);
    cursor.setAttribute('x1', share * 100 + '%');
    cursor.setAttribute('x2', share * 100 + '%');
    backdrop.append(cursor);
    readout.hidden = false;
    readout.replaceChildren(...[(at / 1000).toFixed(2) + ' s', ...nodes.map((node) => describe(node, at)), ...latencies(at)].map((words, i) => {
      const part = document.createElement(i ? 'span' : 'strong');
      part.textContent = words;
      return part;
    }));
  };
  const hide = () => { cursor.remove(); readout.hidden = true; };
  const scroll = plot.closest('.scroll');
  const zooms = [...document.querySelectorAll('.zoom input')];
  let middle = 0.5;
  const keepMiddle = () => { scroll.scrollLeft = middle * scroll.scrollWidth - scroll.clientWidth / 2; };
  scroll.addEventListener('scroll', () => { middle = (scroll.scrollLeft + scroll.clientWidth / 2) / scroll.scrollWidth; });
  for (const zoom of zooms) zoom.addEventListener('change', keepMiddle);
  plot.addEventListener('dblclick', (event) => {
    const closer = zooms[zooms.findIndex((zoom) => zoom.checked) + 1];
    if (!closer) return;
    middle = shareAt(event);
    closer.checked = true;
    keepMiddle();
  });
  plot.addEventListener('pointermove', show);
  plot.addEventListener('pointerleave', hide);
})();
`;
