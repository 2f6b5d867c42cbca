import Diagnosis

/// All strategies there are.
public enum Strategies {
    /// Of those that treat a cause the first one whose preconditions hold is used.
    static let table: [any Strategy] = [
        LeaveAloneStrategy(), MakingRoomStrategy(), HealDependencyStrategy(), ScaleStrategy(),
        EvictLeftBehindStrategy(),
        RollbackStrategy(), MemoryStrategy(), ReplaceStrategy(), RepairServiceStrategy(), RecreateServiceStrategy(),
        WaitStrategy(), EscalateStrategy(),
    ]

    /// What there is to know of each, in the table's order.
    public static var cards: [StrategyCard] { table.map(\.card) }
}
