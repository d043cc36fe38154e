{{/* The application's name, for labels. A release called after Ambassador has Ambassador's, which selectors cannot change. */}}
{{- define "dragoman.name" -}}
{{- $own := ternary "ambassador" "dragoman" (contains "ambassador" .Release.Name) -}}
{{- default $own .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "dragoman.fullname" -}}
{{- $name := include "dragoman.name" . -}}
{{- $release := .Release.Name -}}
{{- $both := ternary $release (printf "%s-%s" $release $name) (contains $name $release) -}}
{{- default $both .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "dragoman.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end }}

{{/* The namespace that the gateway calls its own. */}}
{{- define "dragoman.ownNamespace" -}}
{{- default (include "dragoman.namespace" .) (include "dragoman.givenNamespace" .) -}}
{{- end }}

{{/* The one that the values say, if they do; the operator's said another thing by the same name. */}}
{{- define "dragoman.givenNamespace" -}}
{{- if kindIs "map" .Values.namespace }}{{ .Values.namespace.name }}{{ end -}}
{{- end }}

{{- define "dragoman.serviceAccount" -}}
{{- $own := ternary (include "dragoman.fullname" .) "default" .Values.serviceAccount.create -}}
{{- default $own .Values.serviceAccount.name -}}
{{- end }}

{{- define "dragoman.service" -}}
{{- default (include "dragoman.fullname" .) .Values.service.nameOverride -}}
{{- end }}

{{- define "dragoman.rbac" -}}
{{- default (include "dragoman.fullname" .) .Values.rbac.nameOverride -}}
{{- end }}

{{/* What selects the pods. */}}
{{- define "dragoman.selector" -}}
app.kubernetes.io/name: {{ include "dragoman.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "dragoman.labels" -}}
{{ include "dragoman.selector" . }}
app.kubernetes.io/part-of: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The ambassador_id of objects that the chart makes, as a line of their spec. */}}
{{- define "dragoman.ambassadorId" -}}
{{- with (.Values.env | default dict).AMBASSADOR_ID -}}
ambassador_id: [{{ . | quote }}]
{{- end -}}
{{- end }}

{{/* A map whose values are texts to Kubernetes, whatever YAML takes them for: large numbers stay as they are written. */}}
{{- define "dragoman.texts" -}}
{{- range $name, $value := . }}
{{ $name | quote }}: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}

{{/* Not empty for an image that is not Dragoman's. */}}
{{- define "dragoman.foreignImage" -}}
{{- if regexMatch "(^|/)(aes|ambassador|emissary|emissary-ingress)$" .Values.image.repository }}yes{{ end -}}
{{- end }}

{{- define "dragoman.image" -}}
{{- if include "dragoman.foreignImage" . -}}
dragoman:{{ .Chart.AppVersion }}
{{- else if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}
