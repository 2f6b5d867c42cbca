/// What the process of a container does, as a small script. Times are seconds from its start.
public struct Program: Hashable, Sendable {
    /// How it ends.
    public struct Ending: Hashable, Sendable {
        public var after: Double
        public var code: Int
        /// What it writes before it ends.
        public var log: [String]
        /// Only its first so many starts end this way; nil for every one.
        public var starts: Int?

        public init(after: Double, code: Int, log: [String] = [], starts: Int? = nil) {
            self.after = after
            self.code = code
            self.log = log
            self.starts = starts
        }
    }
    /// Memory over time: a base, and from `leaksAt` on so many bytes a second more.
    public struct MemoryCurve: Hashable, Sendable {
        public var base: Double
        public var leaksAt: Double
        public var bytesPerSecond: Double

        public init(base: Double, leaksAt: Double = 0, bytesPerSecond: Double = 0) {
            self.base = base
            self.leaksAt = leaksAt
            self.bytesPerSecond = bytesPerSecond
        }

        public func bytes(at age: Double) -> Double { base + max(0, age - leaksAt) * bytesPerSecond }

        /// The age at which it needs more than `limit` bytes; nil for never.
        public func age(exceeding limit: Double) -> Double? {
            if base > limit { return 0 }
            guard bytesPerSecond > 0 else { return nil }
            return leaksAt + (limit - base) / bytesPerSecond
        }
    }
    /// A kind that it lists in its namespace, as a service account.
    public struct Right: Hashable, Sendable {
        public var account: String
        public var resource: String

        public init(account: String, resource: String) {
            self.account = account
            self.resource = resource
        }
    }
    /// Another service that it calls.
    public struct Dependency: Hashable, Sendable {
        public enum Effect: String, Hashable, Sendable {
            /// It ends with code 1 when it cannot reach it at its start.
            case crash
            /// It answers its health path with 503 while it cannot reach it.
            case unready
            /// It waits for it at its start and does not go on.
            case wait
        }
        /// `name`, `name.namespace` or longer.
        public var host: String
        /// Nil for the first port of the Service; a name that is only looked up has none.
        public var port: Int?
        public var effect: Effect
        /// Only looked up in DNS, not called.
        public var isLookupOnly: Bool
        /// It is the API server, and this is what is asked of it; nil for any other service.
        public var right: Right?

        public init(
            host: String, port: Int? = nil, effect: Effect, isLookupOnly: Bool = false, right: Right? = nil
        ) {
            self.right = right
            self.host = host
            self.port = port
            self.effect = effect
            self.isLookupOnly = isLookupOnly
        }
    }
    /// What it no longer answers.
    public enum Silence: String, Hashable, Sendable {
        /// Requests for work; its health path still answers.
        case work
        case everything
    }

    /// Until it listens.
    public var readyAfter: Double
    public var ending: Ending?
    public var memory: MemoryCurve
    /// CPU in cores while it runs.
    public var cpu: Double
    public var hangsAt: Double?
    public var silence: Silence
    public var dependencies: [Dependency]
    /// Where it listens; nil for the ports that its container declares.
    public var ports: [Int]?
    /// The paths that it answers; nil for every path.
    public var paths: [String]?
    /// The tools or pages behind it, by the name of the catalogue that a server of requests knows.
    public var answers: String
    /// Whether it speaks the older MCP, in sessions that live in its process.
    public var keepsSessions = false
    /// What it writes when it starts.
    public var log: [String]
    /// From the stop signal to its end, seconds.
    public var stopsAfter: Double

    public init(
        readyAfter: Double = 1, ending: Ending? = nil, memory: MemoryCurve = MemoryCurve(base: 24 * 1_048_576),
        cpu: Double = 0.005, hangsAt: Double? = nil, silence: Silence = .work, dependencies: [Dependency] = [],
        ports: [Int]? = nil, paths: [String]? = nil, answers: String = "", log: [String] = [],
        stopsAfter: Double = 0.3
    ) {
        self.readyAfter = readyAfter
        self.ending = ending
        self.memory = memory
        self.cpu = cpu
        self.hangsAt = hangsAt
        self.silence = silence
        self.dependencies = dependencies
        self.ports = ports
        self.paths = paths
        self.answers = answers
        self.log = log
        self.stopsAfter = stopsAfter
    }

    /// Whether it still listens on nothing: a job, a script.
    public var isServer: Bool { ports?.isEmpty != true }
}
