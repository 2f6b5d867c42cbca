/// Files of at most 400 lines, functions of at most 60, lines of at most 120 characters.
enum Lengths {
    static let file = 400
    static let function = 60
    static let line = 120

    static func remarks(on source: SourceText) -> [Remark] {
        var remarks: [Remark] = []
        // The text after the last line break is no line.
        let count = source.lines.count - (source.lines.last == "" ? 1 : 0)
        if count > file {
            remarks.append(Remark(path: source.path, line: count, message: "\(count) lines; at most \(file)"))
        }
        for (index, text) in source.lines.enumerated() where text.utf8.count > line && text.count > line {
            remarks.append(
                Remark(path: source.path, line: index + 1, message: "\(text.count) characters; at most \(line)"))
        }
        for body in functions(in: source) where body.last - body.first + 1 > function {
            let length = body.last - body.first + 1
            remarks.append(
                Remark(
                    path: source.path, line: body.first, message: "a function of \(length) lines; at most \(function)"))
        }
        return remarks
    }

    /// The first and last line of everything with a body: functions, initializers, subscripts, computed properties.
    static func functions(in source: SourceText) -> [(first: Int, last: Int)] {
        let tokens = Token.all(in: source.code)
        return tokens.indices.compactMap { index in
            guard let open = Token.body(ofDeclarationAt: index, in: tokens) else { return nil }
            var depth = 0
            for token in tokens[open...] {
                if token.text == "{" { depth += 1 }
                if token.text == "}" { depth -= 1 }
                if depth == 0 { return (tokens[index].line, token.line) }
            }
            return nil
        }
    }
}
