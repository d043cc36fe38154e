/** Envoy's runtime flags that a Module may set; null is Envoy's own value. */
export type RuntimeFlags = Readonly<Record<string, number | null>>;
