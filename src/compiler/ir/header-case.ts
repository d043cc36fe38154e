/** How HTTP/1.1 header names are spelled: with a capital letter after each mark, or as whoever sent them did. */
export type HeaderCase = "proper" | "sender";
