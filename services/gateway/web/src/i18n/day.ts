/** The day it is in a time zone, as `2026-11-24`: now, unless another moment is given. */
export function dayIn(zone: string, moment = new Date()): string {
  const parts = formatter(zone).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

export function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}

function formatter(zone: string): Intl.DateTimeFormat {
  const digits = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en', { ...digits, timeZone: zone });
  } catch {
    // A zone younger than the browser: its own is the nearest guess, and the server decides anyway.
    return new Intl.DateTimeFormat('en', digits);
  }
}
