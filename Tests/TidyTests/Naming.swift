/// A file is named after a type that it declares, or after the extension it holds (`Type+Aspect`). What else it holds
/// are small values and protocols that belong to it; another class or actor has a file of its own.
enum Naming {
    /// A type that is longer than this stands in its own file.
    static let companion = 45

    static func remarks(on file: SourceText) -> [Remark] {
        guard file.isSource else { return [] }
        let types = declarations(in: file)
        let own = file.name.split(separator: "+").first.map(String.init) ?? ""
        var remarks: [Remark] = []
        if let first = types.first, !file.name.contains("+"), !types.contains(where: { $0.name == own }) {
            remarks.append(
                Remark(path: file.path, line: first.first, message: "named \(file.name), but declares \(first.name)"))
        }
        for type in types where type.name != own && !type.isPrivate {
            if ["class", "actor"].contains(type.kind) {
                remarks.append(
                    Remark(
                        path: file.path, line: type.first, message: "\(type.kind) \(type.name) needs a file of its own")
                )
            } else if type.last - type.first + 1 > companion {
                remarks.append(
                    Remark(
                        path: file.path, line: type.first,
                        message: "\(type.name) is too long to stand in \(file.name)'s file: at most \(companion) lines")
                )
            }
        }
        return remarks
    }

    struct Declaration {
        var kind: String
        var name: String
        var first: Int
        var last: Int
        var isPrivate: Bool
    }

    /// The types declared at the top level of a file.
    static func declarations(in file: SourceText) -> [Declaration] {
        let tokens = Token.all(in: file.code)
        return tokens.indices.compactMap { index in
            let kind = tokens[index].text
            guard tokens[index].depth == 0, ["struct", "class", "enum", "actor", "protocol"].contains(kind),
                index + 1 < tokens.count, index == 0 || tokens[index - 1].text != "import",
                let open = tokens[index...].firstIndex(where: { $0.text == "{" }),
                let close = tokens[open...].firstIndex(where: { $0.text == "}" && $0.depth == 0 })
            else { return nil }
            let modifiers = tokens[..<index].suffix(2).map(\.text)
            return Declaration(
                kind: kind, name: tokens[index + 1].text, first: tokens[index].line, last: tokens[close].line,
                isPrivate: modifiers.contains("private") || modifiers.contains("fileprivate"))
        }
    }
}
