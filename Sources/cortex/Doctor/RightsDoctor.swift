import Configuration
import FoundationEssentials
import Healing
import JSON
import Kubernetes

/// Asks the API server what Cortex may do, strategy by strategy, with SelfSubjectAccessReviews, which everybody may
/// create and which change nothing.
/// Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
struct RightsDoctor: Sendable {
    let api: any ClusterAPI
    let namespaces: [String]
    /// Namespaces that are only looked at.
    var watched: [String] = []
    /// The namespace of Cortex's own pod; nil outside of a cluster.
    var ownNamespace: String?
    /// Where a workload under repair is leased; nil for nowhere.
    var leaseNamespace: String?
    /// Whose rights they are; nil where that is not known.
    var account: ServiceAccountName?
    let needs: AccessNeeds
    /// The proxy is one way among others: a missing right to it need not matter.
    let isProxyOptional: Bool

    /// One right, in one namespace or in the whole cluster.
    private struct Right: Hashable, Sendable {
        var verb: String
        var group: String
        var resource: String
        var namespace: String?

        var missing: MissingRule { MissingRule(verb: verb, resource: resource, group: group, namespace: namespace) }
    }

    private enum Answer: Sendable {
        case allowed, denied
        case unknown(String)
    }

    private static let reviews = Resource(
        group: "authorization.k8s.io", plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview",
        isNamespaced: false)

    func checks() async -> [DoctorCheck] {
        var wanted: [(name: String, isOptional: Bool, rights: [Right])] = []
        for namespace in namespaces + watched {
            let needs = watched.contains(namespace) ? needs.looking : needs
            for (purpose, rules) in purposes(of: needs, in: .healed) {
                let rights = rules.flatMap { rule in Self.rights(rule, in: namespace) }
                wanted.append(("\(purpose) in \(namespace)", purpose == "proxying" && isProxyOptional, rights))
            }
        }
        for (purpose, rules) in purposes(of: needs, in: .cluster) {
            wanted.append(("\(purpose) (nodes)", true, rules.flatMap { Self.rights($0, in: nil) }))
        }
        // Healing does without: the first are for a person's kubectl in Cortex's own pod.
        for (purpose, rules) in purposes(of: needs, in: .own) {
            let (name, place) =
                purpose == "looking" ? ("Cortex's own pod", ownNamespace) : (purpose, leaseNamespace)
            guard let place else { continue }
            wanted.append(("\(name) in \(place)", true, rules.flatMap { Self.rights($0, in: place) }))
        }
        let answers = await ask(Set(wanted.flatMap(\.rights)))
        return wanted.map { check($0.name, isOptional: $0.isOptional, $0.rights, answers) }
    }

    /// The rules by what they are for; a strategy stands by its own name.
    private func purposes(
        of needs: AccessNeeds, in scope: AccessRule.Scope
    ) -> [(name: String, rules: [AccessRule])] {
        var purposes: [(name: String, rules: [AccessRule])] = []
        for rule in needs.rules(in: scope) {
            for name in names(of: rule.purpose) {
                if let index = purposes.firstIndex(where: { $0.name == name }) {
                    purposes[index].rules.append(rule)
                } else {
                    purposes.append((name, [rule]))
                }
            }
        }
        return purposes
    }

    private func names(of purpose: AccessRule.Purpose) -> [String] {
        switch purpose {
        case .looking: ["looking"]
        case .recording: ["recording"]
        case .leasing: ["leases"]
        case .repairing(let actions): needs.strategies.intersection(actions).map(\.rawValue).sorted()
        case .proxying: ["proxying"]
        case .workerProgram: ["the worker program"]
        }
    }

    private static func rights(_ rule: AccessRule, in namespace: String?) -> [Right] {
        rule.verbs.map { Right(verb: $0, group: rule.group, resource: rule.resource, namespace: namespace) }
    }

    private func check(
        _ name: String, isOptional: Bool, _ rights: [Right], _ answers: [Right: Answer]
    ) -> DoctorCheck {
        var denied: [Right] = []
        for right in rights {
            switch answers[right] {
            case .allowed: continue
            case .denied: denied.append(right)
            case .unknown(let why): return DoctorCheck(.rights, name, .failed, "could not be asked: \(why)")
            case nil: return DoctorCheck(.rights, name, .failed, "was not asked")
            }
        }
        guard !denied.isEmpty else {
            return DoctorCheck(
                .rights, name, .ok, "granted (\(rights.count) \(rights.count == 1 ? "right" : "rights"))")
        }
        let missing = denied.map(\.missing.description).joined(separator: "; ")
        let several = denied.count > 1 ? " To grant them all: \(grant)" : ""
        return DoctorCheck(
            .rights, name, isOptional ? .warning : .failed, "missing: \(missing)",
            remedy: denied[0].missing.advice + several)
    }

    /// The command that grants everything to the one that asks, with what is not as `cortex rbac` takes it by default.
    private var grant: String {
        let account = account ?? .usual
        var words = ["cortex rbac"]
        // It is a setting, which has no flag there.
        if let leaseNamespace, leaseNamespace != account.namespace {
            words.insert("CORTEX_LEASE_NAMESPACE=\(leaseNamespace)", at: 0)
        }
        if needs.strategies.isEmpty { words.append("--strategies none") }
        words.append("--namespaces \(namespaces.joined(separator: ","))")
        if !watched.isEmpty { words.append("--watch-namespaces \(watched.joined(separator: ","))") }
        if account.namespace != ServiceAccountName.usual.namespace {
            words.append("--own-namespace \(account.namespace)")
        }
        if account.name != ServiceAccountName.usual.name { words.append("--service-account \(account.name)") }
        if needs.usesProxy { words.append("--outside") }
        if needs.usesWorkerProgram { words.append("--worker-program") }
        return "\(words.joined(separator: " ")) | kubectl apply -f -"
    }

    private func ask(_ rights: Set<Right>) async -> [Right: Answer] {
        await withTaskGroup(of: (Right, Answer).self) { group in
            for right in rights { group.addTask { (right, await ask(right)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func ask(_ right: Right) async -> Answer {
        let parts = right.resource.split(separator: "/", maxSplits: 1).map(String.init)
        var attributes: [String: JSONValue] = [
            "verb": .string(right.verb), "group": .string(right.group), "resource": .string(parts[0]),
        ]
        if parts.count > 1 { attributes["subresource"] = .string(parts[1]) }
        if let namespace = right.namespace { attributes["namespace"] = .string(namespace) }
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": ["resourceAttributes": .object(attributes)],
        ]
        do {
            let body = try JSONCoding.encode(review)
            // A review is a question: sent twice it is answered twice.
            let answer = try await api.send(APIRequest(.create, Self.reviews, body: body, hasPrecondition: true))
            let isAllowed = try JSONCoding.decode(JSONValue.self, from: answer)["status"]?["allowed"]?.boolValue
            return isAllowed == true ? .allowed : .denied
        } catch {
            return .unknown("\(error)")
        }
    }
}
