/// What a person typed after a subcommand, checked against its specification.
public struct ParsedArguments: Hashable, Sendable {
    /// Values by option name; a switch has an empty value. The last one given counts.
    public var options: [String: String] = [:]
    public var positional: [String] = []
    /// Whether `--help` or `-h` stood among them: then nothing else was checked.
    public var wantsHelp = false

    public func has(_ option: String) -> Bool { options[option] != nil }

    /// - Throws: `UsageError` for an unknown option, a missing or needless value, and a wrong number of arguments.
    public init(_ words: [String], for command: CommandSpec) throws(UsageError) {
        if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            wantsHelp = true
            return
        }
        var rest = words[...]
        var onlyPositional = false
        while let word = rest.popFirst() {
            if !onlyPositional, word == "--" {
                onlyPositional = true
            } else if !onlyPositional, word.hasPrefix("-"), word.count > 1 {
                try parse(option: word, rest: &rest, command)
            } else {
                positional.append(word)
            }
        }
        if positional.count > command.arguments.count {
            throw UsageError("unexpected argument “\(positional[command.arguments.count])”", command.usage)
        }
        if let missing = command.arguments.dropFirst(positional.count).first(where: \.isRequired) {
            throw UsageError("\(missing.name) is missing: \(missing.help)", command.usage)
        }
    }

    private mutating func parse(
        option word: String, rest: inout ArraySlice<String>, _ command: CommandSpec
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = command.options.first(where: { $0.name == parts[0] || $0.short == parts[0] }) else {
            let near = Nearest.to(parts[0], among: command.options.map(\.name))
            throw UsageError("unknown option \(parts[0])" + (near.map { "; did you mean \($0)?" } ?? ""), command.usage)
        }
        guard let value = option.value else {
            guard parts.count == 1 else { throw UsageError("\(option.name) takes no value", command.usage) }
            options[option.name] = ""
            return
        }
        guard let given = parts.count == 2 ? parts[1] : rest.popFirst() else {
            throw UsageError("\(option.name) needs a value: \(option.name) \(value)", command.usage)
        }
        options[option.name] = given
    }
}

/// A mistake in what a person typed: a sentence, and the usage line of the command it was typed for.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var usage: String

    public init(_ message: String, _ usage: String) {
        self.message = message
        self.usage = usage
    }

    public var description: String { "\(message)\n\(usage)" }
}
