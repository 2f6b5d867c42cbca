/// One subcommand of the program: what it takes and how its help reads.
///
/// The seam where swift-argument-parser comes in when packages resolve.
public struct CommandSpec: Sendable {
    /// An option, with a value (`--namespace NS`) or without (`--dry-run`).
    public struct Option: Sendable {
        /// `--namespace`.
        public var name: String
        /// `-n`.
        public var short: String?
        /// What stands for the value in the help; nil for a switch.
        public var value: String?
        public var help: String
        /// The configuration key it sets, when it sets one.
        public var key: String?
        /// The values it takes, where these are few and it sets no configuration key that knows them.
        public var choices: [String]

        public init(
            _ name: String, short: String? = nil, value: String? = nil, key: String? = nil, choices: [String] = [],
            help: String
        ) {
            self.choices = choices
            self.name = name
            self.short = short
            self.value = value
            self.key = key
            self.help = help
        }
    }

    /// A positional argument.
    public struct Argument: Sendable {
        public var name: String
        public var isRequired: Bool
        public var help: String
        /// The words it takes, where these are known.
        public var choices: [String]

        public init(_ name: String, isRequired: Bool = true, choices: [String] = [], help: String) {
            self.choices = choices
            self.name = name
            self.isRequired = isRequired
            self.help = help
        }
    }

    public var name: String
    public var summary: String
    /// What follows the options in the help: examples, exit codes.
    public var discussion: String
    public var arguments: [Argument]
    public var options: [Option]

    public init(
        _ name: String, summary: String, discussion: String = "", arguments: [Argument] = [], options: [Option] = []
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
    }
}
