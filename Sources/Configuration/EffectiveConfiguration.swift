public import JSON

/// The effective configuration as `cortex config` prints it: every setting, its value, and where that comes from.
public struct EffectiveConfiguration: Sendable {
    private let configuration: Configuration
    private let file: String?

    /// - Parameter file: the configuration file's path, to be named where a value comes from it.
    public init(_ configuration: Configuration, file: String?) {
        self.configuration = configuration
        self.file = file
    }

    /// Where a value comes from: `default`, `file PATH`, `environment NAME`, `flag NAME`.
    public func origin(_ key: String) -> String {
        switch configuration.value(key).source {
        case .fallback: "default"
        case .file: "file \(file ?? "")"
        case .environment(let name): "environment \(name)"
        case .flag(let name): "flag \(name)"
        }
    }

    /// The value of a setting as it would stand in the environment.
    public func text(_ key: String) -> String { configuration.value(key).text }

    /// A configuration file that gives this configuration, with a comment beside each value.
    public var yaml: String {
        var lines = ["# A flag overrides the environment, which overrides the file, which overrides the default."]
        var section: Substring?
        for setting in Setting.all.sorted(by: Self.isBefore) {
            let path = setting.key.split(separator: ".", maxSplits: 1)
            if path.count > 1, path[0] != section {
                section = path[0]
                lines.append("\(path[0]):")
                if path[0] == "toolServers" { lines += servers }
            }
            let line = (path.count > 1 ? "  " : "") + "\(path[path.count - 1]): \(scalar(setting))"
            lines.append(line.padded(to: 48) + "  # \(origin(setting.key))")
        }
        return lines.joined(separator: "\n")
    }

    /// Shape: `{"settings": {KEY: {"value", "source": "default"|"file"|"environment"|"flag", "from": NAME or PATH,
    /// "live"}}, "toolServers": [{"name", "url"}]}`; a value is a truth value, a number, a list or a text.
    public var json: JSONValue {
        var settings: [String: JSONValue] = [:]
        for setting in Setting.all {
            let words = origin(setting.key).split(separator: " ", maxSplits: 1).map(String.init)
            var entry: [String: JSONValue] = [
                "value": value(setting), "source": .string(words[0]), "live": .bool(setting.isLive),
            ]
            if words.count > 1 { entry["from"] = .string(words[1]) }
            settings[setting.key] = .object(entry)
        }
        let servers = configuration.toolServers.map { server -> JSONValue in
            var entry: [String: JSONValue] = ["url": .string(Self.withoutUser(server.url))]
            if let name = server.name { entry["name"] = .string(name) }
            return .object(entry)
        }
        return ["settings": .object(settings), "toolServers": .array(servers)]
    }

    private var servers: [String] {
        guard !configuration.toolServers.isEmpty else { return [] }
        return ["  servers:"]
            + configuration.toolServers.map { server in
                let name = server.name.map { "name: \(Self.quoted($0)), " } ?? ""
                return "    - {\(name)url: \(Self.quoted(Self.withoutUser(server.url)))}"
            }
    }

    private func value(_ setting: Setting) -> JSONValue {
        let text = configuration.value(setting.key).text
        switch setting.kind {
        case .truth: return .bool(Setting.Kind.truth(text) ?? false)
        case .count: return .integer(Int64(text) ?? 0)
        case .names, .words: return .array(Self.names(text).map { .string($0) })
        case .text, .name, .duration, .choice, .endpoint: return .string(text)
        }
    }

    private func scalar(_ setting: Setting) -> String {
        let text = configuration.value(setting.key).text
        return switch setting.kind {
        case .names, .words: "[" + Self.names(text).map(Self.quoted).joined(separator: ", ") + "]"
        case .truth: String(Setting.Kind.truth(text) ?? false)
        case .count, .duration, .choice: text
        case .text, .name, .endpoint: Self.quoted(text)
        }
    }

    /// Settings without a section first, then section by section.
    private static func isBefore(_ left: Setting, _ right: Setting) -> Bool {
        func section(_ setting: Setting) -> String {
            setting.key.contains(".") ? String(setting.key.prefix { $0 != "." }) : ""
        }
        return (section(left), left.key) < (section(right), right.key)
    }

    private static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
    }

    /// Plain where YAML reads it as the text it is, else in double quotes.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isLetter || $0 == "/" } ?? false
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
        guard !isPlain else { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Whatever stands before the `@` of a URL is a name and a password.
    private static func withoutUser(_ url: String) -> String {
        url.replacing(/:\/\/[^\/@]*@/) { _ in "://" }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
