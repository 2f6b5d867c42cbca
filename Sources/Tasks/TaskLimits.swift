/// The bounds of tasks: how many, how long, how large.
public struct TaskLimits: Hashable, Sendable {
    /// Tasks running at one time; one more is refused.
    public var maximumRunning = 2_000
    /// How long a finished task can still be asked for.
    public var keepFinished: Duration = .seconds(600)
    /// Finished tasks kept; beyond it the oldest goes first.
    public var maximumFinished = 1_000
    /// What the events and results of all finished tasks may take together; beyond it the oldest goes first.
    public var maximumFinishedBytes = 32 << 20
    /// In UTF-8.
    public var maximumQueryBytes = 16 << 10
    /// Events kept of one task; beyond it the oldest goes first and late watchers are told how many they missed.
    public var maximumEvents = 1_000
    /// An answer as JSON: its text, which is cut, then what else it holds, which is left out. Marked `truncated`.
    public var maximumAnswerBytes = 512 << 10
    /// A call or a list that takes longer is reported as a delay, and again at two and three times as long, and so on.
    public var delayNotice: Duration = .seconds(10)
    /// How long the servers that the query does not name are waited for when their tools are listed.
    public var listing: Duration = .seconds(5)
    /// Healings within one task.
    public var maximumHealings = 2
    /// Tools named in the answer when none fits.
    public var maximumSuggestions = 20

    public init() {}
}
