/** A time of day as people type it (`9:30`, `9.30h`, `930`, `9`, `9 pm`) → `09:30`; null where it is none. */
export function typedTime(typed: string): string | null {
  const text = typed.toLowerCase().replace(/\s+/g, ' ').trim();
  const parts = WITH_MARK.exec(text) ?? DIGITS.exec(text);
  if (!parts) return null;
  const [, hourText, minuteText = '0', half] = parts;
  const [hour, minute] = [Number(hourText), Number(minuteText)];
  if (minute > 59 || hour > 23 || (half && (hour < 1 || hour > 12))) return null;
  const hours = half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour;
  return `${two(hours)}:${two(minute)}`;
}

const HALF = String.raw`(?: ?([ap])\.? ?m\.?)?`;
const WITH_MARK = new RegExp(String.raw`^(\d{1,2})(?:[:.,h]'?(\d{2}))? ?(?:h|hs|hrs)?\.?${HALF}$`);
const DIGITS = new RegExp(String.raw`^(\d{1,2})(\d{2}) ?(?:h|hs|hrs)?\.?${HALF}$`);

function two(value: number): string {
  return String(value).padStart(2, '0');
}
