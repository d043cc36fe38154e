/** Marks: words in a route's metadata, by policy, that Envoy's filters can read once the route is known. */

/** Where in the metadata of a route its marks are. */
export const markNamespace = "dragoman";

/** Where in the metadata of a route the upgrades are that it allows. */
export const upgradeMarks = "dragoman.upgrade";
