/** Numbers, amounts and dates as a person reads them. Pure, so that it can be tested. */
import { addDays, daysBetween, dayOf } from '../domain';
import type { Currency } from '../rpc/types';

export interface Locale {
  language: string;
  zone?: string;
}
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function tag(language: string): string {
  const plain = language.replace('_', '-').replace(/[.@].*$/, '');
  try {
    return Intl.getCanonicalLocales(plain)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

function numberFormat(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${language}${JSON.stringify(options)}`;
  const known = formats.get(key) as Intl.NumberFormat | undefined;
  if (known) return known;
  const made = new Intl.NumberFormat(tag(language), options);
  formats.set(key, made);
  return made;
}

export function dateFormat(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${locale.language}${locale.zone ?? ''}${JSON.stringify(options)}`;
  const known = formats.get(key) as Intl.DateTimeFormat | undefined;
  if (known) return known;
  const made = new Intl.DateTimeFormat(tag(locale.language), { ...options, timeZone: locale.zone || undefined });
  formats.set(key, made);
  return made;
}

/** A wire number (text or number) as a number; null where there is none. */
export function toNumber(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Digits with separators; whole numbers without decimals unless `decimals` asks for them. */
export function formatNumber(value: unknown, language: string, decimals?: number): string {
  const number = toNumber(value);
  if (number === null) return '';
  const fixed =
    decimals !== undefined
      ? { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
      : { maximumFractionDigits: 2 };
  return numberFormat(language, fixed).format(number);
}

/** An amount in two parts, so that the unit can be grey: sign and digits, and where the symbol stands. */
export interface Amount {
  before: string;
  digits: string;
  after: string;
}
export function formatMoney(value: unknown, currency: Currency, language: string, whole = false): Amount {
  const number = toNumber(value) ?? 0;
  const decimals = whole || Number.isInteger(number) ? 0 : currency.decimals;
  const options: Intl.NumberFormatOptions = {
    style: 'currency',
    currency: currency.code || 'EUR',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  };
  const amount: Amount = { before: '', digits: '', after: '' };
  let sign = '';
  for (const part of numberFormat(language, options).formatToParts(number)) {
    if (part.type === 'minusSign') sign = part.value;
    else if (part.type === 'currency' || part.type === 'literal')
      amount[amount.digits ? 'after' : 'before'] += part.value;
    else amount.digits += part.value;
  }
  amount[amount.before ? 'before' : 'digits'] = sign + amount[amount.before ? 'before' : 'digits'];
  return amount;
}

export const moneyText = (value: unknown, currency: Currency, language: string, whole = false): string => {
  const { before, digits, after } = formatMoney(value, currency, language, whole);
  return before + digits + after;
};

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);
const dayLocale = (locale: Locale): Locale => ({ language: locale.language, zone: 'UTC' });

/** A day, exactly: "Saturday, 14 March 2026". */
export const exactDay = (day: string, locale: Locale): string =>
  dateFormat(dayLocale(locale), { dateStyle: 'full' }).format(noon(dayOf(day)));

/** A day, short: "14 Mar", with the year where it is so far away that one could mistake it. */
export function shortDay(day: string, today: string, locale: Locale): string {
  const year = Math.abs(daysBetween(today, day)) < 270 ? undefined : 'numeric';
  return dateFormat(dayLocale(locale), { day: 'numeric', month: 'short', year }).format(noon(dayOf(day)));
}

/** A day as seen from today: "Today", "Tomorrow", "in 4 days", "3 days ago", then the date. */
export function relativeDay(day: string, today: string, locale: Locale): string {
  const away = daysBetween(today, day);
  if (Math.abs(away) > 7) return shortDay(day, today, locale);
  const text = new Intl.RelativeTimeFormat(tag(locale.language), { numeric: 'auto' }).format(away, 'day');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const exactMoment = (iso: string, locale: Locale): string =>
  dateFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(iso));

/** A moment: minutes and hours while it is near, then the day. */
export function relativeMoment(iso: string, now: Date, locale: Locale): string {
  const minutes = Math.round((new Date(iso).getTime() - now.getTime()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(tag(locale.language), { numeric: 'auto', style: 'short' });
  if (Math.abs(minutes) < 1) return 'Just now';
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute');
  if (Math.abs(minutes) < 24 * 60) return relative.format(Math.round(minutes / 60), 'hour');
  const day = (date: Date): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: locale.zone || undefined }).format(date);
  return relativeDay(day(new Date(iso)), day(now), locale);
}

/** A moment in a form: "14 Mar 2026, 10:30". */
export const formMoment = (iso: string, locale: Locale): string =>
  dateFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(
    new Date(iso),
  );

export const formDay = (day: string, locale: Locale): string =>
  dateFormat(dayLocale(locale), { day: 'numeric', month: 'short', year: 'numeric' }).format(noon(dayOf(day)));

/** Seconds as "3 d 4 h", "2 h 15 min". */
export function formatDuration(value: unknown): string {
  const seconds = toNumber(value);
  if (seconds === null) return '';
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
  ];
  const text = parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
  return text || `${Math.round(seconds)} s`;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const iso = (year: number, month: number, day: number): string | null => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : null;
};

/** A day as somebody types it: "today", "+3", "14 mar", "14.3.2026", "2026-03-14"; null where it is none. */
export function parseDay(text: string, today: string): string | null {
  const typed = text.trim().toLowerCase();
  const words: Record<string, number> = { today: 0, tomorrow: 1, yesterday: -1 };
  if (typed in words) return addDays(today, words[typed] ?? 0);
  const away = /^([+-]\d{1,4})\s*(d|w)?$/.exec(typed);
  if (away) return addDays(today, Number(away[1]) * (away[2] === 'w' ? 7 : 1));
  const year = Number(today.slice(0, 4));
  const full = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (full) return iso(Number(full[1]), Number(full[2]), Number(full[3]));
  const spoken =
    /^(\d{1,2})\.?\s+([a-z]{3,9})\.?,?\s*(\d{4})?$/.exec(typed) ??
    swapped(/^([a-z]{3,9})\.?\s+(\d{1,2}),?\s*(\d{4})?$/.exec(typed));
  if (spoken)
    return iso(Number(spoken[3] ?? year), MONTHS.indexOf((spoken[2] ?? '').slice(0, 3)) + 1, Number(spoken[1]));
  const dotted = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{2,4}))?$/.exec(typed);
  if (!dotted) return null;
  const given = dotted[3] ? Number(dotted[3].length === 2 ? `20${dotted[3]}` : dotted[3]) : year;
  return iso(given, Number(dotted[2]), Number(dotted[1]));
}

