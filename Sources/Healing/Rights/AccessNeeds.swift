/// What a configuration makes Cortex ask for.
public struct AccessNeeds: Sendable {
    /// The actions that write to the cluster: each needs rights of its own.
    public static let strategies: [Action] = [.scale, .rollback, .restart, .replace, .memory, .repair]

    /// Those Cortex may use; empty for a Cortex that only looks and advises.
    public var strategies: Set<Action>
    /// Whether tool servers are reached through the API server.
    public var usesProxy: Bool
    /// Whether a program of the user's own heals, with `kubectl`.
    public var usesWorkerProgram: Bool
    /// Whether a workload under repair is leased, so that no other Cortex is at it.
    public var usesLeases: Bool

    public init(
        strategies: Set<Action> = Set(Self.strategies), usesProxy: Bool = false, usesWorkerProgram: Bool = false,
        usesLeases: Bool = true
    ) {
        self.strategies = strategies
        self.usesProxy = usesProxy
        self.usesWorkerProgram = usesWorkerProgram
        self.usesLeases = usesLeases
    }

    /// What of them is needed where nothing is healed.
    public var looking: AccessNeeds { AccessNeeds(strategies: [], usesProxy: usesProxy) }

    /// The least that serves them, in the table's order; no right stands in two rules.
    public func rules(in scope: AccessRule.Scope) -> [AccessRule] {
        var granted: Set<[String]> = []
        return AccessRule.table.filter { $0.scope == scope && needs($0.purpose) }.compactMap { rule in
            var rule = rule
            rule.verbs = rule.verbs.filter { granted.insert([rule.group, rule.resource, $0]).inserted }
            return rule.verbs.isEmpty ? nil : rule
        }
    }

    private func needs(_ purpose: AccessRule.Purpose) -> Bool {
        switch purpose {
        case .looking: true
        case .recording: !strategies.isEmpty
        case .leasing: usesLeases && !strategies.isEmpty
        case .repairing(let actions): !strategies.isDisjoint(with: actions)
        case .proxying: usesProxy
        case .workerProgram: usesWorkerProgram
        }
    }
}
