{{/* What is read and written wherever the gateway looks: everywhere, or in its own namespace only. */}}
{{- define "dragoman.watchRules" -}}
- apiGroups: [""]
  resources: [services]
  verbs: [get, list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [get, list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses/status]
  verbs: [patch]
{{- if include "dragoman.knative" . }}
- apiGroups: [networking.internal.knative.dev]
  resources: [ingresses]
  verbs: [get, list, watch]
- apiGroups: [networking.internal.knative.dev]
  resources: [ingresses/status]
  verbs: [patch]
{{- end }}
- apiGroups: [getambassador.io]
  resources:
    {{- range $path, $_ := .Files.Glob "crds/*.yaml" }}
    - {{ base $path | splitList "." | first }}
    {{- end }}
  verbs: [get, list, watch]
- apiGroups: [getambassador.io]
  resources:
    {{- range $path, $content := .Files.Glob "crds/*.yaml" }}
    {{- if contains "subresources:" (toString $content) }}
    - {{ base $path | splitList "." | first }}/status
    {{- end }}
    {{- end }}
  verbs: [patch]
{{- if include "dragoman.acme" . }}
- apiGroups: [getambassador.io]
  resources: [hosts]
  verbs: [patch]
{{- end }}
- apiGroups: [""]
  resources: [events]
  verbs: [create, get, patch]
{{- end }}

{{/* Not empty where certificates are obtained. */}}
{{- define "dragoman.acme" -}}
{{- $off := toString (.Values.env | default dict).AES_ACME_LEADER_DISABLE -}}
{{- if and .Values.acme.enabled (not (regexMatch "^(?i:1|t|true|y|yes|on)$" $off)) }}true{{ end -}}
{{- end }}

{{/* Not empty where Knative's Ingresses are served. */}}
{{- define "dragoman.knative" -}}
{{- regexFind "^(?i:1|t|true|y|yes|on)$" (toString (.Values.env | default dict).AMBASSADOR_KNATIVE_SUPPORT) -}}
{{- end }}

{{- define "dragoman.secretRules" -}}
- apiGroups: [""]
  resources: [secrets]
  verbs: [{{ if include "dragoman.acme" . }}create, {{ end }}get, list, {{ if include "dragoman.acme" . }}update, {{ end }}watch]
{{- end }}

{{/* What belongs to no namespace. */}}
{{- define "dragoman.clusterRules" -}}
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get, list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingressclasses]
  verbs: [get, list, watch]
{{- end }}

{{/*
What is in the gateway's own namespace: who leads, what replicas tell each other, last good versions. Those of Secrets
are in Secrets of these names, so that no other one can be touched.
*/}}
{{- define "dragoman.ownRules" -}}
{{- if .Values.scope.singleNamespace }}
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [{{ include "dragoman.ownNamespace" . }}]
  verbs: [get]
{{- end }}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create, get, update]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create, delete, get, list, patch, update, watch]
- apiGroups: [""]
  resources: [secrets]
  resourceNames:
    {{- $id := (.Values.env | default dict).AMBASSADOR_ID | default "default" }}
    {{- range untilStep 0 8 1 }}
    - dragoman-last-good-{{ if ne $id "default" }}{{ $id }}-{{ end }}{{ . }}
    {{- end }}
  verbs: [create, delete, patch]
{{- end }}
