/**
 * The colours of the page, as data, so that a test can hold their contrast. Each is [on light, on dark].
 *
 * Hues belong to nodes; disturbances are neutral; red says violation and amber says unknown, and nothing else. No colour
 * stands alone: a word, a mark or a pattern says the same.
 */
export type Tone = readonly [light: string, dark: string];

export const TONES = {
  page: ['#fdfdfc', '#12151a'],
  raised: ['#f5f6f6', '#1a1e25'],
  ink: ['#16191d', '#eceff2'],
  soft: ['#50575f', '#a9b2bc'],
  line: ['#dfe2e5', '#2c323b'],
  fault: ['#6d747c', '#98a1ab'],
  good: ['#12733a', '#5ccb85'],
  bad: ['#b3261e', '#ff8a80'],
  unsure: ['#875a00', '#f0b94a'],
  link: ['#1a5fb4', '#8ab8ff'],
} as const satisfies Readonly<Record<string, Tone>>;

/** Nodes take these in turn. Neighbours differ in lightness as well as in hue, for readers who see fewer hues. */
export const NODE_TONES: readonly Tone[] = [
  ['#2369bd', '#6aa9f7'],
  ['#966000', '#e8a93a'],
  ['#0a7560', '#3ccfae'],
  ['#8150b8', '#bd9bf2'],
  ['#b23572', '#f28bb8'],
  ['#59670f', '#b7c64f'],
  ['#7b5342', '#d3a48e'],
  ['#4c6377', '#9fb6ca'],
];

/** The CSS variables of a theme. */
export function variables(theme: 0 | 1): string {
  const named = Object.entries(TONES).map(([name, tone]) => `--${name}:${tone[theme]}`);
  const nodes = NODE_TONES.map((tone, i) => `--node-${i}:${tone[theme]}`);
  return [...named, ...nodes].join(';');
}

/** The variable of the n-th node's colour. */
export function nodeColour(index: number): string {
  return `var(--node-${((index % NODE_TONES.length) + NODE_TONES.length) % NODE_TONES.length})`;
}

/** The contrast ratio of two colours, `#rrggbb`, as WCAG 2 defines it. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const part = parseInt(colour.slice(i, i + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
