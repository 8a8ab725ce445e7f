import { describe, expect, it } from 'vitest';
import { dayIn, yearOf } from './day';

describe('the day in a time zone', () => {
  it.each([
    ['Europe/Madrid', '2026-12-31T22:59:00Z', '2026-12-31'],
    ['Europe/Madrid', '2026-12-31T23:00:00Z', '2027-01-01'],
    ['Europe/Madrid', '2026-06-30T22:30:00Z', '2026-07-01'],
    ['Europe/Madrid', '2026-10-25T22:30:00Z', '2026-10-25'],
    ['Atlantic/Canary', '2026-12-31T23:30:00Z', '2026-12-31'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00Z', '2027-01-01'],
    ['Pacific/Honolulu', '2027-01-01T09:59:00Z', '2026-12-31'],
  ])('%s at %s is %s', (zone, moment, day) => {
    expect(dayIn(zone, new Date(moment))).toBe(day);
  });

  it('has a year', () => {
    expect(yearOf('2027-01-01')).toBe(2027);
  });

  it('is the browser’s own where it does not know the zone', () => {
    expect(dayIn('Mars/Olympus', new Date('2026-06-15T12:00:00Z'))).toBe('2026-06-15');
  });
});
