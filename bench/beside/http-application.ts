/** The application of a bench, in a process of its own. Says where it is, and runs until it is killed. */
import { startApplication } from '#test/http-rig/application.ts';

const { port, pin, got } = await startApplication();
// it keeps what it was asked, which nobody here reads
setInterval(() => (got.length = 0), 100);
console.log(JSON.stringify({ port, pin }));
