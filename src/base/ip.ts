/** Telling IP literals from names. */

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const v4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** Whether a text is an IPv4 or IPv6 address (without brackets, zone or prefix length). */
export function isIp(text: string): boolean {
  return v4.test(text) || (text.includes(":") && /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`));
}
