{{- define "tintype.labels" -}}
app.kubernetes.io/name: tintype
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "tintype.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "tintype.address" -}}
{{ .Release.Name }}-{{ .service }}
{{- end }}

{{/* Where each service is, as TINTYPE_SERVICES reads it. */}}
{{- define "tintype.services" -}}
{{- $pairs := list -}}
{{- range $name, $_ := .Values.services -}}
{{- $pairs = append $pairs (printf "%s=%s-%s:7460" $name $.Release.Name $name) -}}
{{- end -}}
{{- join "," $pairs -}}
{{- end }}

{{- define "tintype.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "tintype.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "tintype.environment" -}}
- {name: TINTYPE_PRODUCTION, value: "true"}
- {name: TINTYPE_HOST, value: "0.0.0.0"}
- {name: TINTYPE_HTTP_HOST, value: "0.0.0.0"}
- {name: TINTYPE_PUBLIC_URL, value: {{ .Values.publicUrl | quote }}}
- {name: TINTYPE_TRUSTED_PROXIES, value: {{ .Values.trustedProxies | quote }}}
- {name: TINTYPE_SERVICES, value: {{ include "tintype.services" . | quote }}}
- {name: TINTYPE_SERVICE_SECRET_FILE, value: /etc/tintype/service/service-secret}
- {name: TINTYPE_DATABASE_URL_FILE, value: /etc/tintype/servers/database-url}
- {name: TINTYPE_EVENTS_URL_FILE, value: /etc/tintype/servers/events-url}
- {name: TINTYPE_BLOBS_URL_FILE, value: /etc/tintype/servers/blobs-url}
- {name: TINTYPE_INDEX_URL_FILE, value: /etc/tintype/servers/index-url}
- {name: TINTYPE_INFERENCE_URL_FILE, value: /etc/tintype/servers/inference-url}
- {name: TINTYPE_MODEL_PACK, value: {{ .Values.modelPack | quote }}}
- {name: TINTYPE_MODELS_HOME, value: /var/lib/models}
- {name: TINTYPE_ACCOUNTS_SIGN_UP, value: {{ .Values.signUp | quote }}}
- {name: TINTYPE_LOG_LEVEL, value: {{ .Values.logLevel | quote }}}
{{- if .Values.internalTls.secret }}
- {name: TINTYPE_TLS_CERT_FILE, value: /etc/tintype/internal/tls.crt}
- {name: TINTYPE_TLS_KEY_FILE, value: /etc/tintype/internal/tls.key}
- {name: TINTYPE_TLS_CA_FILE, value: /etc/tintype/internal/ca.crt}
{{- else }}
- {name: TINTYPE_PLAIN_TEXT, value: "true"}
{{- end }}
{{- end }}

{{- define "tintype.mounts" -}}
- {name: home, mountPath: /var/lib/tintype}
- {name: temporary, mountPath: /tmp}
- {name: shared-memory, mountPath: /dev/shm}
- {name: models, mountPath: /var/lib/models}
- {name: servers, mountPath: /etc/tintype/servers, readOnly: true}
- {name: service, mountPath: /etc/tintype/service, readOnly: true}
{{- if .Values.secrets.tls }}
- {name: tls, mountPath: /etc/tintype/tls, readOnly: true}
{{- end }}
{{- if .Values.internalTls.secret }}
- {name: internal, mountPath: /etc/tintype/internal, readOnly: true}
{{- end }}
{{- end }}

{{- define "tintype.volumes" -}}
- {name: home, emptyDir: {sizeLimit: 64Mi}}
- {name: temporary, emptyDir: {sizeLimit: 512Mi}}
- {name: shared-memory, emptyDir: {medium: Memory, sizeLimit: 512Mi}}
{{- if .Values.models.claim }}
- {name: models, persistentVolumeClaim: {claimName: {{ .Values.models.claim }}}}
{{- else }}
- {name: models, emptyDir: {}}
{{- end }}
- {name: servers, secret: {secretName: {{ .Values.secrets.servers }}}}
- {name: service, secret: {secretName: {{ .Values.secrets.service }}}}
{{- if .Values.secrets.tls }}
- {name: tls, secret: {secretName: {{ .Values.secrets.tls }}}}
{{- end }}
{{- if .Values.internalTls.secret }}
- {name: internal, secret: {secretName: {{ .Values.internalTls.secret }}}}
{{- end }}
{{- end }}

{{- define "tintype.placement" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
