{{/* The container: the keeper, which starts Envoy and the control process side by side. */}}
{{- define "dragoman.container" -}}
name: {{ .Values.containerNameOverride }}
image: {{ include "dragoman.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args:
  - run
  - --kubernetes
  {{- with .Values.adminService.snapshotPort }}
  - --snapshot-port={{ . }}
  {{- end }}
  {{- /* Load balancers learn of a pod's end while it ends. */}}
  - --linger-time=5
  {{- /* Of the time that Kubernetes gives, a hook before the end and the end of processes need some. */}}
  {{- with .Values.terminationGracePeriodSeconds }}
  - --shutdown-time={{ max 1 (sub (int .) 15) }}
  {{- end }}
  - --log-level={{ .Values.log.level }}
  - --log-format={{ .Values.log.format }}
  {{- with .Values.extraArgs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- if .Values.ambassadorConfig }}
  - /ambassador/ambassador-config
  {{- end }}
env:
  {{- include "dragoman.env" . | trim | nindent 2 }}
ports:
  {{- range .Values.service.ports }}
  - name: {{ .name }}
    containerPort: {{ int (.targetPort | default .port) }}
    {{- with .hostPort }}
    hostPort: {{ int . }}
    {{- end }}
    {{- with .protocol }}
    protocol: {{ . }}
    {{- end }}
  {{- end }}
  - name: admin
    containerPort: {{ include "dragoman.adminPort" . }}
  {{- with .Values.adminService.snapshotPort }}
  - name: snapshot
    containerPort: {{ . }}
  {{- end }}
{{- with .Values.startupProbe }}
startupProbe:
  httpGet:
    path: /ambassador/v0/check_ready
    port: admin
  {{- toYaml . | nindent 2 }}
{{- end }}
livenessProbe:
  httpGet:
    path: /ambassador/v0/check_alive
    port: admin
  {{- toYaml .Values.livenessProbe | nindent 2 }}
readinessProbe:
  httpGet:
    path: /ambassador/v0/check_ready
    port: admin
  {{- toYaml .Values.readinessProbe | nindent 2 }}
{{- with .Values.lifecycle }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.security.containerSecurityContext | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if .Values.ambassadorConfig }}
  - name: ambassador-config
    mountPath: /ambassador/ambassador-config
    readOnly: true
  {{- end }}
  {{- with .Values.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- end }}

{{/* The port of the admin interface: the environment may say another one than the Service's. */}}
{{- define "dragoman.adminPort" -}}
{{- $port := .Values.adminService.port -}}
{{- range $name, $value := .Values.env -}}
{{- if eq (upper $name) "AMBASSADOR_HEALTHCHECK_BIND_PORT" }}{{ $port = $value }}{{ end -}}
{{- end -}}
{{- range .Values.envRaw -}}
{{- if eq .name "AMBASSADOR_HEALTHCHECK_BIND_PORT" }}{{ $port = .value | default $port }}{{ end -}}
{{- end -}}
{{- int $port -}}
{{- end }}

{{/* Variables of the user come instead of the chart's: names that are there twice are refused by newer API servers. */}}
{{- define "dragoman.env" -}}
{{- $fields := dict "HOST_IP" "status.hostIP" "POD_IP" "status.podIP" "POD_NAME" "metadata.name" -}}
{{- $_ := set $fields "POD_NAMESPACE" "metadata.namespace" -}}
{{- $_ := set $fields "POD_UID" "metadata.uid" -}}
{{- $given := dict "AMBASSADOR_HEALTHCHECK_BIND_PORT" .Values.adminService.port -}}
{{- $_ := set $given "DRAGOMAN_SERVICE" (include "dragoman.service" .) -}}
{{- range $name, $value := .Values.env -}}
{{- $_ := set $given (upper $name) $value -}}
{{- end -}}
{{- $raw := list -}}
{{- range .Values.envRaw }}{{ $raw = append $raw .name }}{{ end -}}
{{- if not .Values.acme.enabled }}{{ $_ := set $given "AES_ACME_LEADER_DISABLE" "true" }}{{ end -}}
{{- if .Values.scope.singleNamespace }}{{ $_ := set $given "AMBASSADOR_SINGLE_NAMESPACE" "true" }}{{ end -}}
{{- with include "dragoman.givenNamespace" . }}{{ $_ := set $given "AMBASSADOR_NAMESPACE" . }}{{ end -}}
{{- if not (hasKey $given "AMBASSADOR_NAMESPACE") }}{{ $_ := set $fields "AMBASSADOR_NAMESPACE" "metadata.namespace" }}{{ end -}}
{{- range $name, $path := $fields }}
{{- if not (or (hasKey $given $name) (has $name $raw)) }}
- name: {{ $name }}
  valueFrom:
    fieldRef:
      fieldPath: {{ $path }}
{{- end }}
{{- end }}
{{- range $name, $value := $given }}
{{- if not (has $name $raw) }}
- name: {{ $name }}
  value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}
{{- with .Values.envRaw }}
{{ toYaml . }}
{{- end }}
{{- end }}
