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

{{- /* Something where `config` has this setting: (list $ "section.key") */ -}}
{{- define "cortex.configured" -}}
{{- $config := (index . 0).Values.config | default dict -}}
{{- $path := splitList "." (index . 1) -}}
{{- $section := $config -}}
{{- if gt (len $path) 1 -}}{{- $section = get $config (first $path) -}}{{- end -}}
{{- if kindIs "map" $section -}}{{- if hasKey $section (last $path) -}}true{{- end -}}{{- end -}}
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
{{- $keys := dict "namespaces" "healing.namespaces" "healing.enabled" "healing.enabled"
    "watch.namespaces" "watch.namespaces" "data.directory" "persistence.enabled" -}}
{{- range $key, $value := $keys -}}
{{- if include "cortex.configured" (list $ $key) -}}
{{- fail (printf "config.%s: set %s instead, which more of the chart follows" $key $value) -}}
{{- end -}}
{{- end -}}
{{- if or (hasKey $.Values.env "CORTEX_LEASE_NAMESPACE") (include "cortex.configured" (list $ "healing.leaseNamespace")) -}}
{{- fail "CORTEX_LEASE_NAMESPACE: leases are held in the release's own namespace, where the rights to them are" -}}
{{- end -}}
{{- end }}
