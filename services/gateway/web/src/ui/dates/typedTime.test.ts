import { describe, expect, it } from 'vitest';
import { typedTime } from './typedTime';

describe('typedTime', () => {
  it.each([
    ['9:30', '09:30'],
    ['09:30', '09:30'],
    ['9.30h', '09:30'],
    ['9,30', '09:30'],
    ['930', '09:30'],
    ['0930', '09:30'],
    ['9h30', '09:30'],
    ['9h', '09:00'],
    ['9', '09:00'],
    ['21', '21:00'],
    ['21.45 h', '21:45'],
    ['2145', '21:45'],
    ['0:00', '00:00'],
    ['23:59', '23:59'],
    ['9 pm', '21:00'],
    ['9:30pm', '21:30'],
    ['12 am', '00:00'],
    ['12:15 p.m.', '12:15'],
  ])('reads %j', (typed, expected) => {
    expect(typedTime(typed)).toBe(expected);
  });

  it.each([
    '',
    'abc',
    '24',
    '24:00',
    '9:60',
    '960',
    '9:3',
    '12345',
    '9:30:00',
    '-9',
    '13 pm',
    '0 am',
    '9::30',
  ])('refuses %j', (typed) => {
    expect(typedTime(typed)).toBeNull();
  });

  it('gives back every minute of the day in every form', () => {
    const wrong: string[] = [];
    for (let minutes = 0; minutes < 1440; minutes++) {
      const [hour, minute] = [Math.floor(minutes / 60), String(minutes % 60).padStart(2, '0')];
      const expected = `${String(hour).padStart(2, '0')}:${minute}`;
      const forms = [
        expected,
        `${hour}:${minute}`,
        `${hour}.${minute}h`,
        `${hour}h${minute}`,
        `${hour}${minute}`,
      ];
      wrong.push(...forms.filter((form) => typedTime(form) !== expected));
    }
    expect(wrong).toEqual([]);
  });
});
