/** Scales: from a value to a place between 0 and `size`. Pure arithmetic; whoever draws chooses the unit. */
export interface Scale {
  (value: number): number;
  readonly from: number;
  readonly to: number;
}

/** A straight scale. A domain without extent puts everything at the start. */
export function linear(from: number, to: number, size: number): Scale {
  const extent = to - from;
  const place = (value: number): number => (extent === 0 ? 0 : ((value - from) / extent) * size);
  return Object.assign(place, { from, to });
}

/**
 * A scale that is straight within ±`knee` and logarithmic beyond, so that milliseconds and tens of seconds can be read
 * off one axis.
 */
export function symlog(from: number, to: number, size: number, knee: number): Scale {
  const bend = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value) / knee);
  const straight = linear(bend(from), bend(to), size);
  return Object.assign((value: number): number => straight(bend(value)), { from, to });
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
