import JSON
import Kubernetes

extension Admission {
    /// A webhook whose Service has nobody behind it refuses everything when its policy is `Fail`.
    /// Source: k8s.io/apiserver/pkg/admission/plugin/webhook.
    static func callWebhooks(
        _ type: ResourceType, _ object: JSONValue, _ operation: String, _ world: World
    ) throws(APIStatus) {
        guard type.resource.group != "admissionregistration.k8s.io" else { return }
        for plural in ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"] {
            guard let kind = ResourceType.of(group: "admissionregistration.k8s.io", plural: plural) else { continue }
            for configuration in world.all(kind.resource, in: nil) {
                for webhook in configuration["webhooks"]?.arrayValue ?? [] where webhook["failurePolicy"] != "Ignore" {
                    guard matches(webhook, type, object, operation, world) else { continue }
                    if let why = failure(of: webhook, world) {
                        throw Refusals.internalError(
                            "failed calling webhook \"\(webhook["name"]?.stringValue ?? "")\": \(why)")
                    }
                }
            }
        }
    }

    private static func matches(
        _ webhook: JSONValue, _ type: ResourceType, _ object: JSONValue, _ operation: String, _ world: World
    ) -> Bool {
        let labels = world.find(.namespaces, nil, object.namespace ?? "")?.labels ?? [:]
        guard selects(webhook["namespaceSelector"], labels), selects(webhook["objectSelector"], object.labels) else {
            return false
        }
        return (webhook["rules"]?.arrayValue ?? []).contains { rule in
            func has(_ field: String, _ value: String) -> Bool {
                (rule[field]?.arrayValue ?? []).contains { $0 == "*" || $0.stringValue == value || $0 == "*/*" }
            }
            return has("operations", operation) && has("apiGroups", type.resource.group)
                && has("resources", type.resource.plural)
        }
    }

    private static func selects(_ selector: JSONValue?, _ labels: [String: String]) -> Bool {
        guard let selector else { return true }
        return Selectors.of(selector).matches(labels)
    }

    private static func failure(of webhook: JSONValue, _ world: World) -> String? {
        let path = webhook.at("clientConfig", "service", "path")?.stringValue ?? "/"
        guard let name = webhook.at("clientConfig", "service", "name")?.stringValue else {
            let url = webhook.at("clientConfig", "url")?.stringValue ?? ""
            return "Post \"\(url)?timeout=10s\": dial tcp: connect: connection refused"
        }
        let namespace = webhook.at("clientConfig", "service", "namespace")?.stringValue ?? "default"
        let seconds = webhook["timeoutSeconds"]?.intValue ?? 10
        let port = webhook.at("clientConfig", "service", "port")?.intValue ?? 443
        let url = "https://\(name).\(namespace).svc:\(port)\(path)?timeout=\(seconds)s"
        guard world.find(.services, namespace, name) != nil else {
            return "Post \"\(url)\": service \"\(name)\" not found"
        }
        let subsets = world.find(.endpoints, namespace, name)?["subsets"]?.arrayValue ?? []
        guard subsets.contains(where: { $0["addresses"]?.arrayValue?.isEmpty == false }) else {
            return "Post \"\(url)\": no endpoints available for service \"\(name)\""
        }
        return nil
    }
}
