/**
 * `error_response_overrides` of Mappings and of the Module.
 */
import { integer, list, map, object, optional, required, string } from "../schema/index.ts";

/** Other bodies for error answers. */
export const errorResponseOverrides = list(
  object({
    on_status_code: required(integer({ min: 400, max: 599 }), "Status whose body is replaced."),
    body: required(
      object(
        {
          content_type: optional(string(), "Content type of the body."),
          text_format: optional(string(), "Text; may hold Envoy's command operators."),
          json_format: optional(map(string()), "JSON object; values may hold Envoy's command operators."),
          text_format_source: optional(
            object({ filename: optional(string(), "Path of the file.") }),
            "File with the text.",
          ),
        },
        { exactlyOne: [["text_format", "json_format", "text_format_source"]] },
      ),
      "The body.",
    ),
  }),
  { min: 1 },
);
