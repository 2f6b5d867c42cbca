{{- define "cortex.labels" -}}
app: cortex-orchestrator
app.kubernetes.io/name: cortex
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "cortex.subjects" -}}
subjects:
- kind: ServiceAccount
  name: {{ .Values.serviceAccount.name }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{- define "cortex.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}
{{- end }}
{{- end }}

{{- /* Variables that have a value of their own: rights, labels or a volume would not follow them. */ -}}
{{- define "cortex.refuse" -}}
{{- $own := dict "HEALING_ENABLED" "healing.enabled" "HEAL_NAMESPACES" "healing.namespaces"
    "WATCH_NAMESPACES" "watch.namespaces" "CORTEX_DATA_DIR" "persistence.enabled" -}}
{{- range $name, $value := $own -}}
{{- if hasKey $.Values.env $name -}}
{{- fail (printf "env.%s: set %s instead, which more of the chart follows" $name $value) -}}
{{- end -}}
{{- end -}}
{{- if hasKey $.Values.env "CORTEX_LEASE_NAMESPACE" -}}
{{- fail "env.CORTEX_LEASE_NAMESPACE: leases are held in the release's own namespace, where the rights to them are" -}}
{{- end -}}
{{- end }}
