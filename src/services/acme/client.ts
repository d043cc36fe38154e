/**
 * The door of the client, with all that it needs of cryptography: loaded when the first Host has an authority, because
 * it costs every other run some 20 MB.
 */
export { openTenders } from "./tenders.ts";
