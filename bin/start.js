// `npm start` is `redress serve` after set-up.
process.argv.splice(2, 0, 'serve');
await import('./redress.js');
