/**
 * Takes what looks like key material or a token out of a text: the last line of defence of the log, behind never
 * logging the body of an object.
 */

/** The text without PEM blocks, what Lua quotes of its script, long random strings, JSON web tokens, authorization values and passwords in URLs. */
export function redact(text: string): string {
  return text
    .replace(/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, "[PEM removed]")
    .replace(/\[string \\?".*"\](?=:\d+:)/gs, "[script]")
    .replace(/\[string \\?".*$/s, "[script]")
    .replace(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, "[token removed]")
    .replace(/\b(Bearer|Basic)(\s+)[\w.~+/=-]{8,}/gi, "$1$2[removed]")
    .replace(/(:\/\/[^\s/:@]{0,256}):[^\s/@]{1,512}@/g, "$1:[removed]@")
    .replace(/[A-Za-z0-9+/]{40,}={0,2}|[\w-]{40,}={0,2}/g, (run) => (looksRandom(run) ? "[long value removed]" : run));
}

/** Names and paths are words; random text mixes cases and digits within what would be one word. */
function looksRandom(run: string): boolean {
  return run
    .split("/")
    .some((part) => part.length >= 24 && /[a-z]/.test(part) && /[A-Z]/.test(part) && /[0-9]/.test(part));
}
