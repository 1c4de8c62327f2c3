const { createHash } = require('node:crypto');
const { readFileSync, writeFileSync } = require('node:fs');
const { register } = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { transformSync } = require('@swc/core');
const { default: Runtime } = require('jest-runtime');

register('./typescript-loader.js', pathToFileURL(__filename));

let runs = 0;

/**
 * Jest gives each spec a world of its own and loads the whole house into it, packages and all: four seconds of processor
 * time. Here Node itself loads the specs, and those that one worker runs share what stands outside test/.
 */
module.exports = class extends Runtime {
  constructor(config, environment, ...rest) {
    environment.global = globalThis;
    super(config, environment, ...rest);
  }

  /** Jest would put its own in the place of Node's. */
  installGetBuiltinModule() {}

  setGlobalsForRuntime(globals) {
    super.setGlobalsForRuntime(globals);
    globalThis[Symbol.for('@jest/globals')] = this.jestGlobals.cjsGlobals(this._testPath);
  }

  /** What keeps the tests of a spec; afresh for each. */
  requireInternalModule(file) {
    for (const kept of ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL']) delete globalThis[Symbol.for(kept)];
    delete require.cache[file];
    return require(file);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  unstable_importModule(file) {
    runs += 1;
    return import(`${pathToFileURL(file).href}?run=${runs}`);
  }

  /** Made for those files only that a stack to be shown goes through. */
  getSourceMaps() {
    return { get: (place) => this.sourceMapOf(place), [Symbol.iterator]: () => [].values() };
  }

  sourceMapOf(place) {
    if (!/^file:[^?]*\.ts(\?|$)/.test(place)) return undefined;
    const filename = fileURLToPath(place);
    const { map } = transformSync(readFileSync(filename, 'utf8'), { filename, sourceMaps: true });
    const file = path.join(
      this._config.cacheDirectory,
      `${createHash('sha256').update(map).digest('hex')}.map`,
    );
    writeFileSync(file, map);
    return file;
  }
};
