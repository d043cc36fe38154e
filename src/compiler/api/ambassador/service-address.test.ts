/** Every odd form of a service string. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { parseService, type ServiceAddress } from "./service-address.ts";

const good: readonly (readonly [text: string, address: ServiceAddress])[] = [
  ["cart", { host: "cart" }],
  ["Cart.Shop:80", { host: "cart.shop", port: 80 }],
  [" cart ", { host: "cart" }],
  ["HTTPS://cart", { scheme: "https", host: "cart" }],
  ["grpc://cart:1", { scheme: "grpc", host: "cart", port: 1 }],
  ["cart:0", { host: "cart" }],
  ["cart:", { host: "cart" }],
  ["cart/", { host: "cart" }],
  ["cart/path?a=b#c", { host: "cart", ignored: "/path?a=b#c" }],
  ["https://cart:8443/v1", { scheme: "https", host: "cart", port: 8443, ignored: "/v1" }],
  ["user:password@cart:80", { host: "cart", port: 80, user: true }],
  ["https://user@cart", { scheme: "https", host: "cart", user: true }],
  ["10.0.0.1:80", { host: "10.0.0.1", port: 80 }],
  ["[::1]:80", { host: "::1", port: 80 }],
  ["[2001:DB8::1]", { host: "2001:db8::1" }],
  ["cart_v2.shop.svc.cluster.local", { host: "cart_v2.shop.svc.cluster.local" }],
];

test("what a service string names", () => {
  for (const [text, address] of good) deepEqual(parseService(text), address, text);
});

test("what names no service", () => {
  for (const text of [
    "",
    " ",
    "http://",
    "https://:80",
    "/",
    "://cart",
    ":80",
    "@",
    "user@",
    "[::1",
    "::1",
    "[g]:80",
  ]) {
    equal(typeof parseService(text), "string", text);
  }
  for (const text of [
    "a b",
    "a\nb",
    "bücher",
    "a%20b",
    "\\",
    "$HOST",
    "https://cart:port",
    "cart:-1",
    "cart:80:90",
    "x".repeat(254),
  ]) {
    equal(typeof parseService(text), "string", text);
  }
  match(String(parseService("cart:65536")), /not between 1 and 65535/);
});

test("a password is not repeated", () => {
  for (const text of ["https://user:hunter2@", "https://user:hunter2@a b", "user:hunter2@cart:port"]) {
    equal(String(parseService(text)).includes("hunter2"), false, text);
  }
});
