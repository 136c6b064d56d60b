import { afterEach, describe, expect, test, vi } from 'vitest';
import { pythonAvailable } from './python.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('where python3 is missing, the tests that need it', () => {
  test('fail under continuous integration', () => {
    vi.stubEnv('PATH', '/nonexistent');
    vi.stubEnv('CI', 'true');
    expect(() => pythonAvailable()).toThrow('python3 is missing');
  });

  test('are skipped elsewhere, and not in silence', () => {
    vi.stubEnv('PATH', '/nonexistent');
    vi.stubEnv('CI', '');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(pythonAvailable()).toBe(false);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('python3'));
  });
});
