/// How far Cortex may go with a workload: the annotation `cortex.io/heal` on it, else on its namespace.
public enum HealMode: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    /// Heal it: reversible actions and changes of configuration.
    case auto
    /// Say what is wrong and what would be done, and wait for a person to do it.
    case approve
    /// Say what is wrong and what would be done.
    case observe
    /// Leave it alone.
    case off

    public static let annotation = "cortex.io/heal"

    /// What the annotation says; a word that is none of these is read as `observe`. Nil without the annotation.
    public init?(annotations: [String: String]?) {
        guard let word = annotations?[Self.annotation] else { return nil }
        self = HealMode(rawValue: word.lowercased()) ?? .observe
    }

    /// The workload's own word wins over its namespace's, and that over what the configuration says: `auto` in the
    /// namespaces that are healed, `observe` elsewhere.
    public static func effective(
        workload: HealMode?, namespace: HealMode?, isHealed: Bool
    ) -> HealMode {
        workload ?? namespace ?? (isHealed ? .auto : .observe)
    }

    /// The stricter one is the greater.
    public static func < (left: HealMode, right: HealMode) -> Bool { left.strictness < right.strictness }

    private var strictness: Int {
        switch self {
        case .auto: 0
        case .approve: 1
        case .observe: 2
        case .off: 3
        }
    }
}
