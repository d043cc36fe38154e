/**
 * SHAPE `scoped`: the scripts that find the scope of a request whose host has none of its own, or more than one.
 * They run before all other filters, and not at all for requests that Envoy itself finds a route for.
 */
import { portSeparator, scopeHeader } from "./scope-name.ts";

/**
 * Envoy matches hosts without case, scopes with it, so a name is tried in lower case before it is a wildcard's.
 * A script can make Envoy look again once (`metadata`), so the filter stands in the chain twice: for an upper-case name
 * of a wildcard whose virtual host is in parts, both are needed. `routeName` is the one thing that is not remembered
 * from the first look.
 */
export const findScope = `
local header = "${scopeHeader}"

local function look_in(handle, headers, scope)
  headers:replace(header, scope)
  handle:clearRouteCache()
end

local function bucket(path, depth, buckets)
  local hash, slashes = 0, 0
  for i = 1, depth < 0 and math.min(#path, -depth) or #path do
    local byte = path:byte(i)
    if byte == 63 or byte == 35 then break end
    if byte == 47 then
      slashes = slashes + 1
      if depth > 0 and slashes > depth then break end
    end
    hash = (hash * 31 + byte) % 65521
  end
  return hash % buckets
end

local function follow(handle, headers, lead)
  local depth, buckets, scope = lead:match("^~(-?%d+) (%d+) (.*)$")
  if depth ~= "0" then
    scope = scope .. "|" .. bucket(headers:get(":path") or "", tonumber(depth), tonumber(buckets))
  end
  look_in(handle, headers, scope)
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local route = handle:streamInfo():routeName()
  if route == "" then
    local host = handle:virtualHost()
    if host ~= nil and host:metadata():get("known") then return end
    local table, name = (headers:get(header) or ""):match("^([^|]*|)([^${portSeparator}]*)")
    if name == nil or name:sub(1, 1) == "|" then return end
    local lower = name:lower()
    look_in(handle, headers, table .. (lower == name and "|wild" or lower))
    handle:metadata()
    route = handle:streamInfo():routeName()
  end
  if route:sub(1, 1) == "~" then follow(handle, headers, route) end
end
`;

/**
 * Denies an upgrade that the route does not allow: Envoy itself judges by the route that it finds first. Where there is
 * no route, 404 is the answer.
 */
export const guardUpgrade = `
function envoy_on_request(handle)
  local wanted = (handle:headers():get("upgrade") or ""):lower()
  local allowed = handle:metadata():get(wanted)
  if allowed or handle:streamInfo():routeName() == "" then return end
  handle:respond({[":status"] = "403"}, "")
end
`;
