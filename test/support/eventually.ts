import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until what is expected holds; then answers it, or says what was wrong at the end. */
export const eventually = async <T>(look: () => Promise<T> | T, withinMs = 15_000): Promise<T> => {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(20);
    }
  }
};
