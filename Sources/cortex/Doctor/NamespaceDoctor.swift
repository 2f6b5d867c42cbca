import Healing
import Kubernetes

/// Whether there is something to heal in a namespace. The API takes any name: one that is wrong is empty, or forbidden.
struct NamespaceDoctor: Sendable {
    let api: any ClusterAPI
    let namespace: String
    /// The variable that names it.
    let variable: String
    private var name: String { "namespace \(namespace)" }
    private var otherName: String { "kubectl create namespace \(namespace), or correct \(variable)." }

    func check() async -> DoctorCheck {
        do throws(APIError) {
            let count = try await api.list(Service.self, namespace: namespace).items.count
            if count > 0 {
                return DoctorCheck(.cluster, name, .ok, "\(count) Service\(count == 1 ? "" : "s")")
            }
            return await isMissing()
                ? DoctorCheck(.cluster, name, .failed, "there is no such namespace", remedy: "Create it: \(otherName)")
                : DoctorCheck(
                    .cluster, name, .warning, "it holds no Service",
                    remedy: "Check its name: kubectl get namespaces; it is set by \(variable).")
        } catch {
            let rule = MissingRule(verb: "list", resource: "services", group: "", namespace: namespace)
            return DoctorCheck(
                .cluster, name, .failed, "its Services cannot be listed: \(error)",
                remedy: error.isForbidden
                    ? "\(rule.advice) If there is no such namespace: \(otherName)"
                    : "Ask the same with kubectl get services -n \(namespace), and read the API server's log.")
        }
    }

    private func isMissing() async -> Bool {
        do throws(APIError) {
            _ = try await api.get(Namespace.self, name: namespace)
            return false
        } catch {
            return error.isNotFound
        }
    }
}
