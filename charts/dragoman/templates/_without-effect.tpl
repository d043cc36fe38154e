{{/* One line for each value that somebody gave and that has no effect. */}}
{{- define "dragoman.withoutEffect" -}}
{{- $reasons := .Files.Get "files/without-effect.yaml" | fromYaml -}}
{{- $known := .Files.Get "files/known-values.yaml" | fromYaml -}}
{{- range $name, $value := omit .Values "global" -}}
{{- $inner := get $known $name -}}
{{- include "dragoman.judge" (dict "path" $name "value" $value "reasons" $reasons "known" (hasKey $known $name)) -}}
{{- if and (kindIs "map" $value) (kindIs "slice" $inner) -}}
{{- range $key, $one := $value -}}
{{- $path := printf "%s.%s" $name $key -}}
{{- include "dragoman.judge" (dict "path" $path "value" $one "reasons" $reasons "known" (has $key $inner)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if kindIs "string" .Values.namespace }}
  namespace: use helm --namespace
{{- end -}}
{{- if (get (.Values.lifecycle | default dict) "preStop" | default dict).exec }}
  lifecycle.preStop.exec: there is no shell in the image, nor sleep; pods go on for five seconds by themselves, or longer with --linger-time in extraArgs
{{- end -}}
{{- if include "dragoman.foreignImage" . }}
  image: {{ .Values.image.repository }} is not an image of this chart; {{ include "dragoman.image" . }} is used
{{- end -}}
{{- end }}

{{- define "dragoman.judge" -}}
{{- $reason := get .reasons .path -}}
{{- if $reason -}}
{{- $isOff := and $reason.switch (kindIs "map" .value) (not (get .value $reason.switch)) -}}
{{- $matches := eq (default (toString .value) $reason.when) (toString .value) -}}
{{- if and .value (not $isOff) (not $reason.when) }}
  {{ .path }}: {{ $reason.because }}
{{- else if and $reason.when $matches }}
  {{ .path }}: {{ $reason.because }}
{{- end -}}
{{- else if not .known }}
  {{ .path }}: this chart does not know it
{{- end -}}
{{- end }}
