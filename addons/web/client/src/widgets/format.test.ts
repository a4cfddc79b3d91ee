/** What a person reads and types. */
import { describe, expect, it } from 'vitest';
import { formatDuration, formatMoney, moneyText, parseDay, parseNumber, relativeDay, relativeMoment } from './format';

const en = { language: 'en', zone: 'UTC' };
const euro = { code: 'EUR', symbol: '€', decimals: 2 };

describe('amounts', () => {
  it('keeps unit and digits apart', () => {
    expect(formatMoney('12000.0000', euro, 'en')).toEqual({ before: '€', digits: '12,000', after: '' });
    expect(formatMoney('-12.5', euro, 'de')).toEqual({ before: '', digits: '-12,50', after: '\u00a0€' });
    expect(moneyText('-5', euro, 'en')).toBe('-€5');
    expect(moneyText('1234.5', euro, 'en', true)).toBe('€1,235');
  });
  it('reads what is typed', () => {
    expect(['12.000,50', '12,000.50', '12 000', '12000', '1.5k', '2m', '-3', '0.125', '1,5'].map(parseNumber)).toEqual([
      '12000.50',
      '12000.50',
      '12000',
      '12000',
      '1500',
      '2000000',
      '-3',
      '0.125',
      '1.5',
    ]);
    expect(['', 'abc', '1-2'].map(parseNumber)).toEqual([null, null, null]);
    expect(parseNumber('12,000')).toBe('12000');
    expect(parseNumber('1,234,567')).toBe('1234567');
  });
});

describe('dates', () => {
  const today = '2026-03-14';
  it('says near days in words', () => {
    const days = ['2026-03-14', '2026-03-15', '2026-03-11', '2026-04-02', '2025-03-24'];
    expect(days.map((day) => relativeDay(day, today, en))).toEqual([
      'Today',
      'Tomorrow',
      '3 days ago',
      'Apr 2',
      'Mar 24, 2025',
    ]);
  });
  it('says near moments in minutes and hours', () => {
    const now = new Date('2026-03-14T12:00:00Z');
    expect(relativeMoment('2026-03-14T11:55:00Z', now, en)).toBe('5 min. ago');
    expect(relativeMoment('2026-03-13T09:00:00Z', now, en)).toBe('Yesterday');
  });
  it('reads what is typed', () => {
    const typed = [
      'today',
      'tomorrow',
      '+3',
      '-1w',
      '14 mar',
      '1 April 2027',
      'Dec 24',
      '14.3.',
      '2.4.27',
      '2026-05-06',
    ];
    expect(typed.map((text) => parseDay(text.replace(/\.$/, ''), today))).toEqual([
      today,
      '2026-03-15',
      '2026-03-17',
      '2026-03-07',
      '2026-03-14',
      '2027-04-01',
      '2026-12-24',
      '2026-03-14',
      '2027-04-02',
      '2026-05-06',
    ]);
    expect(['31.2.2026', 'soon', ''].map((text) => parseDay(text, today))).toEqual([null, null, null]);
  });
  it('shortens durations', () => {
    expect([formatDuration(59), formatDuration(3600 * 26), formatDuration(135 * 60)]).toEqual([
      '59 s',
      '1 d 2 h',
      '2 h 15 min',
    ]);
  });
});
