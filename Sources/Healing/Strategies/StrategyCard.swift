public import Diagnosis

/// What there is to know of one strategy before it is used: `cortex strategies` prints these.
public struct StrategyCard: Hashable, Sendable {
    /// How far a strategy goes.
    public enum Reach: String, Hashable, Sendable, CaseIterable {
        /// It changes nothing.
        case observe
        /// What it changes can be taken back at once, and nothing is lost.
        case reversible
        /// It changes what people declare: a template, a limit, a Service.
        case config
        /// Something that runs is ended.
        case destructive
    }

    /// One word, unlike any other strategy's.
    public var name: String
    /// The action's name in the fault catalogue.
    public var action: Action
    public var reach: Reach
    public var summary: String
    public var causes: [CauseID]
    public var preconditions: [String]
    public var steps: [String]
    /// How it is known to have helped.
    public var verification: String
    public var undo: String

    public init(
        _ name: String, _ action: Action, _ reach: Reach, _ summary: String, causes: [CauseID],
        preconditions: [String], steps: [String], verification: String, undo: String
    ) {
        self.name = name
        self.action = action
        self.reach = reach
        self.summary = summary
        self.causes = causes
        self.preconditions = preconditions
        self.steps = steps
        self.verification = verification
        self.undo = undo
    }

    /// The rights it needs beyond looking, as `patch apps/deployments`.
    public var rights: [String] {
        guard reach != .observe else { return [] }
        return AccessRule.table.filter { rule in
            if case .repairing(let actions) = rule.purpose { actions.contains(action) } else { false }
        }.flatMap { rule in
            rule.verbs.map { "\($0) \(rule.group.isEmpty ? "" : rule.group + "/")\(rule.resource)" }
        }
    }
}
