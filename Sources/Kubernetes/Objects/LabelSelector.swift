/// A label selector as in a workload's spec (`matchLabels` and `matchExpressions`, all of which must hold).
public struct LabelSelector: Codable, Hashable, Sendable {
    public struct Requirement: Codable, Hashable, Sendable {
        public var key: String
        public var `operator`: String
        public var values: [String]?

        public init(key: String, operator: String, values: [String]? = nil) {
            self.key = key
            self.operator = `operator`
            self.values = values
        }
    }
    public var matchLabels: [String: String]?
    public var matchExpressions: [Requirement]?

    public init(matchLabels: [String: String]? = nil, matchExpressions: [Requirement]? = nil) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    /// It says nothing of any label; what that selects is each kind's own affair.
    public var isEmpty: Bool { (matchLabels ?? [:]).isEmpty && (matchExpressions ?? []).isEmpty }

    /// An empty selector matches everything; an unknown operator matches nothing.
    /// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
    public func matches(_ labels: [String: String]) -> Bool {
        for (key, value) in matchLabels ?? [:] where labels[key] != value { return false }
        for requirement in matchExpressions ?? [] {
            let value = labels[requirement.key]
            let holds =
                switch requirement.operator {
                case "In": value.map { (requirement.values ?? []).contains($0) } ?? false
                case "NotIn": value.map { !(requirement.values ?? []).contains($0) } ?? true
                case "Exists": value != nil
                case "DoesNotExist": value == nil
                default: false
                }
            if !holds { return false }
        }
        return true
    }

    /// As the API's `labelSelector` query parameter takes it, keys sorted.
    public var queryValue: String {
        let equalities = (matchLabels ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let expressions = (matchExpressions ?? []).map { requirement in
            let values = "(" + (requirement.values ?? []).joined(separator: ",") + ")"
            return switch requirement.operator {
            case "In": "\(requirement.key) in \(values)"
            case "NotIn": "\(requirement.key) notin \(values)"
            case "DoesNotExist": "!\(requirement.key)"
            default: requirement.key
            }
        }
        return (equalities + expressions).joined(separator: ",")
    }
}
