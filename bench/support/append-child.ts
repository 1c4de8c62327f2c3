import { AppendLoad, type Side } from './append-load.js';

/** A process of its own that appends when told to: { side, callers, milliseconds } → appends per second. */
const load = await AppendLoad.on(process.argv[2] ?? '');

process.on('message', (order: { side: Side; callers: number; milliseconds: number }) => {
  void load
    .run(order.side, 'existing', order.callers, order.milliseconds)
    .then((perSecond) => process.send?.(perSecond));
});
process.on('disconnect', () => void load.end());
