export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  runtime: '<rootDir>/test/support/jest-runtime.cjs',
  transform: {},
  testSequencer: '<rootDir>/test/support/longest-first.js',
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  testTimeout: 60_000,
  maxWorkers: 2,
  // A worker has nothing open at its end, but takes its time to give back what it held: more than Jest's half second.
  workerGracefulExitTimeout: 30_000,
};
