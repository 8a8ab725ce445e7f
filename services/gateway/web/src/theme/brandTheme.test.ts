import { describe, expect, it } from 'vitest';
import { contrastWithWhite, parse, shadesOf } from './brandTheme';

describe('shadesOf', () => {
  it('keeps a colour that carries white text', () => {
    expect(shadesOf('#0f5c8c')[6]).toBe('#0f5c8c');
  });

  it.each(['#ffee00', '#ffffff', '#7fd1c7'])('darkens %s until white text is readable on it', (color) => {
    expect(contrastWithWhite(parse(shadesOf(color)[6]))).toBeGreaterThanOrEqual(4.5);
  });
});

describe('contrastWithWhite', () => {
  it('is 21 for black and 1 for white', () => {
    expect(contrastWithWhite([0, 0, 0])).toBeCloseTo(21);
    expect(contrastWithWhite([255, 255, 255])).toBeCloseTo(1);
  });
});
