/// A variable of the environment that looks like a setting's and is none.
///
/// It cannot be an error: Kubernetes puts variables of its own into every pod, named after the Services beside it.
/// Source: https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
public struct MisspeltVariable: Hashable, Sendable {
    public var name: String
    /// The nearest one that is a setting's.
    public var meant: String

    public init(name: String, meant: String) {
        self.name = name
        self.meant = meant
    }

    private static let beginnings = ["CORTEX_", "HEAL", "SELF_HEAL", "WATCH_"]
    /// In the variables that Kubernetes names after Services.
    private static let ofServices = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT_"]

    /// - Parameter others: known variables that are no settings.
    public static func all(in environment: some Sequence<String>, others: [String]) -> [MisspeltVariable] {
        let known = Setting.all.map(\.variable) + others
        return environment.sorted().compactMap { name in
            guard beginnings.contains(where: { name.hasPrefix($0) }), !known.contains(name),
                !ofServices.contains(where: { (name + "_").contains($0) }), let near = Nearest.to(name, among: known)
            else { return nil }
            return MisspeltVariable(name: name, meant: near)
        }
    }
}
