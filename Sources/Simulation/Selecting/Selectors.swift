import JSON
import Kubernetes

/// Selectors as objects carry them.
enum Selectors {
    static func of(_ value: JSONValue) -> LabelSelector {
        LabelSelector(
            matchLabels: value["matchLabels"]?.objectValue?.compactMapValues(\.stringValue),
            matchExpressions: value["matchExpressions"]?.arrayValue?.map { expression in
                LabelSelector.Requirement(
                    key: expression["key"]?.stringValue ?? "", operator: expression["operator"]?.stringValue ?? "",
                    values: expression["values"]?.arrayValue?.compactMap(\.stringValue))
            })
    }
}
