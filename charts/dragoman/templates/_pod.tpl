{{/* The pod's specification. */}}
{{- define "dragoman.pod" -}}
serviceAccountName: {{ include "dragoman.serviceAccount" . }}
{{- with .Values.terminationGracePeriodSeconds }}
terminationGracePeriodSeconds: {{ . }}
{{- end }}
{{- with .Values.restartPolicy }}
restartPolicy: {{ . }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
dnsPolicy: {{ .Values.dnsPolicy }}
{{- if .Values.hostNetwork }}
hostNetwork: true
{{- end }}
securityContext:
  {{- include "dragoman.podSecurity" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - {{ include "dragoman.container" . | nindent 4 | trim }}
  {{- with .Values.sidecarContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  - name: tmp
    emptyDir: {}
  {{- if .Values.ambassadorConfig }}
  - name: ambassador-config
    configMap:
      name: {{ include "dragoman.fullname" . }}-file-config
  {{- end }}
  {{- with .Values.volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Ports below 1024 need no capability where the pod's own network says so; the node's network cannot be told. */}}
{{- define "dragoman.podSecurity" -}}
{{- $given := .Values.securityContext | default dict -}}
{{- $context := mergeOverwrite (deepCopy .Values.security.podSecurityContext) (deepCopy $given) -}}
{{- $start := .Values.security.unprivilegedPortStart -}}
{{- if kindIs "invalid" $start -}}
{{- range .Values.service.ports -}}
{{- $port := int (.targetPort | default .port) -}}
{{- if lt $port (int ($start | default 1024)) }}{{ $start = $port }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and (not (kindIs "invalid" $start)) (not .Values.hostNetwork) -}}
{{- $sysctl := dict "name" "net.ipv4.ip_unprivileged_port_start" "value" (toString $start) -}}
{{- $_ := set $context "sysctls" (append ($context.sysctls | default list) $sysctl) -}}
{{- end -}}
{{- toYaml $context -}}
{{- end }}
