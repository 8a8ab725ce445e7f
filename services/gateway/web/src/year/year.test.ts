import { describe, expect, it } from 'vitest';
import { changePercent } from './year';

describe('changePercent', () => {
  it('is relative to the year before', () => {
    expect(changePercent('150.00', '100.00')).toBe(50);
    expect(changePercent('50.00', '100.00')).toBe(-50);
  });

  it('says growth from a negative year as growth', () => {
    expect(changePercent('100.00', '-100.00')).toBe(200);
  });

  it('has nothing to say without a year before', () => {
    expect(changePercent('100.00', '0.00')).toBeNull();
  });
});
