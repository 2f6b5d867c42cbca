public import Incidents
import JSON
public import ToolServers

/// The way of a task: query → server → tool → answer, with the healing in between.
///
/// A tool's own error is the user's answer: its `tool_execution` fails, the task ends as `failed` with the tool's text
/// as its result, and no `error` event is sent. Everything else that keeps Cortex from an answer is an `error` event
/// and then a `processing_complete` that says `failed`.
public struct TaskFlow: Sendable {
    public let limits: TaskLimits
    public let clock: TaskClock
    let tools: any ToolCalling
    let healing: any ServiceHealing
    private let healingSwitch: @Sendable () -> Bool
    /// Why the cluster cannot be looked at now; nil when it can.
    let clusterTrouble: @Sendable () -> String?
    let matcher = QueryMatcher()
    let reminders: Reminders
    let observer: any TaskObserving

    /// - Parameters:
    ///   - isHealingEnabled: asked at each outage, since it may be switched while Cortex runs. When false, the outage
    ///     is answered at once with what `healing` would have done, as a `healing_failed` event without a
    ///     `healing_start` before it.
    ///   - clusterTrouble: why the cluster cannot be looked at now, without a full stop; nil when it can. It is told
    ///     where it explains what a task waits for or misses.
    public init(
        tools: any ToolCalling, healing: any ServiceHealing,
        isHealingEnabled: @autoclosure @escaping @Sendable () -> Bool, observer: any TaskObserving,
        clusterTrouble: @escaping @Sendable () -> String? = { nil }, limits: TaskLimits = TaskLimits(),
        clock: TaskClock = .continuous()
    ) {
        self.tools = tools
        self.healing = healing
        healingSwitch = isHealingEnabled
        self.clusterTrouble = clusterTrouble
        self.observer = observer
        self.limits = limits
        self.clock = clock
        reminders = Reminders(every: limits.delayNotice, clock: clock)
    }

    var isHealingEnabled: Bool { healingSwitch() }

    /// Never throws: how a task failed is its outcome.
    func run(id: String, query: String, emit: @escaping @Sendable (TaskEvent) -> Void) async -> TaskOutcome {
        var run = TaskRun(flow: self, id: id, query: query, emit: emit)
        do {
            return try await run.answer()
        } catch {
            return run.outcome(of: error)
        }
    }
}
