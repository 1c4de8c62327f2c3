// What the Nest CLI starts (`nest start`): the server, as `redress serve`.
process.argv.splice(2, 0, 'serve');
await import('./cli.js');
