import Diagnosis

/// One way to treat causes. A file of its own, a row in `Strategies.table`, and a test.
protocol Strategy: Sendable {
    var card: StrategyCard { get }

    /// - Returns: nil where a precondition does not hold; the next strategy for the cause is asked then.
    func plan(_ cause: Cause, _ context: PlanContext) -> Plan?
}
