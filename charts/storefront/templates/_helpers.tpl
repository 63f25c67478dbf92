{{/* What never changes over the life of a release: selectors are immutable. */}}
{{- define "storefront.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "storefront.labels" -}}
{{ include "storefront.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* A digest says exactly what runs and wins over the tag. */}}
{{- define "storefront.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ required "image.tag or image.digest must be given" .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What Pod Security "restricted" asks of a Pod. The user is a number because the kubelet cannot tell whether a name is root. */}}
{{- define "storefront.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* What Pod Security "restricted" asks of a container, and a root file system that nobody can write to. */}}
{{- define "storefront.securityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}
