/**
 * SHAPE `scoped`: the scripts that find the scope of a request whose host has none of its own, or more than one.
 * They run before all other filters, and not at all for requests that Envoy itself finds a route for.
 */
import { portSeparator, scopeHeader } from "./scope-name.ts";

/** What ends the scope header where another script has to follow the lead that Envoy finds next. */
export const unfollowed = `${portSeparator}lead`;

const following = `
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
`;

/**
 * Envoy matches hosts without case, scopes with it, so a name is tried in lower case before it is a wildcard's.
 * A script can make Envoy look again once (`metadata`; `routeName` is the one thing that is not remembered from the first
 * look). An upper-case name of a wildcard whose virtual host is in parts needs two, so another script goes on there.
 */
export const findScope = `${following}
function envoy_on_request(handle)
  local headers, info = handle:headers(), handle:streamInfo()
  local route = info:routeName()
  if route == "" then
    local table, name = (headers:get(header) or ""):match("^([^|]*|)([^${portSeparator}]*)")
    if name == nil or name:sub(1, 1) == "|" then return end
    local lower = name:lower()
    if lower ~= name then
      look_in(handle, headers, table .. lower)
      handle:metadata()
      route = info:routeName()
    end
    if route == "" then
      local host = handle:virtualHost()
      if host ~= nil and host:metadata():get("known") then return end
      if lower ~= name then return look_in(handle, headers, table .. "|wild${unfollowed}") end
      look_in(handle, headers, table .. "|wild")
      handle:metadata()
      route = info:routeName()
    end
  end
  if route:sub(1, 1) == "~" then follow(handle, headers, route) end
end
`;

/** Goes on where the first script could not. */
export const followLead = `${following}
function envoy_on_request(handle)
  local route = handle:streamInfo():routeName()
  if route:sub(1, 1) == "~" then follow(handle, handle:headers(), route) end
end
`;

/**
 * The same for an upgrade, which it denies if the route does not allow it: Envoy itself judges by the route that it finds
 * first. Where there is no route, 404 is the answer.
 */
export const guardUpgrade = `${following}
function envoy_on_request(handle)
  local headers, info = handle:headers(), handle:streamInfo()
  local route = info:routeName()
  if route:sub(1, 1) == "~" then follow(handle, headers, route) end
  local wanted = (headers:get("upgrade") or ""):lower()
  local allowed = handle:metadata():get(wanted)
  if allowed or info:routeName() == "" then return end
  handle:respond({[":status"] = "403"}, "")
end
`;
