import { ExportedLog, isFault } from './exported-log.js';
import { Faults } from './fault.js';
import { verdictOn, type Brought, type Verdict } from './verdict.js';

/** Proves an export, with no database: what is wrong with it is in the verdict, whatever it is made of. */
export const verifyExport = async (
  directory: string,
  brought: Brought,
  progress?: (position: number, of: number) => void,
): Promise<Verdict> => {
  const faults = new Faults();
  try {
    const log = await ExportedLog.in(directory, faults);
    return await verdictOn(log, {
      found: [{ note: log.note, called: 'the checkpoint of the export' }],
      keys: log.keys,
      brought,
      faults,
      progress: (position) => progress?.(position, log.last),
    });
  } catch (error) {
    if (!isFault(error)) throw error;
    faults.add({ code: 'file', says: error.message });
    return {
      ok: false,
      first: 0,
      last: 0,
      events: 0,
      root: '',
      checkpoints: 0,
      anchor: null,
      faultCount: faults.count,
      faults: faults.list(),
    };
  }
};
