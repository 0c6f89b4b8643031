/** Quantities of a plan in words. */
import { grouped } from '../core/phrases.ts';

const BYTES = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB'] as const;

/** Decimal units, as claim F10 counts: `43.2 GB`. Takes a decimal string, for it may exceed 2^53. */
export function bytesText(bytes: string): string {
  const whole = Number(bytes);
  if (whole < 1000) return `${grouped(whole)} bytes`;
  const power = Math.min(BYTES.length - 1, Math.floor((bytes.length - 1) / 3));
  return `${threeDigits(whole / 1000 ** power)} ${BYTES[power]}`;
}

/** `0.4 %`. What is more than nothing is never 0 %. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return 'less than 0.01 %';
  return `${Number(percent.toPrecision(percent < 1 ? 1 : 3))} %`;
}

/** IDs a second; a decimal only where there are few. */
export function rateText(idsPerSecond: number): string {
  return `${idsPerSecond < 100 ? threeDigits(idsPerSecond) : grouped(Math.floor(idsPerSecond))} IDs/s`;
}

/** `USD 1,234`; cents of small amounts that have some. */
export function moneyText(amount: number, currency: string): string {
  return `${currency} ${amount < 100 && !Number.isInteger(amount) ? amount.toFixed(2) : grouped(amount)}`;
}

/** `69.7 years`. */
export function yearsText(years: number): string {
  const text = Math.abs(years) < 1000 ? years.toFixed(1) : grouped(years);
  return `${text} years`;
}

/** Three digits that say something: `1.23`, `12.3`, `123`, `1,230`. */
export function threeDigits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 3 });
}
