/** LOWER: which Service a host name stands for. */

/** The Service that a host name may stand for: `cart` in the object's namespace, `cart.shop`, `cart.shop.svc…`. */
export function serviceNamed(
  host: string,
  namespace: string,
): { readonly namespace: string; readonly name: string } | undefined {
  if (host === "localhost" || host.includes(":") || /^[\d.]+$/.test(host)) return undefined;
  const [name, given, ...rest] = host.split(".");
  if (!name) return undefined;
  if (given === undefined) return { name, namespace };
  if (given === "" || (rest.length > 0 && rest[0] !== "svc")) return undefined;
  return { name, namespace: given };
}

/** Whether a host name can only be meant for a Service of the cluster. */
export function looksLikeService(host: string): boolean {
  const labels = host.split(".");
  return labels.length === 1 || labels[2] === "svc";
}
