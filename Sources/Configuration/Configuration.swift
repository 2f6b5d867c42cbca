public import JSON

/// The effective configuration: every setting with its value and where the value comes from.
public struct Configuration: Sendable {
    /// Where a value comes from.
    public enum Source: Hashable, Sendable, CustomStringConvertible {
        case fallback, file, environment(String), flag(String)

        /// For a person: `the default`, `the configuration file`, `HEALING_ENABLED`, `--namespace`.
        public var description: String {
            switch self {
            case .fallback: "the default"
            case .file: "the configuration file"
            case .environment(let name), .flag(let name): name
            }
        }
    }

    /// A tool server named in the configuration file or in the environment (`SANDFLY_MCP_URL`).
    public struct ToolServer: Hashable, Sendable {
        public var name: String?
        public var url: String

        public init(name: String?, url: String) {
            self.name = name
            self.url = url
        }
    }

    public private(set) var toolServers: [ToolServer] = []
    private var values: [String: (text: String, source: Source)] = [:]

    /// - Parameters:
    ///   - flags: configuration key → the flag's name and value.
    ///   - file: the configuration file's content, already parsed; `null` for an empty file.
    /// - Throws: `ConfigurationError` for an unknown key, a value of the wrong kind, and a value out of bounds.
    public init(
        flags: [String: (flag: String, value: String)] = [:], environment: [String: String] = [:],
        file: JSONValue? = nil
    ) throws(ConfigurationError) {
        var fromFile: [String: String] = [:]
        if let file, file != .null {
            guard case .object(let members) = file else {
                throw ConfigurationError("the configuration file must hold a mapping of settings")
            }
            try Self.flatten(members, prefix: "", into: &fromFile, servers: &toolServers)
        }
        for setting in Setting.all {
            if let flag = flags[setting.key] {
                values[setting.key] = (flag.value, .flag(flag.flag))
            } else if let value = environment[setting.variable], !value.isEmpty {
                values[setting.key] = (value, .environment(setting.variable))
            } else if let value = fromFile[setting.key] {
                values[setting.key] = (value, .file)
            } else {
                values[setting.key] = (setting.fallback, .fallback)
            }
        }
        try check()
    }

    /// The value as text and where it comes from.
    public func value(_ key: String) -> (text: String, source: Source) {
        guard let value = values[key] else { preconditionFailure("no setting \(key)") }
        return value
    }

    /// This configuration with the live settings of another one: what a change of the file makes of it at once.
    public func adoptingLive(of other: Configuration) -> Configuration {
        var adopted = self
        for setting in Setting.all where setting.isLive { adopted.values[setting.key] = other.value(setting.key) }
        return adopted
    }

    private static func flatten(
        _ members: [String: JSONValue], prefix: String, into values: inout [String: String],
        servers: inout [ToolServer]
    ) throws(ConfigurationError) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let key = prefix + name
            if key == "toolServers.servers" {
                servers = try toolServers(value)
            } else if Setting.named(key) != nil {
                values[key] = try text(of: value, key)
            } else if case .object(let inner) = value, Setting.all.contains(where: { $0.key.hasPrefix(key + ".") }) {
                try flatten(inner, prefix: key + ".", into: &values, servers: &servers)
            } else if Setting.all.contains(where: { $0.key.hasPrefix(key + ".") }) {
                // A group in whose lines nothing is left.
                if value == .null { continue }
                throw ConfigurationError("“\(key)” must be a mapping of settings")
            } else {
                let keys = Setting.all.map(\.key) + ["toolServers.servers"]
                let sections = Set(keys.map { String($0.prefix { $0 != "." }) }).sorted()
                let near =
                    value.objectValue == nil
                    ? Nearest.toPath(key, among: keys)
                    : Nearest.to(key, among: sections) ?? Nearest.toPath(key, among: keys)
                throw ConfigurationError("unknown setting “\(key)”" + (near.map { "; did you mean “\($0)”?" } ?? ""))
            }
        }
    }

    private static func text(of value: JSONValue, _ key: String) throws(ConfigurationError) -> String {
        switch value {
        case .string(let text): return text
        case .bool(let value): return String(value)
        case .integer(let value): return String(value)
        case .number(let value): return String(value)
        case .array(let elements):
            let texts = elements.compactMap(\.stringValue)
            guard texts.count == elements.count else { break }
            return texts.joined(separator: ",")
        case .null: return ""
        case .object: break
        }
        throw ConfigurationError("“\(key)” must be a text, a number, a truth value or a list of texts")
    }

    private static func toolServers(_ value: JSONValue) throws(ConfigurationError) -> [ToolServer] {
        guard case .array(let elements) = value else {
            throw ConfigurationError("“toolServers.servers” must be a list of {name, url}")
        }
        var servers: [ToolServer] = []
        for (index, element) in elements.enumerated() {
            for name in (element.objectValue ?? [:]).keys.sorted() where !["name", "url"].contains(name) {
                let near = Nearest.to(name, among: ["name", "url"]).map { "; did you mean “\($0)”?" } ?? ""
                throw ConfigurationError("unknown setting “toolServers.servers[\(index)].\(name)”" + near)
            }
            guard let url = element["url"]?.stringValue, url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw ConfigurationError("“toolServers.servers[\(index)].url” must be an http or https URL")
            }
            servers.append(ToolServer(name: element["name"]?.stringValue, url: url))
        }
        return servers
    }
}

/// A configuration that cannot be used, in one sentence.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}
