import { afterEach, describe, expect, test, vi } from 'vitest';
import { chromiumAvailable } from './chromium.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('where Chromium is missing, the tests that need it', () => {
  test('fail under continuous integration', () => {
    vi.stubEnv('CI', 'true');
    expect(() => chromiumAvailable('/nonexistent')).toThrow('/nonexistent is missing');
  });

  test('are skipped elsewhere, and not in silence', () => {
    vi.stubEnv('CI', '');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(chromiumAvailable('/nonexistent')).toBe(false);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('/nonexistent'));
  });
});
