/**
 * EMIT of error-response: the script that replaces bodies. It is the same for all; rules come with the route, else
 * from the table at its beginning.
 */
import type { Override } from "./lower.ts";
import { methodHeader, prefix, toPlain } from "./values.ts";

/**
 * Answers are let through as they come: a body is replaced chunk by chunk, so that one of any size, or one that never
 * ends, is neither held nor waited for.
 */
const program = String.raw`
local function take(headers)
  local names, values = {}, {}
  for name, value in pairs(headers) do
    if name:sub(1, #prefix) == prefix then
      names[#names + 1] = name
      values[name] = values[name] or value
    end
  end
  for _, name in ipairs(names) do headers:remove(name) end
  return values
end

local function is_utf8(text)
  local rest = text:gsub("[\194-\223][\128-\191]", "")
  rest = rest:gsub("[\224-\239][\128-\191][\128-\191]", "")
  rest = rest:gsub("[\240-\244][\128-\191][\128-\191][\128-\191]", "")
  return not rest:find("[\128-\255]")
end

local function escape(text)
  local special = is_utf8(text) and '[%c"\\]' or '[%c"\\\128-\255]'
  return (text:gsub(special, function(c) return string.format("\\u%04x", c:byte()) end))
end

local write = {}
function write.text(value) return value or "-" end
function write.string(value) return escape(value or "-") end
function write.value(value) return value and '"' .. escape(value) .. '"' or "null" end
function write.number(value)
  if value and value:find("^%-?%d+$") then return value end
  return write.value(value)
end

local function compose(parts, values)
  local texts = {}
  for i, part in ipairs(parts) do
    if type(part) == "table" then
      local as, name = next(part)
      local value = values[prefix .. name]
      if value == "" then value = nil end
      part = write[as](value)
    end
    texts[i] = part
  end
  return table.concat(texts)
end

local function replace(handle, body)
  local is_first = true
  for chunk in handle:bodyChunks() do
    if is_first then
      chunk:setBytes(body)
    elseif chunk:length() > 0 then
      chunk:setBytes("")
    end
    is_first = false
  end
  if is_first and #body > 0 then handle:body(true):setBytes(body) end
end

function envoy_on_response(handle)
  local headers = handle:headers()
  local values = take(headers)
  -- While the other filter is being switched on or off.
  if not values[method] then return end
  local status = tonumber(headers:get(":status"))
  for _, rule in ipairs(handle:filterContext():get("rules") or rules) do
    if rule.status == status then
      local body = compose(rule.body, values)
      headers:replace("content-type", rule.type)
      headers:replace("content-length", tostring(#body))
      headers:remove("content-encoding")
      if values[method] ~= "HEAD" then replace(handle, body) end
      return
    end
  end
end
`;

/** The script, with the rules of routes that have none of their own and of requests without a route. */
export function script(overrides: readonly Override[]): string {
  const constants = { prefix, method: methodHeader, rules: overrides.map(toPlain) };
  const head = Object.entries(constants).map(([name, value]) => `local ${name} = ${literal(value)}\n`);
  return head.join("") + program;
}

type Plain = string | number | readonly Plain[] | { readonly [key: string]: Plain };

/** A value as Lua is written. */
function literal(value: Plain): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string")
    return `"${value.replace(/["\\\0\r\n]/g, (c) => `\\${String(c.charCodeAt(0)).padStart(3, "0")}`)}"`;
  if (isList(value)) return `{${value.map(literal).join(", ")}}`;
  return `{${Object.entries(value)
    .map(([key, one]) => `${key} = ${literal(one)}`)
    .join(", ")}}`;
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