const swapped = (match: RegExpExecArray | null): (string | undefined)[] | null =>
  match ? [match[0], match[2], match[1], match[3]] : null;

/** A number as somebody types it: "12.000,50", "12,000.50", "12 000", "1.5k", "2m"; null where it is none. */
export function parseNumber(text: string): string | null {
  const typed = text
    .trim()
    .replace(/[\s'’_ ]/g, '')
    .replace(/[€$£¥%]/g, '');
  if (typed === '') return null;
  const [, sign = '', body = '', unit = ''] = /^(-?)([\d.,]+)([km]?)$/i.exec(typed) ?? [];
  if (!body || !/\d/.test(body)) return null;
  const comma = body.lastIndexOf(',');
  const dot = body.lastIndexOf('.');
  const mark = Math.max(comma, dot);
  const grouped =
    mark >= 0 &&
    (body.indexOf(body[mark] as string) !== mark ||
      ((comma < 0 || dot < 0) && /[.,]\d{3}$/.test(body) && body[mark] === ','));
  const digits =
    mark < 0 || grouped
      ? body.replace(/[.,]/g, '')
      : `${body.slice(0, mark).replace(/[.,]/g, '')}.${body.slice(mark + 1)}`;
  if (!unit) return `${sign}${digits.replace(/\.$/, '')}`;
  return String(Number(`${sign}${digits}`) * (unit.toLowerCase() === 'k' ? 1000 : 1_000_000));
}
