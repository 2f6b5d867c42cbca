extension CommandSpec {
    /// `Usage: cortex heal SERVICE [ERROR] [URL] [options]`.
    public var usage: String {
        let positional = arguments.map { $0.isRequired ? $0.name : "[\($0.name)]" }
        return (["Usage: cortex \(name)"] + positional + (options.isEmpty ? [] : ["[options]"])).joined(separator: " ")
    }

    /// The whole help text, in 100 columns at most.
    public var help: String {
        var text = "\(summary)\n\n\(usage)\n"
        if !arguments.isEmpty {
            text += "\nArguments:\n" + Self.columns(arguments.map { ($0.name, $0.help) })
        }
        if !options.isEmpty {
            let rows = options.map { option in
                let names = [option.short, option.name].compactMap { $0 }.joined(separator: ", ")
                return (names + (option.value.map { " " + $0 } ?? ""), option.help)
            }
            text += "\nOptions:\n" + Self.columns(rows)
        }
        if !discussion.isEmpty { text += "\n\(discussion)\n" }
        return text
    }

    /// Two columns, the right one wrapped.
    public static func columns(_ rows: [(String, String)]) -> String {
        let left = min(32, (rows.map(\.0.count).max() ?? 0) + 2)
        return rows.map { name, help in
            var lines = [""]
            for word in help.split(separator: " ") {
                if lines[lines.count - 1].count + word.count + 1 > 96 - left { lines.append("") }
                lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
            }
            let pad = String(repeating: " ", count: left)
            let head =
                name.count + 2 > left
                ? name + "\n  " + pad : name + String(repeating: " ", count: left - name.count)
            return "  " + head + lines.joined(separator: "\n  " + pad) + "\n"
        }.joined()
    }
}
