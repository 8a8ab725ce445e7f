import type { MantineColorsTuple, MantineThemeOverride } from '@mantine/core';
import { theme } from './theme';

type Rgb = [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** WCAG 2.2 AA, for text of any size. */
const READABLE = 4.5;

/** The theme in a company's own colour, made just dark enough to carry white text. */
export function brandTheme(color: string | null | undefined): MantineThemeOverride {
  return color ? { ...theme, colors: { ...theme.colors, accent: shadesOf(color) } } : theme;
}

/** Ten shades around `#rrggbb`, itself (or the nearest readable one) the seventh. */
export function shadesOf(color: string): MantineColorsTuple {
  const base = readable(parse(color));
  const tint = (share: number) => hex(mix(base, WHITE, share));
  const shade = (share: number) => hex(mix(base, BLACK, share));
  return [
    tint(0.94),
    tint(0.87),
    tint(0.74),
    tint(0.58),
    tint(0.4),
    tint(0.2),
    hex(base),
    shade(0.15),
    shade(0.3),
    shade(0.42),
  ];
}

export function contrastWithWhite(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

export function parse(color: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as Rgb;
}

function readable(color: Rgb): Rgb {
  let found = color;
  while (contrastWithWhite(found) < READABLE) found = mix(found, BLACK, 0.06);
  return found;
}

function mix(color: Rgb, other: Rgb, share: number): Rgb {
  return color.map((part, at) => Math.round(part + ((other[at] ?? 0) - part) * share)) as Rgb;
}

function hex(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
